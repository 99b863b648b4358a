package minibatch

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNormalityError(t *testing.T) {
	// ±1 in equal numbers: all absolute moments are 1, up to the sample
	// variance's b − 1.
	signs := make([]float64, 10_000)
	for i := range signs {
		signs[i] = 7 + float64(1-2*(i%2))
	}
	assert.InEpsilon(t, 8.4/100, NormalityError(signs), 1e-3)

	// Normal: E|x| = √(2/π), E|x|³ = 2√(2/π).
	normal := proposalOf(200_000, 3, 5, newSource(50)).values
	first := math.Sqrt(2 / math.Pi)
	assert.InEpsilon(t, (6.4*2*first+2*first)/math.Sqrt(200_000), NormalityError(normal), 0.01)

	assert.Equal(t, math.Inf(1), NormalityError(nil))
	assert.Equal(t, math.Inf(1), NormalityError([]float64{1}))
	assert.Zero(t, NormalityError([]float64{2, 2, 2}))
	assert.Equal(t, math.Inf(1), NormalityError([]float64{1, math.NaN()}))
}

// δ asks for more samples than the variance does, no more than it needs, and
// leaves the acceptance rate alone.
func TestMaxNormalityError(t *testing.T) {
	const n, bound = 20_000, 0.2
	d := proposalOf(n, 1, 2, newSource(51))
	test, err := NewAdaptive(n, AdaptiveConfig{Rule: Stopping, Chunk: 50, MaxNormalityError: bound})
	require.NoError(t, err)
	source := newSource(52)
	first := math.Sqrt(2 / math.Pi)
	expected := math.Pow((6.4*2*first+2*first)/bound, 2)
	for range 20 {
		decision, err := test.Decide(d, 1, source)
		require.NoError(t, err)
		assert.Equal(t, Correction, decision.By)
		assert.InEpsilon(t, expected, float64(decision.Samples), 0.1)
	}
	assert.InDelta(t, 0, rateError(t, test, d, barkerRate(1), 0, 20_000, source), 4)

	strict, err := NewAdaptive(n, AdaptiveConfig{Rule: Stopping, Chunk: 50, MaxNormalityError: 0.01})
	require.NoError(t, err)
	decision, err := strict.Decide(d, 1, source)
	require.NoError(t, err)
	assert.Equal(t, FullData, decision.By)
}
