package minibatch

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/correction"
)

// X_nc makes up for the skewness of Δ*: their sum is positive half of the time.
// A correction of next to nothing lets that be seen, to 4 standard errors and a
// tenth of what the skewness of Δ* alone would do: skewness/(6√(2π)) for a
// standard deviation of 1.
func TestNoiseMakesUpForSkewness(t *testing.T) {
	const n, b, decisions = 60_000, 50, 150_000
	none, err := correction.FromAtoms(1, []float64{-1e-6, 1e-6}, []float64{0.5, 0.5})
	require.NoError(t, err)
	values, skewness := exponentialPopulation.differences(n, newSource(68))
	test, err := NewAdaptive(n, AdaptiveConfig{Distribution: none})
	require.NoError(t, err)
	r := rate(t, test, &sized{values: values}, math.Sqrt(b), settled, decisions, func() float64 { return 1 }, newSource(69))
	alone := skewness * math.Pow(margin, -1.5) / math.Sqrt(r.batch) / 6 / math.Sqrt(2*math.Pi)
	t.Logf("off by %+.5f ± %.5f; Δ* alone would be by %.5f", r.rate-0.5, r.standardError, alone)
	assert.InDelta(t, 0.5, r.rate, 0.1*alone+4*r.standardError)
}
