package grid

import (
	"fmt"
	"path/filepath"
	"time"
)

// Interrupt asks the workers that have runs to interrupt them, as a preemption does. It
// goes on when a worker takes it again, which may be the same one. It is an error if
// nobody has one of the runs; the others are asked.
func (g *Grid[C]) Interrupt(ids ...string) error {
	var idle []string
	for _, id := range ids {
		dir := g.runDir(id)
		_, _, held, stale, err := judge(dir, g.clock)
		if err != nil {
			return fmt.Errorf("grid: %w", err)
		}
		if !held || stale {
			idle = append(idle, id)
			continue
		}
		text := []byte(time.Now().Format(time.RFC3339) + "\n")
		if err := replace(filepath.Join(dir, interruptFile), text); err != nil {
			return fmt.Errorf("grid: %w", err)
		}
	}
	if idle != nil {
		return fmt.Errorf("grid: nobody has the runs %q: there is nothing to interrupt", idle)
	}
	return nil
}

// Retry makes runs that have failed wait for a worker again, all of them if ids is empty.
// They go on from their last checkpoint. It returns how many there were. It is an error
// if one of ids has not failed.
func (g *Grid[C]) Retry(ids ...string) (retried int, err error) {
	all := len(ids) == 0
	if all {
		if ids, err = g.Order(); err != nil {
			return 0, err
		}
	}
	for _, id := range ids {
		info, err := inspect(g.runDir(id), id, g.clock)
		if err != nil {
			return retried, fmt.Errorf("grid: %w", err)
		}
		r, err := readRecord(info.Dir)
		if err != nil {
			return retried, fmt.Errorf("grid: %w", err)
		}
		if info.State != Failed || r.State != Failed {
			if all {
				continue
			}
			return retried, fmt.Errorf("grid: the run %s is %s, want one that has failed", id, info.State)
		}
		r.State = Waiting
		if err := r.write(info.Dir); err != nil {
			return retried, fmt.Errorf("grid: %w", err)
		}
		retried++
	}
	return retried, nil
}
