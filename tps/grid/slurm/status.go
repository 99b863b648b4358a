package slurm

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A status is what Slurm says of a task.
type status struct {
	State     string        // RUNNING, COMPLETING while the task is being ended, PENDING, …
	Restarts  int           // how often it was requeued, those included that will start it again
	Ran       time.Duration // how long it has run since it started for the last time
	Limit     time.Duration // its time limit; the largest duration if it has none
	Preempted bool          // another job takes its place
}

// askStatus asks Slurm for the status of a task, whose name is ARRAYJOB_TASK.
func askStatus(ctx context.Context, task string) (status, error) {
	text, err := call(ctx, "scontrol", "show", "job", task)
	if err != nil {
		return status{}, err
	}
	return parseStatus(text)
}

// parseStatus reads what scontrol show job says of one task. The names of the
// job and of its files may have anything in them but line breaks, so that only
// keys are taken whose line begins with another known key.
func parseStatus(text string) (status, error) {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		var keys []string
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		switch first, _, _ := strings.Cut(fields[0], "="); first {
		case "JobState":
			keys = []string{"JobState"}
		case "Requeue":
			keys = []string{"Restarts"}
		case "RunTime":
			keys = []string{"RunTime", "TimeLimit"}
		case "PreemptEligibleTime":
			keys = []string{"PreemptTime"}
		}
		for _, key := range keys {
			for _, field := range fields {
				if value, ok := strings.CutPrefix(field, key+"="); ok {
					if _, twice := values[key]; twice {
						return status{}, fmt.Errorf("slurm: scontrol shows several jobs where there is one task: %q", text)
					}
					values[key] = value
				}
			}
		}
	}
	s := status{State: values["JobState"]}
	if s.State == "" {
		return status{}, fmt.Errorf("slurm: scontrol shows no JobState in %q", text)
	}
	var err error
	if s.Restarts, err = strconv.Atoi(values["Restarts"]); err != nil || s.Restarts < 0 {
		return status{}, fmt.Errorf("slurm: scontrol shows Restarts as %q in %q", values["Restarts"], text)
	}
	if s.Ran, err = parseDuration(values["RunTime"]); err != nil {
		return status{}, fmt.Errorf("slurm: scontrol shows RunTime in %q: %w", text, err)
	}
	if s.Limit, err = parseDuration(values["TimeLimit"]); err != nil {
		return status{}, fmt.Errorf("slurm: scontrol shows TimeLimit in %q: %w", text, err)
	}
	// Slurm leaves the line out of a job that has not started or is requeued.
	preemption := values["PreemptTime"]
	s.Preempted = preemption != "" && preemption != "None" && preemption != "N/A"
	return s, nil
}

// parseDuration reads [days-]hours:minutes:seconds.
func parseDuration(text string) (time.Duration, error) {
	switch text {
	case "UNLIMITED", "Partition_Limit":
		return math.MaxInt64, nil
	}
	days, clock, hasDays := strings.Cut(text, "-")
	if !hasDays {
		days, clock = "0", text
	}
	parts := strings.Split(clock, ":")
	if len(parts) != 3 {
		return 0, fmt.Errorf("%q is no time of the form [days-]hours:minutes:seconds", text)
	}
	var total time.Duration
	for k, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		part := days
		if k > 0 {
			part = parts[k-1]
		}
		number, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return 0, fmt.Errorf("%q is no time of the form [days-]hours:minutes:seconds", text)
		}
		total += time.Duration(number) * unit
	}
	return total, nil
}

// MaxArraySize asks Slurm how many tasks a job array may have.
func MaxArraySize(ctx context.Context) (int, error) {
	text, err := call(ctx, "scontrol", "show", "config")
	if err != nil {
		return 0, err
	}
	return parseMaxArraySize(text)
}

func parseMaxArraySize(text string) (int, error) {
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(line, "=")
		if ok && strings.TrimSpace(name) == "MaxArraySize" {
			size, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				return 0, fmt.Errorf("slurm: scontrol shows MaxArraySize as %q", value)
			}
			return size, nil
		}
	}
	return 0, fmt.Errorf("slurm: scontrol show config has no MaxArraySize")
}
