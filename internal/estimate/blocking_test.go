package estimate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/internal/random"
)

// autoregressive fills a stationary AR(1) series of unit variance.
func autoregressive(series []float64, coefficient float64, normal *rand.Rand) {
	x := normal.NormFloat64()
	for i := range series {
		series[i] = x
		x = coefficient*x + math.Sqrt(1-coefficient*coefficient)*normal.NormFloat64()
	}
}

// The error of an AR(1) series is known: √((1+a)/(1−a)/n). Over many series
// the estimate must be right on average, and the means must scatter by it.
func TestMeanOfAutoregressiveSeries(t *testing.T) {
	normal := rand.New(random.Source(1))
	for _, a := range []float64{0, 0.5, 0.9, 0.98} {
		const n, series = 1 << 15, 300
		exact := math.Sqrt((1 + a) / (1 - a) / n)
		x := make([]float64, n)
		errors, scores := 0.0, 0.0
		for range series {
			autoregressive(x, a, normal)
			mean, standardError := Mean(x)
			errors += standardError / exact / series
			scores += mean / standardError * mean / standardError / series
		}
		assert.InDelta(t, 1, errors, 0.05, "a = %v", a)
		assert.InDelta(t, 1, scores, 4*math.Sqrt(2.0/series)+0.1, "a = %v", a)
	}
}

func TestMeanOfFewValues(t *testing.T) {
	mean, standardError := Mean(nil)
	assert.True(t, math.IsNaN(mean) && math.IsNaN(standardError))
	mean, standardError = Mean([]float64{3})
	assert.Equal(t, 3.0, mean)
	assert.True(t, math.IsNaN(standardError))
	mean, standardError = Mean([]float64{1, 3})
	assert.Equal(t, 2.0, mean)
	assert.InDelta(t, 1, standardError, 1e-15)
	mean, standardError = Mean([]float64{5, 5, 5, 5})
	assert.Equal(t, 5.0, mean)
	assert.Zero(t, standardError)
}
