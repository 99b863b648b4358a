package tps

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/minibatch"
)

// referencedSwaps lets two states swap again and again, and returns by how many standard
// errors, beyond 0.003, the rates are off those of Barker's test, there and back.
func referencedSwaps(t *testing.T, estimate minibatch.Estimate, spoil func(*references)) (scores [2]float64) {
	t.Helper()
	const n, tau = 1000, 2
	var chains []*Chain
	for k := range 2 {
		config, losses := referencedConfig(t, n, tau, 1, 1, minibatch.Controlled)
		config.S *= 1 + 0.2*float64(k)
		config.Stream = uint64(k)
		chains = append(chains, newChain(t, config, losses))
	}
	x := newExchange(t, ExchangeConfig{Every: 1000, Test: adaptive(t, n, minibatch.AdaptiveConfig{Estimate: estimate})}, chains...)
	require.NoError(t, x.Run(context.Background(), 100, nil))
	low, high := chains[0], chains[1]
	delta := func() float64 {
		sum, losses := 0.0, make([]float64, tau)
		for sign, chain := range map[float64]*Chain{1: high, -1: low} {
			require.NoError(t, chain.MeanLosses(losses))
			sum += sign * (losses[0] + losses[1])
		}
		return (high.S() - low.S()) * sum
	}
	for math.Abs(delta()) < 0.3 || math.Abs(delta()) > 1.5 {
		require.NoError(t, x.Run(context.Background(), low.Steps()+1, nil))
	}
	for _, chain := range chains {
		require.Equal(t, tau, live(chain))
		if spoil != nil {
			spoil(chain.comparison.references)
		}
	}

	decisions := 20_000
	if *long {
		decisions *= 20
	}
	at := x.Stats().Replicas
	there := delta()
	var proposed, accepted [2]float64
	for i := range 500 + decisions {
		way := 0
		if x.Stats().Replicas[0] != at[0] {
			way = 1
		}
		before := x.pairs[0].Swaps.Accepted
		require.NoError(t, x.swap(0))
		if i >= 500 {
			proposed[way]++
			accepted[way] += float64(x.pairs[0].Swaps.Accepted - before)
		}
	}
	pair := x.Stats().Pairs[0]
	for way, d := range [2]float64{there, -there} {
		want, rate := 1/(1+math.Exp(-d)), accepted[way]/proposed[way]
		standardError := math.Sqrt(want * (1 - want) / proposed[way])
		t.Logf("Δ = %.2f: %.4f ± %.4f, want %.4f, with %.0f samples", d, rate, standardError, want, float64(pair.DataUse)/float64(pair.Swaps.Proposed))
		scores[way] = max(0, math.Abs(rate-want)-0.003) / standardError
	}
	if estimate > minibatch.Uniform {
		assert.Greater(t, pair.Estimates[estimate], pair.Swaps.Proposed/2)
	}
	return scores
}

// The references of the chains serve the decisions on swaps, which are Barker's whatever
// they are, as long as their gradients are those there.
func TestSwapsByReferences(t *testing.T) {
	for _, estimate := range []minibatch.Estimate{minibatch.Weighted, minibatch.Controlled} {
		scores := referencedSwaps(t, estimate, nil)
		assert.Less(t, max(scores[0], scores[1]), 4.0, "%v", estimate)
	}
	// Negative control.
	scores := referencedSwaps(t, minibatch.Controlled, func(r *references) {
		for k := range r.of {
			for a := range r.of[k].gradient {
				r.of[k].gradient[a] += 0.02 // near the mode it is near 0
			}
		}
	})
	assert.Greater(t, max(scores[0], scores[1]), 4.0)
}
