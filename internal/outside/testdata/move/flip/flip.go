// Package flip has a move of its own: it turns the sign of all parameters, of all
// models at once, which no small step does.
package flip

import (
	"fmt"

	"github.com/trajens/trajens/tps"
)

// Flip is the move. Scale is what is multiplied besides: the way back is as likely
// only with 1.
type Flip struct{ Scale float32 }

// Proposer implements tps.Move.
func (f Flip) Proposer(target tps.Target) (tps.Proposer, error) {
	if f.Scale != 1 {
		return nil, fmt.Errorf("flip: Scale = %v, want 1", f.Scale)
	}
	return &flipper{path: target.Path}, nil
}

// flipper counts what was accepted: it has a state, and is told of it.
type flipper struct {
	path     tps.Path
	Accepted byte
}

// Propose implements tps.Proposer.
func (f *flipper) Propose(p *tps.Proposal) error {
	for t := range p.Proposed.Len() {
		model := p.Proposed.Model(t)
		for i := range model {
			model[i] *= -1
		}
	}
	p.Kind = tps.Walk
	p.Known = f.path.LogRatio(p)
	return nil
}

// Settle implements tps.Settler.
func (f *flipper) Settle(step *tps.Step) {
	if step.Accepted {
		f.Accepted++
	}
}

// MarshalBinary and UnmarshalBinary have the state in checkpoints.
func (f *flipper) MarshalBinary() ([]byte, error) { return []byte{f.Accepted}, nil }

func (f *flipper) UnmarshalBinary(state []byte) error {
	if len(state) != 1 {
		return fmt.Errorf("flip: a state of %d bytes, want 1", len(state))
	}
	f.Accepted = state[0]
	return nil
}
