package minibatch

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A known part of Δ counts in every test as what samples say does, with its own
// sign, at s = 0 too: as Δ = −0.7 with an offset of 1.5 less 2.2 from samples, the
// rates are those of −0.7; with the sign turned they would be those of −3.7.
func TestOffsetIsAPartOfDelta(t *testing.T) {
	const n, s, offset, bySamples, decisions = 500, 30, 1.5, -2.2, 20_000
	barkerAt, metropolisAt := barkerRate, func(delta float64) float64 { return min(1, math.Exp(delta)) }
	values, _ := exponentialPopulation.differences(n, newSource(90))
	good := references[0]
	adaptive := func(config AdaptiveConfig) Test {
		test, err := NewAdaptive(n, config)
		require.NoError(t, err)
		return test
	}
	barker, err := NewBarker(n)
	require.NoError(t, err)
	metropolis, err := NewMetropolis(n)
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		test Test
		rate func(delta float64) float64
		s    float64
		by   Reason
	}{
		{"planned", adaptive(AdaptiveConfig{Estimate: Uniform}), barkerAt, s / 10, Correction},
		{"planned, all data", adaptive(AdaptiveConfig{Estimate: Uniform}), barkerAt, 4 * s, FullData},
		{"weighted", adaptive(AdaptiveConfig{Estimate: Weighted}), barkerAt, s / 10, Correction},
		{"controlled", adaptive(AdaptiveConfig{Estimate: Controlled}), barkerAt, s / 10, Correction},
		{"controlled, all data in the end", adaptive(AdaptiveConfig{Estimate: Controlled, CutOff: CutOff{Rule: NoCutOff}}), barkerAt, 40 * s, FullData},
		{"stopping, all data", adaptive(AdaptiveConfig{Rule: Stopping, Chunk: n}), barkerAt, s, FullData},
		{"barker", barker, barkerAt, s, FullData},
		{"metropolis", metropolis, metropolisAt, s, FullData},
		{"planned, s = 0", adaptive(AdaptiveConfig{}), barkerAt, 0, FullData},
		{"barker, s = 0", barker, barkerAt, 0, FullData},
		{"metropolis, s = 0", metropolis, metropolisAt, 0, FullData},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := good.of(values, newSource(91))
			g.offset = offset
			delta := offset
			if c.s != 0 {
				delta += bySamples
				g.shift = -bySamples / c.s
			} else {
				g.offset, delta = delta+bySamples, delta+bySamples
			}
			source, accepted, by := newSource(92), 0, 0
			for range decisions {
				decision, err := c.test.Decide(g, c.s, source)
				require.NoError(t, err)
				if decision.Accepted {
					accepted++
				}
				if decision.By == c.by {
					by++
				}
				if decision.By == FullData {
					require.InDelta(t, delta, decision.Delta, 1e-6)
				}
			}
			require.Greater(t, by, decisions/2, "what the decisions rest on")
			want, rate := c.rate(delta), float64(accepted)/decisions
			assert.InDelta(t, want, rate, 4*math.Sqrt(want*(1-want)/decisions))
		})
	}
}
