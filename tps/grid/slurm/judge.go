package slurm

import (
	"strings"
	"time"
)

// A reason is why a task has got a signal.
type reason int

const (
	alreadyRequeued reason = iota
	preempted
	outOfTime
	canceled
)

// String returns the reason in words.
func (r reason) String() string {
	return [...]string{"Slurm has requeued it", "preempted", "out of time", "canceled"}[r]
}

// early is how much earlier than asked for the signal before a time limit may
// come: man sbatch says up to 60 seconds. The rest is for the delay of a
// busy controller.
const early = 70 * time.Second

// judge tells why a task has got a signal, which came some time ago, from what
// Slurm says of it now. This start of the task came after a number of restarts,
// and a warning before the time limit was asked for.
func judge(now status, restarts int, ago, warning time.Duration) reason {
	switch {
	case now.Restarts > restarts || now.State == "PENDING" || strings.HasPrefix(now.State, "REQUEUE"):
		return alreadyRequeued
	case now.Preempted || now.State == "PREEMPTED":
		return preempted
	case !goesOn(now.State):
		// The task is ending, and ran until it did. Slurm does not end it for
		// its time before the limit.
		if now.Ran >= now.Limit {
			return outOfTime
		}
		return canceled
	case now.Ran-ago >= now.Limit-warning-early:
		return outOfTime
	default:
		return preempted
	}
}

// goesOn tells whether a job in a state is at work, and not about to end.
func goesOn(state string) bool {
	switch state {
	case "RUNNING", "SUSPENDED", "STOPPED", "SIGNALING", "CONFIGURING", "RESIZING":
		return true
	}
	return false
}
