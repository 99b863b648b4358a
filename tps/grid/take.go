package grid

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// ErrInterrupted is the cause of the end of a run that was asked to interrupt itself
// (Interrupt).
var ErrInterrupted = errors.New("grid: the run was asked to interrupt itself")

// take takes a run if it is free, and brings it as far as it gets. The error is one of
// the disk.
func (w *work[C]) take(ctx context.Context, slot int, id string) (result outcome, err error) {
	dir := w.runDir(id)
	if done, err := exists(filepath.Join(dir, resultFile)); done || err != nil {
		return outcomeOr(err, endedBefore), err
	}
	l, err := w.acquire(dir)
	if errors.Is(err, errHeld) {
		return elsewhere, nil
	}
	if err != nil {
		return unread, err
	}
	defer func() {
		if released := l.release(); released != nil && err == nil {
			err = released
		}
	}()
	// Whoever had the lease before may have ended the run since.
	found, err := names(dir)
	if err != nil {
		return unread, err
	}
	if slices.Contains(found, resultFile) {
		return endedBefore, nil
	}
	before, err := readRecord(dir)
	if err != nil {
		return unread, err
	}
	if before.State == Failed && !w.config.RetryFailed {
		return failedBefore, nil
	}
	config, text, err := w.load(id)
	if errors.Is(err, fs.ErrPermission) {
		return unread, err
	}
	t := &taken[C]{work: w, id: id, dir: dir, slot: slot, lease: l, started: time.Now(), record: before}
	if err != nil {
		w.tell(Event{Kind: Started, Slot: slot, ID: id, Config: text})
		return t.fail(err)
	}
	if err := t.begin(found); err != nil {
		return unread, err
	}
	defer t.run.log.close()
	w.tell(Event{Kind: Started, Slot: slot, ID: id, Config: text})
	value, err := t.call(ctx, config)
	return t.settle(value, err)
}

// outcomeOr returns an outcome unless there was an error.
func outcomeOr(err error, result outcome) outcome {
	if err != nil {
		return unread
	}
	return result
}

// acquire takes the lease of a run, if nobody has it or if it is stale.
func (w *work[C]) acquire(dir string) (*lease, error) {
	l, err := acquire(dir, w.owner)
	if !errors.Is(err, errHeld) {
		return l, err
	}
	h, _, held, stale, err := judge(dir, w.clock)
	if err != nil {
		return nil, err
	}
	if held && !stale {
		return nil, errHeld
	}
	if held {
		if ours, err := takeAway(dir, h.Token); err != nil || !ours {
			return nil, cmp.Or(err, errHeld)
		}
	}
	return acquire(dir, w.owner)
}

// A taken run is one that this work has the lease of.
type taken[C any] struct {
	work    *work[C]
	id, dir string
	slot    int
	lease   *lease
	started time.Time
	record  record
	run     *Run
	cause   error // of the end of its context
}

// begin makes a new attempt, in a directory with the names.
func (t *taken[C]) begin(found []string) error {
	sweep(t.dir, found)
	var notes []string
	next, err := newAttempt(t.dir, attempts(found), func(note string) { notes = append(notes, note) })
	if err != nil {
		return err
	}
	t.run = &Run{id: t.id, dir: filepath.Join(t.dir, next.name), workers: t.work.config.workers(), done: t.record.Done}
	t.run.log.path = filepath.Join(t.run.dir, "log")
	t.run.notify = func(done float64, text string) {
		t.work.tell(Event{Kind: Progressed, Slot: t.slot, ID: t.id, Done: done, Text: text})
	}
	for _, note := range notes {
		fmt.Fprint(t.run.Log(), note)
	}
	if slices.Contains(found, interruptFile) { // of an attempt that has ended
		if err := os.Remove(filepath.Join(t.dir, interruptFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if t.record.Started.IsZero() {
		t.record.Started = t.started
	}
	owner := &t.work.owner
	t.record.State, t.record.Attempt, t.record.Attempts = Running, next.name, next.number
	t.record.Host, t.record.Process, t.record.Job = owner.Host, owner.Process, owner.Job
	t.record.Ended, t.record.Error = time.Time{}, ""
	return t.record.write(t.dir)
}

// sweep removes what killed workers have left among the names in a directory. Another
// worker that is about to link its lease at this moment fails, as it would have.
func sweep(dir string, found []string) {
	for _, name := range found {
		isRequest := strings.HasPrefix(name, "."+interruptFile)
		if name[0] == '.' && !isRequest && filepath.Ext(name) != ".gone" {
			os.Remove(filepath.Join(dir, name))
		}
	}
}

// call runs the program, with a heartbeat beside it.
func (t *taken[C]) call(ctx context.Context, config C) (value any, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		t.watch(stop, cancel)
	}()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n\n%s", p, debug.Stack())
		}
		close(stop)
		<-stopped
		t.cause = context.Cause(ctx)
		cancel(nil)
		t.run.mu.Lock()
		t.run.notify = nil // whatever it has left running
		t.run.mu.Unlock()
	}()
	return t.work.program.Run(ctx, t.run, config)
}

