package slurm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// An Outcome is how the work of a task has ended.
type Outcome int

const (
	// Finished: the work came to its end, with runs that failed perhaps.
	Finished Outcome = iota
	// Requeued: the task was interrupted, and starts again.
	Requeued
	// Canceled: somebody canceled the task, which does not start again.
	Canceled
	// Exhausted: the task has run out of time as often as it may.
	Exhausted
	// Interrupted: the task was interrupted and could not be requeued.
	Interrupted
)

// String returns a word for the outcome.
func (o Outcome) String() string {
	switch o {
	case Finished:
		return "finished"
	case Requeued:
		return "requeued"
	case Canceled:
		return "canceled"
	case Exhausted:
		return "exhausted"
	case Interrupted:
		return "interrupted"
	}
	return fmt.Sprintf("Outcome(%d)", int(o))
}

// Work does a task of the submission, given its number from 0. The function
// work does runs until none is left, and returns how many it has left over.
// When a signal of Slurm ends its context, it must save what it has, soon, and
// return. If it has left runs over then, the task is requeued as package slurm
// says. What happened then is written to log.
//
// The error is that of work, unless the signal is all that it says, and that of
// the requeueing, if there is one. Outside of a job array Work calls work and does nothing else.
func (s *Submission) Work(ctx context.Context, task int, log io.Writer, work func(ctx context.Context, runs []string) (left int, err error)) (Outcome, error) {
	runs, err := s.Runs(task)
	if err != nil {
		return Finished, err
	}
	current, inArray, err := currentTask(os.Getenv)
	if err != nil {
		return Finished, err
	}
	if !inArray {
		_, err := work(ctx, runs)
		return Finished, err
	}
	if first := s.arrayOf(task).First; current.Index+first != task {
		return Finished, fmt.Errorf("slurm: task %d of %s is task %d of its array, but this is task %d of array %s: an array must run the script that was made for it",
			task, s.Dir, task-first, current.Index, current.Array)
	}
	signaled := listen(ctx)
	defer signaled.stop()
	left, err := work(signaled.ctx, runs)
	signal, at, ok := signaled.received()
	if !ok {
		return Finished, err
	}
	err = without(err, context.Cause(signaled.ctx))
	if left == 0 {
		fmt.Fprintf(log, "task %s: %v, but the work is done\n", current, signal)
		return Finished, err
	}
	// The context of the caller may have ended by the same signal.
	outcome, requeueErr := s.requeue(context.WithoutCancel(ctx), current, task, at, signal, log)
	return outcome, errors.Join(err, requeueErr)
}

// without returns an error without the parts of it that only say that the
// context has ended.
func without(err, cause error) error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var rest []error
		for _, part := range several.Unwrap() {
			rest = append(rest, without(part, cause))
		}
		return errors.Join(rest...)
	}
	if errors.Is(err, cause) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (s *Submission) arrayOf(task int) Array {
	for _, array := range s.Arrays {
		if task < array.First+array.Tasks {
			return array
		}
	}
	panic("slurm: no array has the task") // Runs has seen that one does
}

// An arrayTask is the task of a job array that this process is.
type arrayTask struct {
	Array    string // the number of the array's job
	Index    int    // the number in the array
	Restarts int    // how often it was requeued before this start
}

// String returns the name by which Slurm knows this task alone.
func (t arrayTask) String() string { return fmt.Sprintf("%s_%d", t.Array, t.Index) }

// currentTask reads the environment that Slurm makes for a task.
func currentTask(getenv func(string) string) (task arrayTask, inArray bool, err error) {
	task.Array = getenv("SLURM_ARRAY_JOB_ID")
	index := getenv("SLURM_ARRAY_TASK_ID")
	if task.Array == "" && index == "" {
		return arrayTask{}, false, nil
	}
	if _, err := strconv.ParseUint(task.Array, 10, 32); err != nil {
		return arrayTask{}, false, fmt.Errorf("slurm: SLURM_ARRAY_JOB_ID is %q; it must be a number", task.Array)
	}
	number, err := strconv.ParseUint(index, 10, 31)
	if err != nil {
		return arrayTask{}, false, fmt.Errorf("slurm: SLURM_ARRAY_TASK_ID is %q; it must be a number", index)
	}
	task.Index = int(number)
	if restarts := getenv("SLURM_RESTART_COUNT"); restarts != "" { // it is not there at the first start
		number, err := strconv.ParseUint(restarts, 10, 31)
		if err != nil {
			return arrayTask{}, false, fmt.Errorf("slurm: SLURM_RESTART_COUNT is %q; it must be a number", restarts)
		}
		task.Restarts = int(number)
	}
	return task, true, nil
}

// requeue asks Slurm what the signal meant, and requeues the task if it should
// go on and Slurm does not do it.
func (s *Submission) requeue(ctx context.Context, task arrayTask, number int, signaled time.Time, signal os.Signal, log io.Writer) (Outcome, error) {
	var now status
	if err := retry(ctx, func() (err error) { now, err = askStatus(ctx, task.String()); return err }); err != nil {
		return Interrupted, fmt.Errorf("task %s got the signal %v and is not requeued: %w", task, signal, err)
	}
	why := judge(now, task.Restarts, time.Since(signaled), s.Warning)
	fmt.Fprintf(log, "task %s: %v after %v of %s, state %s: %v\n", task, signal, now.Ran, limitText(now.Limit), now.State, why)
	switch why {
	case alreadyRequeued:
		return Requeued, nil
	case canceled:
		return Canceled, nil
	}
	var counts requeues
	path := s.record(number)
	if err := counts.read(path); err != nil {
		return Interrupted, err
	}
	if why == outOfTime && counts.Timeouts >= s.Timeouts {
		return Exhausted, fmt.Errorf("slurm: task %s has run out of time, and was requeued for that as often as it may, %d times: its runs go on with a new submission", task, counts.Timeouts)
	}
	// Counted before, so that a kill in between makes it one too many: the bound holds.
	if err := counts.add(path, why); err != nil {
		return Interrupted, err
	}
	if err := retry(ctx, func() error { return requeueOnce(ctx, task) }); err != nil {
		return Interrupted, fmt.Errorf("task %s is not requeued: %w", task, err)
	}
	return Requeued, nil
}

// requeueOnce requeues a task. If Slurm does so at the same time, or its answer to
// the attempt before got lost, it refuses, and the task is requeued all the same.
func requeueOnce(ctx context.Context, task arrayTask) error {
	_, err := call(ctx, "scontrol", "requeue", task.String())
	if err != nil {
		if now, asked := askStatus(ctx, task.String()); asked == nil && now.Restarts > task.Restarts {
			return nil
		}
	}
	return err
}

// retry calls a function again when it fails, for about as long as Slurm lets
// a process live after SIGTERM: its controller may be busy.
func retry(ctx context.Context, try func() error) error {
	var err error
	for wait := time.Second; wait < 20*time.Second; wait *= 2 {
		if err = try(); err == nil || errors.Is(err, exec.ErrNotFound) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
	return err
}

func limitText(limit time.Duration) string {
	if limit > 1<<62 {
		return "no limit"
	}
	return limit.String()
}
