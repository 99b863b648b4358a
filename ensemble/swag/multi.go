package swag

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// Multi is MultiSWAG: the mixture of some posteriors, each with the same weight.
type Multi []*Posterior

// Draw returns n members, at least 1. Member k is drawn from posterior k modulo their
// number: each has the same share if n is a multiple of it. Source and errors are as for
// Posterior.Draw.
func (m Multi) Draw(n int, source rand.Source) ([][]float32, error) {
	if len(m) == 0 {
		return nil, errors.New("swag: there are no posteriors")
	}
	if n < 1 {
		return nil, fmt.Errorf("swag: %d members to draw, want at least 1", n)
	}
	if source == nil {
		source = random.Source(0)
	}
	members := make([][]float32, n)
	for k := range members {
		p := m[k%len(m)]
		if p == nil {
			return nil, fmt.Errorf("swag: posterior %d is nil", k%len(m))
		}
		members[k] = make([]float32, p.Params())
		if err := p.Sample(members[k], source); err != nil {
			return nil, err
		}
	}
	return members, nil
}
