package minibatch

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The acceptance curve on skewed and heavy-tailed differences: the rate against
// 1/(1 + e^−Δ), within 4 standard errors, the correction's own error, and a
// systematic error in Δ of the bound that TestShiftOfSkewedDifferences has at
// Δ = 0, and as much again in the tails.
func TestAcceptanceCurveOfSkewedDifferences(t *testing.T) {
	decisions := longer(10_000, 400_000)
	const n, b = 60_000, 50
	for _, p := range []population{exponentialPopulation, logNormalPopulation, studentPopulation} {
		values, _ := p.differences(n, newSource(63))
		for _, direction := range []float64{1, -1} {
			t.Run(fmt.Sprintf("%s/%+v", p.name, direction), func(t *testing.T) {
				t.Parallel()
				test, err := NewAdaptive(n, AdaptiveConfig{})
				require.NoError(t, err)
				source := newSource(64)
				s := math.Sqrt(b)
				for _, delta := range deltas {
					d := &sized{values: values, shift: -delta / s}
					d.size = direction
					r := rate(t, test, d, s, settled, decisions, func() float64 { return direction }, source)
					expected := barkerRate(delta)
					slope := expected * (1 - expected)
					standardError := math.Sqrt((slope + 1/float64(decisions)) / float64(decisions))
					off := (r.rate - expected) / slope
					t.Logf("%s %+v, Δ = %4v: off by %+.4f ± %.4f in Δ, mean b = %.1f", p.name, direction, delta, off, standardError/slope, r.batch)
					systematic := shiftBound(p.skewness) * (1 + min(1, math.Abs(delta)/4)) * slope
					tolerance := systematic + test.Config().Distribution.MaxCDFError() + 4*standardError
					assert.InDelta(t, expected, r.rate, tolerance, "Δ = %v", delta)
				}
			})
		}
	}
}
