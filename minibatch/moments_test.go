package minibatch

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The variance must survive a mean 10⁹ times as large as the deviation, where
// a sum of squares has no digit left.
func TestMomentsOfALargeMean(t *testing.T) {
	const n, offset = 10_000, 1e9
	normal := rand.New(newSource(1))
	values := make([]float64, n)
	exact := 0.0 // of the deviations as they are stored
	for i := range values {
		values[i] = offset + normal.NormFloat64()
	}
	mean := 0.0
	for _, v := range values {
		mean += (v - offset) / n
	}
	for _, v := range values {
		exact += (v - offset - mean) * (v - offset - mean)
	}
	for _, chunk := range []int{1, 2, 7, 32, n} {
		var m moments
		for from := 0; from < n; from += chunk {
			require.True(t, m.add(values[from:min(from+chunk, n)]))
		}
		assert.Equal(t, n, m.n)
		// The mean is a multiple of 1.2e-7 here, rounded at each of up to 10⁴ merges.
		assert.InDelta(t, mean, m.mean-offset, 1e-5)
		assert.InEpsilon(t, exact, m.deviations, 1e-6, "chunk %d", chunk)
		assert.InEpsilon(t, exact/(n-1), m.variance(), 1e-6)
	}
}

func TestMomentsRefuseWhatIsNotFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		m := moments{3, 1, 2}
		assert.False(t, m.add([]float64{1, bad, 2}))
		assert.Equal(t, moments{3, 1, 2}, m)
	}
}
