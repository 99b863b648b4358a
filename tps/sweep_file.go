package tps

import (
	"bytes"
	"encoding"
	"encoding/gob"
	"fmt"
	"slices"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/npz"
)

// sweepArray is the array of a checkpoint that has the state of a chain's sweeps, and
// slotArray begins the names of those with the references of a model, whose time
// follows.
const (
	sweepArray = "sweep"
	slotArray  = "sweep.%d."
)

// sweepState is the state of a sweep without its references.
type sweepState struct {
	Parity  int
	Queue   []Step
	Sources [][]byte
	Tests   [][]byte
}

// state returns the state without references.
func (s *sweep) state() (*sweepState, error) {
	state := &sweepState{Parity: s.parity, Queue: s.queue}
	for t := range s.slots {
		slot := &s.slots[t]
		source, err := slot.source.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("tps: the source of random numbers of model %d: %w", t, err)
		}
		var test []byte
		if m, ok := slot.test.(encoding.BinaryMarshaler); ok {
			if test, err = m.MarshalBinary(); err != nil {
				return nil, fmt.Errorf("tps: the state of the acceptance test of model %d: %w", t, err)
			}
		}
		state.Sources, state.Tests = append(state.Sources, source), append(state.Tests, test)
	}
	return state, nil
}

// set makes a state that of the sweep.
func (s *sweep) set(state *sweepState) error {
	for t := range s.slots {
		slot := &s.slots[t]
		if err := slot.source.UnmarshalBinary(state.Sources[t]); err != nil {
			return fmt.Errorf("the source of random numbers of model %d: %w", t, err)
		}
		if m, ok := slot.test.(encoding.BinaryUnmarshaler); ok {
			if err := m.UnmarshalBinary(state.Tests[t]); err != nil {
				return fmt.Errorf("the acceptance test of model %d: %w", t, err)
			}
		}
	}
	s.parity, s.queue = state.Parity, append(s.queue[:0], state.Queue...)
	return nil
}

// arrays returns what a checkpoint holds of a sweep.
func (s *sweep) arrays() ([]npz.Array, error) {
	state, err := s.state()
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(state); err != nil {
		return nil, fmt.Errorf("tps: the state of the sweeps: %w", err)
	}
	arrays := []npz.Array{checkpoint.Bytes(sweepArray, data.Bytes())}
	for t := range s.slots {
		if references := s.slots[t].comparison.references; references != nil {
			arrays = append(arrays, references.arrays(fmt.Sprintf(slotArray, t))...)
		}
	}
	return arrays, nil
}

// restore makes a sweep go on from a checkpoint.
func (s *sweep) restore(file npz.File, restoring *checkpoint.Restorer) error {
	data, _, err := npz.Get[byte](file, sweepArray, -1)
	if err != nil {
		return checkpoint.Damaged(err)
	}
	var state sweepState
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&state); err != nil {
		return checkpoint.Damaged(fmt.Errorf("%s: %w", sweepArray, err))
	}
	tau := len(s.slots)
	if len(state.Sources) != tau || len(state.Tests) != tau || len(state.Queue) > tau || state.Parity < 0 || state.Parity > 1 {
		return checkpoint.Damaged(fmt.Errorf("%s is not that of %d models", sweepArray, tau))
	}
	restored := make([]*references, tau)
	for t := range s.slots {
		if references := s.slots[t].comparison.references; references != nil {
			if restored[t], err = references.restored(file, fmt.Sprintf(slotArray, t)); err != nil {
				return checkpoint.Damaged(err)
			}
		}
	}
	before, err := s.state()
	if err != nil {
		return err
	}
	before.Queue = slices.Clone(before.Queue)
	old := s.references()
	restoring.OnUndo(func() error {
		s.setReferences(old)
		return s.set(before)
	})
	if err := s.set(&state); err != nil {
		return checkpoint.Damaged(err)
	}
	s.setReferences(restored)
	return nil
}

// references returns those of all slots.
func (s *sweep) references() []*references {
	all := make([]*references, len(s.slots))
	for t := range s.slots {
		all[t] = s.slots[t].comparison.references
	}
	return all
}

func (s *sweep) setReferences(all []*references) {
	for t := range s.slots {
		s.slots[t].comparison.references = all[t]
	}
}
