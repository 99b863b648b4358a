package posterior

import (
	"fmt"
	"time"

	"github.com/trajens/trajens/internal/zarr"
)

// Start opens the store before the runs, after the checkpoints of all chains have
// been read. If there was none, Start makes the directory; the error is fs.ErrExist if
// there is something already. Otherwise draws of later steps than the chains' are
// dropped, of a chain without a checkpoint all draws, and the store goes on from
// there. The error says so if the directory is missing, is of another Config, or has
// not the draws that the checkpoints are about: the directory stays as it is then.
func (s *Store) Start() error {
	if s.files != nil {
		return fmt.Errorf("posterior: %s is open already, want one Start before each Close", s.dir)
	}
	resumed := false
	for _, r := range s.recorders {
		if r.saved == nil {
			continue
		}
		resumed = true
		if r.saved.step != r.chain.Steps() {
			return fmt.Errorf("posterior: the state of chain %d is of step %d, but the chain is at step %d", r.index, r.saved.step, r.chain.Steps())
		}
	}
	if !resumed {
		files, err := zarr.Create(s.dir, s.layout.groups, s.layout.arrays, s.writeConstants)
		if err != nil {
			return fmt.Errorf("posterior: %w", err)
		}
		s.files, s.draws = files, 0
		s.files.Watch = s.watch
	} else if err := s.resume(); err != nil {
		return err
	}
	for _, r := range s.recorders {
		r.start()
	}
	return nil
}

// start begins to record.
func (r *recorder) start() {
	if r.saved == nil {
		r.saved = &state{step: r.chain.Steps()}
		r.begin(0)
	}
	r.seen, r.tally = r.saved.step, r.saved.tally
	r.draws, r.flushed, r.last = r.saved.draws, r.saved.draws, r.saved.last
	r.attempt, r.failed, r.told, r.dropped = time.Now(), false, false, r.saved.dropped
	r.saved = nil
}

// writeConstants writes what does not change during a run.
func (s *Store) writeConstants(files *zarr.Store) error {
	for _, c := range s.layout.constants {
		a, _ := files.Array(c.path)
		if err := files.WriteChunk(c.path, make([]int, len(a.Shape)), c.data); err != nil {
			return err
		}
	}
	return nil
}
