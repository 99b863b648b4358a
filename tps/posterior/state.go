package posterior

import (
	"encoding/binary"
	"fmt"
)

// stateMagic is how a state starts: the name and the version of its format.
const stateMagic = "trajens posterior 2\n"

// A state is what a checkpoint has of a recorder.
type state struct {
	every, burnIn int
	index, step   int // of the chain
	draws, last   int // how many, and the step of the last
	tally         tally
	dropped       int
}

// fields returns the numbers that follow the magic number, of 8 bytes each,
// little-endian.
func (s *state) fields() []*int {
	return []*int{
		&s.every, &s.burnIn, &s.index, &s.step, &s.draws, &s.last,
		&s.tally.steps, &s.tally.accepted, &s.tally.samples, &s.tally.doubtful,
		&s.dropped,
	}
}

// MarshalBinary writes the draws that wait and returns the state of the recorder,
// as tps.Checkpoints needs it.
func (r *recorder) MarshalBinary() ([]byte, error) {
	if r.store.files == nil {
		return nil, r.store.notOpen()
	}
	if err := r.flush(); err != nil {
		return nil, err
	}
	s := state{
		every: r.store.config.Every, burnIn: r.store.config.BurnIn, index: r.index,
		step: r.chain.Steps(), draws: r.draws, last: r.last, tally: r.tally, dropped: r.dropped,
	}
	if s.step != r.seen { // a gap up to here
		s.tally = tally{}
	}
	b := []byte(stateMagic)
	for _, field := range s.fields() {
		b = binary.LittleEndian.AppendUint64(b, uint64(*field))
	}
	return b, nil
}

// UnmarshalBinary keeps a state for Start, which looks at the directory.
func (r *recorder) UnmarshalBinary(b []byte) error {
	if r.store.files != nil {
		return fmt.Errorf("posterior: %s is open already, want the checkpoint to be read before Start", r.store.dir)
	}
	var s state
	fields := s.fields()
	if len(b) >= len(stateMagic) && string(b[:len(stateMagic)]) != stateMagic {
		return fmt.Errorf("posterior: what should be a state starts with %q, want %q", b[:len(stateMagic)], stateMagic)
	}
	if want := len(stateMagic) + 8*len(fields); len(b) != want {
		return fmt.Errorf("posterior: the state has %d bytes, want %d: it is damaged", len(b), want)
	}
	for i, field := range fields {
		*field = int(binary.LittleEndian.Uint64(b[len(stateMagic)+8*i:]))
		if *field < 0 {
			return fmt.Errorf("posterior: the state has the number %d, want at least 0: it is damaged", *field)
		}
	}
	config := &r.store.config
	switch {
	case s.index != r.index:
		return fmt.Errorf("posterior: the state is of chain %d, want chain %d", s.index, r.index)
	case s.every != config.Every || s.burnIn != config.BurnIn:
		return fmt.Errorf("posterior: the state is of Every = %d and BurnIn = %d, want %d and %d", s.every, s.burnIn, config.Every, config.BurnIn)
	case s.tally.steps >= s.every || s.tally.accepted > s.tally.steps || s.tally.doubtful > s.tally.steps:
		return fmt.Errorf("posterior: the state has %d steps since the last draw, %d accepted and %d doubtful, want fewer than %d: it is damaged",
			s.tally.steps, s.tally.accepted, s.tally.doubtful, s.every)
	case s.last > s.step || s.draws > s.step/s.every:
		return fmt.Errorf("posterior: the state has %d draws up to step %d at step %d: it is damaged", s.draws, s.last, s.step)
	case s.dropped > s.step/s.every-s.draws:
		return fmt.Errorf("posterior: the state has %d draws and %d dropped ones at step %d: it is damaged", s.draws, s.dropped, s.step)
	}
	r.saved = &s
	return nil
}
