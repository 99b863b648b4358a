package grid

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Work takes runs, in the order in which they were added, until none is left to take.
//
// If ctx is done, the runs at work are interrupted, and the error is context.Cause(ctx)
// once they have returned. Runs that fail are counted, and are no error. The error is
// that of the disk if this package cannot read or write its files: then no further run
// is taken, those at work go on to their end, and what was done is there.
func (g *Grid[C]) Work(ctx context.Context, config WorkConfig) (Summary, error) {
	if ctx == nil {
		return Summary{}, errors.New("grid: the context is nil")
	}
	config, err := config.withDefaults()
	if err != nil {
		return Summary{}, err
	}
	ids, err := g.Order()
	if err != nil {
		return Summary{}, err
	}
	if config.Only != nil {
		if ids, err = only(ids, config.Only); err != nil {
			return Summary{}, err
		}
	}
	w := &work[C]{Grid: g, config: config, owner: config.owner(), pending: ids}
	w.tell(Event{Kind: Began, Runs: len(ids)})
	var group sync.WaitGroup
	for slot := range config.Jobs {
		group.Go(func() {
			for {
				id, ok := w.next(ctx)
				if !ok {
					return
				}
				w.serve(ctx, slot, id)
			}
		})
	}
	group.Wait()
	w.summary.Elsewhere = len(w.held)
	w.summary.Left += len(w.pending)
	if ctx.Err() != nil {
		return w.summary, errors.Join(context.Cause(ctx), w.err)
	}
	return w.summary, w.err
}

// only returns those of ids that are wanted, and an error if one of these is not there.
func only(ids, wanted []string) ([]string, error) {
	want := make(map[string]bool, len(wanted))
	for _, id := range wanted {
		want[id] = true
	}
	var found []string
	for _, id := range ids {
		if want[id] {
			found = append(found, id)
			delete(want, id)
		}
	}
	for id := range want {
		return nil, fmt.Errorf("grid: there is no run %q", id)
	}
	return found, nil
}

// A work is one call of Work.
type work[C any] struct {
	*Grid[C]
	config WorkConfig
	owner  holder

	mu      sync.Mutex
	pending []string // to be looked at
	held    []string // others have them
	summary Summary
	err     error // of the disk

	telling sync.Mutex
}

func (w *work[C]) tell(e Event) {
	if w.config.Observer == nil {
		return
	}
	w.telling.Lock()
	defer w.telling.Unlock()
	w.config.Observer(e)
}

// next returns a run to look at.
func (w *work[C]) next(ctx context.Context) (id string, ok bool) {
	for {
		w.mu.Lock()
		switch {
		case ctx.Err() != nil || w.err != nil:
			w.mu.Unlock()
			return "", false
		case len(w.pending) > 0:
			id, w.pending = w.pending[0], w.pending[1:]
			w.mu.Unlock()
			return id, true
		case len(w.held) == 0 || !w.config.Wait:
			w.mu.Unlock()
			return "", false
		}
		w.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(min(w.config.Lease/4, time.Second)):
		}
		w.mu.Lock()
		w.pending, w.held = append(w.pending, w.held...), nil
		w.mu.Unlock()
	}
}

// An outcome is what became of a run that was looked at.
type outcome int

const (
	ended       outcome = iota // done by this work
	failed                     // by this work
	interrupted                // by the context
	requested                  // interrupted, and to go on
	lost                       // taken by another
	endedBefore
	failedBefore
	elsewhere // another has it
	unread    // an error of the disk came first
)

// serve looks at a run, takes it if it can, and counts it.
func (w *work[C]) serve(ctx context.Context, slot int, id string) {
	result, err := w.take(ctx, slot, id)
	skipped := Event{Kind: Skipped, Slot: slot, ID: id}
	switch result {
	case endedBefore:
		skipped.State = Done
	case failedBefore:
		skipped.State = Failed
	case elsewhere:
		skipped.State = Running
	}
	if skipped.State != "" {
		w.tell(skipped)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch result {
	case ended:
		w.summary.Done++
	case failed:
		w.summary.Failed++
	case interrupted:
		w.summary.Interrupted++
	case requested:
		w.pending = append(w.pending, id)
	case lost:
		w.summary.Lost++
		w.held = append(w.held, id)
	case endedBefore:
		w.summary.DoneBefore++
	case failedBefore:
		w.summary.FailedBefore++
	case elsewhere:
		w.held = append(w.held, id)
	case unread:
		w.summary.Left++
	}
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("grid: the run %s: %w", id, err)
	}
}
