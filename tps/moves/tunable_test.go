package moves

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

// sized are moves of one size each, by what the size is.
func sized(g Gradient) map[string]func(size float64) tps.Move {
	return map[string]func(size float64) tps.Move{
		"Langevin Beta":    func(size float64) tps.Move { return Langevin{Gradient: g, Beta: size, Batch: 8} },
		"Barker Step":      func(size float64) tps.Move { return Barker{Gradient: g, Step: size, Batch: 8} },
		"Hamiltonian Step": func(size float64) tps.Move { return Hamiltonian{Gradient: g, Step: size, Steps: 2} },
		"whole Step":       func(size float64) tps.Move { return Hamiltonian{Gradient: g, Step: size, Steps: 2, Whole: true} },
	}
}

// tunedFrom returns the size that a chain tunes, from one that it begins with.
func tunedFrom(t testing.TB, l line, move tps.Move) float64 {
	t.Helper()
	chain := newChain(t, tps.Config{
		Tau: 3, Sigma: sigma, S: 1000, Prior: prior, Seed: 4, Move: move, Test: adaptive(t, 64, minibatch.Uniform), Tuning: tps.Tuning{Steps: 1300},
	}, l.losses())
	for range 1300 {
		_, err := chain.Step()
		require.NoError(t, err)
	}
	tuned := chain.Tuned()
	require.Len(t, tuned, 1)
	return tuned[0].Value
}

// A size that is far too small and one that is too large are tuned to about the same.
func TestTuningOfSizes(t *testing.T) {
	l := newLine(t, 64)
	for name, move := range sized(l.gradients) {
		small, large := tunedFrom(t, l, move(0.003)), tunedFrom(t, l, move(1))
		t.Logf("%s: %.3g from 0.003, %.3g from 1", name, small, large)
		assert.Greater(t, small, 0.02, name)
		assert.InEpsilon(t, small, large, 1, name)
	}
}

// A size that was set is the one that proposals are made with: those of a move that was
// made with it.
func TestSetSize(t *testing.T) {
	l := newLine(t, 64)
	target := tps.Target{Tau: 3, Path: tps.Path{Sigma: sigma, Prior: prior}, Losses: l.losses()}
	for name, move := range sized(l.gradients) {
		proposed := func(made, set float64) []float32 {
			p, err := move(made).Proposer(target)
			require.NoError(t, err)
			tunable := p.(tps.Tunable)
			require.Equal(t, made, tunable.Sizes()[0].Value)
			tunable.SetSize(0, set)
			require.Equal(t, set, tunable.Sizes()[0].Value)
			current, err := tps.RandomWalk(3, []float32{0.5, -1}, sigma, random.Source(3))
			require.NoError(t, err)
			proposal := &tps.Proposal{Current: current, Proposed: current.Clone(), S: 100, Source: random.Source(4), Width: 3}
			require.NoError(t, p.Propose(proposal))
			return slices.Concat(proposal.Proposed.Models()...)
		}
		assert.Equal(t, proposed(0.3, 0.3), proposed(0.1, 0.3), name)
		assert.NotEqual(t, proposed(0.3, 0.3), proposed(0.3, 0.1), name)
	}
}
