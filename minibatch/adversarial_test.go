package minibatch

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// adversarial returns normal differences of variance 1 of which three are 100 to
// 1000 times as large, 300 on average.
func adversarial(n int, sign float64, source rand.Source) []float64 {
	r := rand.New(source)
	values := make([]float64, n)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	for k, large := range []float64{100, 300, 1000} {
		values[(k+1)*n/4] = sign * large
	}
	var m moments
	m.add(values)
	for i := range values {
		values[i] -= m.mean
	}
	return values
}

// Three of 5,000 samples have differences 100 to 1000 times as large as the
// others, which alone would need b = s²: the rate stays Barker's within 4 standard
// errors, as more samples are drawn.
func TestAdversarialDifferences(t *testing.T) {
	t.Parallel()
	const n = 5000
	decisions := longer(4000, 40_000)
	for _, sign := range []float64{1, -1} {
		values := adversarial(n, sign, newSource(65))
		for _, b := range []float64{50, 5, 0.5, 0.05} {
			test, err := NewAdaptive(n, AdaptiveConfig{})
			require.NoError(t, err)
			source := newSource(66)
			s := math.Sqrt(b)
			for i, delta := range []float64{0, -2, -1, 1, 2} {
				warmUp := 0
				if i == 0 {
					warmUp = settled
				}
				d := &sized{values: values, shift: -delta / s}
				r := rate(t, test, d, s, warmUp, decisions, func() float64 { return 1 }, source)
				if decision, err := test.Decide(d, s, source); assert.NoError(t, err) {
					assert.True(t, decision.Doubtful || decision.By == FullData)
				}
				expected := barkerRate(delta)
				z := (r.rate - expected) / math.Sqrt(expected*(1-expected)/float64(decisions))
				t.Logf("sign %+v, s² = %v, Δ = %4v: rate %.4f, %+.1f standard errors, mean b = %.0f", sign, b, delta, r.rate, z, r.batch)
				assert.InDelta(t, 0, z, 4)
			}
		}
	}
}
