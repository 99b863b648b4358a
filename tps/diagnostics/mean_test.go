package diagnostics

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Both standard errors against the exact one, √(τ/n), over many series, and
// against each other on each series.
//
// Autocorrelation: var τ̂/τ² = 2(2M+1)/n, half of that is the relative
// deviation of the error, √((2M+1)/2n). Blocking: with n/B blocks it is
// √(B/2n), B being the power of two above (2nτ²)^(1/3), at most twice that. They
// use the same data, so their difference is below the sum of both; 5 times
// the root of the squares is allowed for each of 100 series. Lee's B leaves a
// bias of τ_B/τ ≈ 1 − τ/2B in the squared error.
func TestStandardErrorsAgree(t *testing.T) {
	const n, seeds = 1 << 16, 100
	for _, tau := range []float64{1, 5, 30, 100} {
		t.Run(fmt.Sprintf("τ=%v", tau), func(t *testing.T) {
			t.Parallel()
			exact := math.Sqrt(tau / n)
			block := math.Cbrt(2 * n * tau * tau)
			byBlocking := math.Sqrt(2 * block / (2 * n))
			byCorrelation := math.Sqrt((10*tau + 1) / (2 * n))
			bias := tau / block / 4
			allowed := 5*math.Hypot(byBlocking, byCorrelation) + bias
			series := make([]float64, n)
			var blocking, correlation, scores sample
			for seed := range seeds {
				autoregressive(series, tau, normalSource(20, uint64(seed)))
				b, c := MeanByBlocking(series), MeanByAutocorrelation(series)
				assert.InDelta(t, b.Mean, c.Mean, 1e-12)
				assert.InDelta(t, 1, b.StandardError/c.StandardError, allowed)
				blocking.add(b.StandardError / exact)
				correlation.add(c.StandardError / exact)
				scores.add(c.Mean / c.StandardError)
			}
			t.Logf("over exact: blocking %.4f ± %.4f, autocorrelation %.4f ± %.4f; allowed %.3f",
				blocking.mean, blocking.deviation(), correlation.mean, correlation.deviation(), allowed)
			assert.InDelta(t, 1, correlation.mean, 4*correlation.standardError()+0.003)
			assert.InDelta(t, 1-bias, blocking.mean, 4*blocking.standardError()+bias)
			assert.LessOrEqual(t, blocking.deviation(), 1.2*byBlocking)
			assert.InEpsilon(t, 1, scores.deviation(), 4/math.Sqrt(2*seeds))
		})
	}
}

// A negative control: the error that takes values for independent is wrong by
// √τ, and outside what the test above allows.
func TestNaiveErrorIsRefused(t *testing.T) {
	const n, tau = 1 << 16, 5
	series := make([]float64, n)
	autoregressive(series, tau, normalSource(21))
	naive := math.Sqrt(1.0 / n)
	assert.Greater(t, MeanByBlocking(series).StandardError/naive, 2.0)
	assert.Greater(t, MeanByAutocorrelation(series).StandardError/naive, 2.0)
}

func TestMeansOfDegenerateSeries(t *testing.T) {
	for name, series := range degenerate {
		for _, estimate := range []Estimate{MeanByBlocking(series), MeanByAutocorrelation(series)} {
			switch name {
			case "constant":
				assert.InDelta(t, 0.1, estimate.Mean, 1e-15)
				assert.InDelta(t, 0, estimate.StandardError, 1e-15)
			case "one":
				assert.Equal(t, 3.0, estimate.Mean)
				assert.True(t, math.IsNaN(estimate.StandardError), name)
			default:
				assert.True(t, math.IsNaN(estimate.StandardError), name)
			}
		}
	}
}

func TestScore(t *testing.T) {
	require.Equal(t, -1.5, Estimate{Mean: 1, StandardError: 2}.Score(4))
	require.Equal(t, math.Inf(1), Estimate{Mean: 1}.Score(0))
	require.True(t, math.IsNaN(Estimate{Mean: 1}.Score(1)))
}
