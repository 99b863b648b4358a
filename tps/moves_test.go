package tps

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// lineMoves are moves with all their options, for a line.
func lineMoves(tau int) []namedMove { return tiltedMoves(newWideLine(8), tau, 0.1) }

// A level that fails takes back what earlier ones have accepted.
func TestFailureAtALevel(t *testing.T) {
	losses := &spoiled{newLine(64, 1), math.MaxFloat32, math.NaN()}
	chain := newChain(t, Config{Tau: 4, Sigma: 0.1, S: 1, Move: Autoregressive{Width: 4, Multilevel: true}, Test: barker(t, 64)}, losses)
	require.NoError(t, chain.Run(context.Background(), 100))
	failures := 0
	for range 200 {
		before := slices.Clone(chain.current.values)
		losses.limit = slices.Max(before)
		_, err := chain.Step()
		losses.limit = math.MaxFloat32
		if err != nil {
			failures++
			assert.Equal(t, before, chain.current.values)
		}
		assert.Equal(t, chain.current.values, chain.proposed.values)
	}
	assert.Greater(t, failures, 20)
}

// A proposal that knows all of Δ is decided without a sample, and its losses are
// taken over.
func TestExactProposals(t *testing.T) {
	known, losses := 0.0, []float64{1, 2}
	move := ownMove{propose: func(p *Proposal) error {
		p.First, p.Width, p.Exact, p.Known, p.Cost = 1, 2, true, known, 2.6
		p.MeanLosses = append(p.MeanLosses, losses...)
		p.Proposed.Model(1)[0]++
		return nil
	}}
	chain := newChain(t, Config{Tau: 4, Sigma: 0.1, S: 100, Move: move}, newLine(64, 1))
	step, err := chain.Step()
	require.NoError(t, err)
	assert.True(t, step.Accepted)
	assert.Equal(t, 2.6, step.ProposalCost)
	estimates := chain.LossEstimates()
	assert.Equal(t, []float64{1, 2}, estimates[1:3])
	assert.True(t, math.IsNaN(estimates[0]) && math.IsNaN(estimates[3]))

	known, losses = -1000, nil
	before := slices.Clone(chain.current.values)
	step, err = chain.Step()
	require.NoError(t, err)
	assert.False(t, step.Accepted)
	assert.Equal(t, before, chain.current.values)
	assert.Equal(t, before, chain.proposed.values)
	stats := chain.Stats()
	assert.Zero(t, stats.DataUse)
	assert.Equal(t, 6, stats.Proposals)

	known = math.Log(0.3) // Metropolis's rule
	accepted := 0
	for range 10_000 {
		step, err := chain.Step()
		require.NoError(t, err)
		if step.Accepted {
			accepted++
		}
	}
	assert.InDelta(t, 0.3, float64(accepted)/10_000, 4*math.Sqrt(0.3*0.7/10_000))
}

// A Mix makes its moves with their probabilities, says which, and tells the one that
// made the proposal what became of it.
func TestMixChooses(t *testing.T) {
	const steps = 20_000
	var proposed, settled [3]int
	weights := [3]float64{1, 0.2, 2.8}
	var mix Mix
	for k, weight := range weights {
		mix = append(mix, Choice{weight, ownMove{
			propose: func(*Proposal) error { proposed[k]++; return nil },
			settle: func(step *Step) {
				settled[k]++
				assert.Equal(t, k, step.Choice)
			},
		}})
	}
	chain := newChain(t, Config{Tau: 2, Sigma: 1, Move: mix, Test: barker(t, 2)}, none{2})
	require.NoError(t, chain.Run(context.Background(), steps))
	assert.Equal(t, proposed, settled)
	for k, weight := range weights {
		p := weight / 4
		assert.InDelta(t, p, float64(proposed[k])/steps, 4*math.Sqrt(p*(1-p)/steps))
	}
}

// A step with any move does not allocate once it is warm.
func TestMovesDoNotAllocate(t *testing.T) {
	line := newWideLine(256)
	for _, m := range lineMoves(8) {
		for name, config := range map[string]Config{
			"adaptive, flat":  {},
			"barker, every":   {Test: barker(t, 256), Prior: &Gaussian{Sigma: 1}, EveryModel: true},
			"adaptive, first": {Prior: &Gaussian{Sigma: 1, Mean: []float32{1, 2}}},
		} {
			config.Tau, config.Sigma, config.S, config.Move = 8, 0.1, 100, m.move
			chain := newChain(t, config, line)
			for range 300 {
				_, err := chain.Step()
				require.NoError(t, err)
			}
			assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = chain.Step() }), "%s, %s", m.name, name)
		}
	}
}

// ProposalDifferences leaves chains alone that make any move.
func TestProposalDifferencesOfMovesLeavesTheChainAlone(t *testing.T) {
	line := newWideLine(32)
	for _, m := range lineMoves(4) {
		config := Config{Tau: 4, Sigma: 0.2, S: 20, Move: m.move, Prior: &Gaussian{Sigma: 1}}
		plain, watched := newChain(t, config, line), newChain(t, config, line)
		source, differences := random.Source(9), make([]float64, 32)
		for range 100 {
			_, err := watched.ProposalDifferences(differences, source)
			require.NoError(t, err)
			want, err := plain.Step()
			require.NoError(t, err)
			got, err := watched.Step()
			require.NoError(t, err)
			require.Equal(t, want, got, m.name)
			require.Equal(t, plain.current.values, watched.current.values)
			require.Equal(t, watched.current.values, watched.proposed.values)
		}
	}
}

// Along a schedule β follows s, and is at most 1.
func TestBetaFollowsTheTilt(t *testing.T) {
	a := &autoregressive{beta: 0.1, betaAt: 400}
	for s, want := range map[float64]float64{400: 0.1, 100: 0.2, 1600: 0.05, 1: 1, 0: 1, -3: 1} {
		assert.InDelta(t, want, a.size(s), 1e-15)
	}
	a.betaAt = 0
	assert.Equal(t, 0.1, a.size(7))
	_, err := Autoregressive{BetaAt: -1}.withDefaults(2, 2)
	require.EqualError(t, err, "tps: Autoregressive.BetaAt = -1, want a finite number > 0, or 0 for any s")
}
