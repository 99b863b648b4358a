package moves

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/tps"
)

// A spoiled move is one whose proposals are changed behind its back.
type spoiled struct {
	tps.Move
	spoil func(path *tps.Path, p *tps.Proposal)
}

func (m spoiled) Proposer(target tps.Target) (tps.Proposer, error) {
	proposer, err := m.Move.Proposer(target)
	return &spoiledProposer{proposer, target.Path, m.spoil}, err
}

func (m spoiled) String() string { return fmt.Sprintf("spoiled %v", m.Move) }

type spoiledProposer struct {
	tps.Proposer
	path  tps.Path
	spoil func(path *tps.Path, p *tps.Proposal)
}

func (s *spoiledProposer) Propose(p *tps.Proposal) error {
	err := s.Proposer.Propose(p)
	s.spoil(&s.path, p)
	return err
}

// spoil returns a move whose proposals are changed.
func spoil(move func(Gradient) tps.Move, change func(path *tps.Path, p *tps.Proposal)) func(Gradient) tps.Move {
	return func(g Gradient) tps.Move { return spoiled{move(g), change} }
}

// Negative controls: moves that are slightly wrong are seen.
func TestMeanLossHasTeeth(t *testing.T) {
	turned := func(_ *tps.Path, p *tps.Proposal) { p.Known = -p.Known }
	forgotten := func(_ *tps.Path, p *tps.Proposal) { p.Known = 0 }
	pathless := func(path *tps.Path, p *tps.Proposal) { p.Known -= path.LogRatio(p) }
	apart := func(move func(Gradient) tps.Move) func(Gradient) tps.Move {
		return func(g Gradient) tps.Move { return move(newAsymmetric(g)) }
	}
	for name, c := range map[string]lineCase{
		"Langevin, ratio turned":              {2, 100, nil, false, 0, spoil(langevinMove(0.6, 4), turned), 20},
		"Langevin, drift without its ratio":   {1, 100, prior, false, 0, spoil(langevinMove(0.6, 4), forgotten), 80},
		"Langevin, back with other samples":   {1, 100, prior, false, 0, apart(langevinMove(0.6, 1)), 80},
		"Barker, ratio turned":                {2, 100, nil, false, 0, spoil(barkerMove(1, 4), turned), 20},
		"Barker, skewed without its ratio":    {2, 100, nil, false, 0, spoil(barkerMove(1, 4), forgotten), 20},
		"Barker, without the path":            {2, 100, nil, false, 0, spoil(barkerMove(1, 4), pathless), 20},
		"Barker, back with other samples":     {1, 100, prior, false, 0, apart(barkerMove(1, 1)), 80},
		"Hamiltonian, ratio turned":           {2, 100, nil, false, 0, spoil(hamiltonianMove(true, 0.5, 3), turned), 5},
		"Hamiltonian, all accepted":           {2, 100, nil, false, 0, spoil(hamiltonianMove(true, 0.5, 3), forgotten), 5},
		"Hamiltonian, without the path":       {2, 100, nil, false, 0, spoil(hamiltonianMove(true, 0.5, 3), pathless), 5},
		"Hamiltonian, one, without the path":  {2, 100, nil, false, 0, spoil(hamiltonianMove(false, 0.5, 2), pathless), 20},
		"Hamiltonian, prior without the path": {3, 30, prior, true, 0, spoil(hamiltonianMove(true, 0.6, 3), pathless), 5},
	} {
		t.Run(name, func(t *testing.T) {
			ratio, e := c.run(t, 1000*c.steps)
			assert.Greater(t, math.Abs(ratio-1), bound+4*e)
		})
	}
}

// asymmetric is a gradient on the samples that it is asked for and on all samples by
// turns: the way back has not the minibatch of the way there. (Two minibatches that are
// drawn independently would do: the way back has them with their roles exchanged.)
type asymmetric struct {
	of   Gradient
	all  []int
	back bool
}

func (a *asymmetric) Samples() int { return a.of.Samples() }
func (a *asymmetric) Params() int  { return a.of.Params() }

func (a *asymmetric) Gradient(dst, params []float32, samples []int) float64 {
	if a.back {
		samples = a.all
	}
	a.back = !a.back
	return a.of.Gradient(dst, params, samples)
}

func newAsymmetric(of Gradient) Gradient {
	a := &asymmetric{of: of}
	for i := range of.Samples() {
		a.all = append(a.all, i)
	}
	return a
}
