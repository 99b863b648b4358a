package diagnostics

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The transform in blocks against the sums, at lengths around block edges.
func TestAutocorrelationIsTheSum(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 200} {
		series := make([]float64, n)
		autoregressive(series, 5, normalSource(10, uint64(n)))
		mean := 0.0
		for i := range series {
			series[i] += 1e6
			mean += series[i] / float64(n)
		}
		for _, lags := range []int{1, 2, 3, 4, 5, 8, 9, 16, 17, n} {
			if lags > n {
				continue
			}
			rho := Autocorrelation(series, lags)
			assert.Len(t, rho, lags)
			sums := make([]float64, lags)
			for t := range sums {
				for i := range n - t {
					sums[t] += (series[i] - mean) * (series[i+t] - mean)
				}
			}
			for lag := range rho {
				assert.InDelta(t, sums[lag]/sums[0], rho[lag], 1e-8, fmt.Sprint(n, lags, lag))
			}
		}
	}
}

func TestAutocorrelationOfDegenerateSeries(t *testing.T) {
	assert.Empty(t, Autocorrelation(nil, 0))
	for name, series := range degenerate {
		for _, rho := range Autocorrelation(series, len(series)) {
			assert.True(t, math.IsNaN(rho), name)
		}
	}
	assert.Panics(t, func() { Autocorrelation([]float64{1, 2}, 3) })
	assert.Panics(t, func() { Autocorrelation([]float64{1, 2}, -1) })
}