// watchInterval is how often a worker looks whether it is asked to interrupt a run.
const watchInterval = 500 * time.Millisecond

// watch writes heartbeats, and ends the context if the lease is lost or somebody asks
// for an interruption.
func (t *taken[C]) watch(stop <-chan struct{}, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(min(watchInterval, t.work.config.Lease/4))
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		if t.lease.due() {
			if err := t.lease.heartbeat(t.run.progress()); errors.Is(err, errLost) {
				cancel(errLost)
				return
			}
		}
		path := filepath.Join(t.dir, interruptFile)
		if asked, _ := exists(path); asked && os.Remove(path) == nil {
			cancel(ErrInterrupted)
		}
	}
}

// settle makes of what the program has returned what the run now is.
func (t *taken[C]) settle(value any, err error) (outcome, error) {
	if errors.Is(t.cause, errLost) {
		return t.giveUp()
	}
	if err == nil {
		result, marshaled := json.Marshal(value)
		if marshaled == nil {
			return t.publish(result)
		}
		err = fmt.Errorf("the result has no JSON: %w", marshaled)
	}
	if t.cause != nil && (errors.Is(err, t.cause) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return t.interrupt(err)
	}
	return t.fail(err)
}

// own makes sure that the lease is still this worker's. Between that and what is
// written next somebody may still break it: then state.json may be that of the attempt
// before for a moment, but a result stays what it is.
func (t *taken[C]) own() error { return t.lease.heartbeat(t.run.progress()) }

func (t *taken[C]) giveUp() (outcome, error) {
	t.ended(Running, errLost)
	return lost, nil
}

// publish links the result to its name.
func (t *taken[C]) publish(result json.RawMessage) (outcome, error) {
	now := time.Now()
	t.count(now)
	text, err := json.Marshal(published{t.record.Attempt, now, t.record.Seconds, result})
	if err != nil {
		return t.fail(fmt.Errorf("the result has no JSON: %w", err))
	}
	if err := t.own(); errors.Is(err, errLost) {
		return t.giveUp()
	} else if err != nil {
		return t.unpublished(err)
	}
	temporary, err := create(t.run.dir, resultFile, append(text, '\n'), true)
	if err != nil {
		return t.unpublished(err)
	}
	err = link(temporary, filepath.Join(t.dir, resultFile))
	os.Remove(temporary)
	if errors.Is(err, fs.ErrExist) {
		return t.giveUp()
	}
	if err != nil {
		return t.unpublished(err)
	}
	t.record.State, t.record.Error = Done, ""
	err = t.record.write(t.dir)
	t.ended(Done, nil)
	return ended, err
}

// unpublished is a result that the disk did not take. The run goes on from its last
// checkpoint later.
func (t *taken[C]) unpublished(err error) (outcome, error) {
	err = fmt.Errorf("the result was not written: %w", err)
	t.record.State, t.record.Error = Interrupted, err.Error()
	t.record.write(t.dir) // if that is possible
	t.ended(Interrupted, err)
	return interrupted, err
}

// interrupt writes that the run is to go on later.
func (t *taken[C]) interrupt(problem error) (outcome, error) {
	if errors.Is(t.own(), errLost) {
		return t.giveUp()
	}
	t.count(time.Now())
	t.record.State, t.record.Error = Interrupted, ""
	if problem != t.cause && problem.Error() != t.cause.Error() {
		t.record.Error = shorten(problem.Error()) // a checkpoint that was not saved, say
	}
	err := t.record.write(t.dir)
	t.ended(Interrupted, problem)
	if errors.Is(t.cause, ErrInterrupted) {
		return requested, err
	}
	return interrupted, err
}

// fail writes that the run has failed, and why.
func (t *taken[C]) fail(problem error) (outcome, error) {
	if t.run != nil && errors.Is(t.own(), errLost) {
		return t.giveUp()
	}
	t.count(time.Now())
	t.record.State, t.record.Error = Failed, shorten(problem.Error())
	err := errors.Join(
		replace(filepath.Join(t.dir, errorFile), []byte(problem.Error()+"\n")),
		t.record.write(t.dir))
	t.ended(Failed, problem)
	return failed, err
}

// count adds the time of this attempt, and what it has said of its progress.
func (t *taken[C]) count(now time.Time) {
	t.record.Ended = now
	t.record.Seconds += now.Sub(t.started).Seconds()
	if t.run != nil {
		t.record.Done, t.record.Text = t.run.progress()
	}
}

func (t *taken[C]) ended(state State, err error) {
	e := Event{Kind: Ended, Slot: t.slot, ID: t.id, State: state, Err: err}
	if t.run != nil {
		e.Done, e.Text = t.run.progress()
	}
	t.work.tell(e)
}

// shorten is for state.json: error.txt has all of it.
func shorten(text string) string {
	if runes := []rune(text); len(runes) > 500 {
		return string(runes[:500]) + " …"
	}
	return text
}
