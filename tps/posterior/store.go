package posterior

import (
	"errors"
	"fmt"
	"sync"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/zarr"
	"github.com/trajens/trajens/tps"
)

// A Store is the directory of the posterior draws of one or several chains, which
// have the same target. The chains may run at the same time.
type Store struct {
	dir       string
	config    Config
	layout    *layout
	recorders []*recorder

	mutex sync.Mutex  // guards what follows
	files *zarr.Store // nil before Start and after Close
	draws int         // of the longest chain, in the files

	watch func(path string) // nil, or called after each change of the directory, for tests
}

// New returns a store that is to be in the directory dir for draws of the chains,
// in their order. It does not touch the disk.
//
// The error names what is missing, what is out of its range, or that the machine
// has no memory for the draws that wait to be written.
func New(dir string, chains []*tps.Chain, config Config) (*Store, error) {
	if dir == "" {
		return nil, errors.New("posterior: dir is empty")
	}
	if len(chains) == 0 {
		return nil, errors.New("posterior: there are no chains, want at least one")
	}
	for k, chain := range chains {
		if chain == nil {
			return nil, fmt.Errorf("posterior: chain %d is nil", k)
		}
		first, this := chains[0].Trajectory(), chain.Trajectory()
		if this.Len() != first.Len() || this.Params() != first.Params() {
			return nil, fmt.Errorf("posterior: chain %d has %d models of %d parameters, want %d of %d as chain 0 has",
				k, this.Len(), this.Params(), first.Len(), first.Params())
		}
	}
	tau := chains[0].Trajectory().Len()
	config, err := config.withDefaults(chains[0].Trajectory().Params())
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, config: config, layout: newLayout(&config, len(chains), tau)}
	if err := memory.Check(s.layout.drawBytes * float64(s.layout.block) * float64(len(chains))); err != nil {
		return nil, fmt.Errorf("posterior: %d chains with a Block of %d draws of %s: %w",
			len(chains), s.layout.block, memory.Format(s.layout.drawBytes), err)
	}
	shared := newHeldOut(config.HeldOut)
	for k, chain := range chains {
		s.recorders = append(s.recorders, newRecorder(s, k, chain, newLikelihoods(shared, tau)))
	}
	return s, nil
}

// Dir returns the directory.
func (s *Store) Dir() string { return s.dir }

// Part returns what the checkpoints of one of the chains, which are counted from 0,
// are to hold, so that its draws go on with it.
func (s *Store) Part(chain int) tps.Part {
	return tps.Part{Name: "posterior", State: s.recorders[chain]}
}

// Observer returns what Run is to be given for one of the chains, which are counted
// from 0: in front of observers that may end the run and of that of the checkpoints.
// Start comes first: without it the run ends with an error.
func (s *Store) Observer(chain int) tps.Observer {
	return tps.EachStep(s.recorders[chain].observe)
}

// Draws returns how many draws of one of the chains there are, those that wait to be
// written included. While that chain runs, it is for the chain's observers alone to
// call Draws.
func (s *Store) Draws(chain int) int { return s.recorders[chain].draws }

// Dropped returns how many draws of one of the chains were left out because they
// could not be written for long, those before its checkpoint included. While that
// chain runs, it is for the chain's observers alone to call Dropped.
func (s *Store) Dropped(chain int) int { return s.recorders[chain].dropped }

// Flush writes the draws that wait. It is not to be called while a chain runs. On an
// error the directory keeps what it has, and the draws go on waiting.
func (s *Store) Flush() error {
	var err error
	for _, r := range s.recorders {
		err = errors.Join(err, r.flush())
	}
	return err
}

// Close writes the draws that wait, and ends the recording, if it has started. The
// last checkpoints are to be made before. After an error of writing the store stays
// open, so that Close can be tried again. There is an error, too, if draws were
// dropped.
func (s *Store) Close() error {
	if s.files == nil {
		return nil
	}
	if err := s.Flush(); err != nil {
		return err
	}
	s.files = nil
	var err error
	for k, r := range s.recorders {
		if r.dropped > 0 {
			err = errors.Join(err, fmt.Errorf("posterior: %d draws of chain %d were dropped while they could not be written", r.dropped, k))
		}
	}
	return err
}

func (s *Store) notOpen() error {
	return fmt.Errorf("posterior: %s is not open, want a call of Start before", s.dir)
}

// write writes the draws of a chunk of one chain, and then the number of draws of
// the chain, if it is the longest.
func (s *Store) write(r *recorder) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.files == nil {
		return s.notOpen()
	}
	for i := range s.layout.variables {
		v := &s.layout.variables[i]
		if err := s.files.WriteChunk(v.path(), v.chunk(r.index, r.chunk), r.buffers[i]); err != nil {
			return fmt.Errorf("posterior: %w", err)
		}
	}
	return s.grow(r.draws)
}

// grow makes draws the number of draws, unless there are more already.
func (s *Store) grow(draws int) error {
	if draws <= s.draws {
		return nil
	}
	block := s.layout.block
	for chunk := (s.draws + block - 1) / block; chunk*block < draws; chunk++ {
		data := coordinateChunk(chunk, block)
		for _, path := range s.layout.draws {
			if err := s.files.WriteChunk(path, []int{chunk}, data); err != nil {
				return fmt.Errorf("posterior: %w", err)
			}
		}
	}
	if err := s.files.Resize(drawDimension, draws); err != nil {
		return fmt.Errorf("posterior: %w", err)
	}
	s.draws = draws
	return nil
}

// chunk returns the index of a chunk.
func (v *variable) chunk(chain, chunk int) []int {
	index := make([]int, 2+len(v.shape))
	index[0], index[1] = chain, chunk
	return index
}
