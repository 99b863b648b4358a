package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDeepEnsembleCurve(t *testing.T) {
	// Halves, so that means are exact.
	d := must[*DeepEnsembleCurve](t)(NewDeepEnsembleCurve([]int{1, 2, 5, 10}, [][]float64{{-8.5, -7.5}, {-4.5, -3.5}, {-2.5, -1.5}, {-1.5, -0.5}}))
	for _, c := range []struct{ value, want float64 }{
		{inf(-1), 1}, {-9, 1}, {-8, 1}, {-6, 1.5}, {-4, 2}, {-3, 3.5}, {-2, 5}, {-1, 10}, {-0.99, inf(1)}, {inf(1), inf(1)},
	} {
		same(t, c.want, must[float64](t)(d.Equivalent(c.value)), "equivalent")
	}
	// The deviations are all √½, a shift of the curve.
	low, high, err := d.Bounds(-3)
	assert.NoError(t, err)
	same(t, must[float64](t)(d.Equivalent(-3-math.Sqrt(0.5))), low, "low")
	same(t, must[float64](t)(d.Equivalent(-3+math.Sqrt(0.5))), high, "high")
}

// A curve that falls by chance is crossed where it first reaches the value.
func TestDeepEnsembleCurveFalls(t *testing.T) {
	d := must[*DeepEnsembleCurve](t)(NewDeepEnsembleCurve([]int{1, 2, 3, 4}, [][]float64{{-1}, {-0.5}, {-0.6}, {-0.4}}))
	same(t, 1.9, must[float64](t)(d.Equivalent(-0.55)), "equivalent")
	same(t, 3.75, must[float64](t)(d.Equivalent(-0.45)), "equivalent")
	_, _, err := d.Bounds(-0.5)
	assert.ErrorContains(t, err, "metrics: size 1 has one log-likelihood, want at least 2 for bounds")
	_, err = d.Equivalent(nan)
	assert.ErrorContains(t, err, "metrics: the log-likelihood is NaN")
	_, _, err = d.Bounds(nan)
	assert.ErrorContains(t, err, "metrics: the log-likelihood is NaN")
}

func TestNewDeepEnsembleCurveErrors(t *testing.T) {
	one := []float64{-1}
	for _, c := range []struct {
		sizes []int
		curve [][]float64
		want  string
	}{
		{nil, nil, "metrics: sizes = [], want sizes that rise from 1"},
		{[]int{2}, [][]float64{one}, "metrics: sizes = [2], want sizes that rise from 1"},
		{[]int{1, 2}, [][]float64{one}, "metrics: log-likelihoods of 1 sizes, want 2"},
		{[]int{1, 3, 3}, [][]float64{one, one, one}, "metrics: size 3 follows size 3, want sizes that rise"},
		{[]int{1, 2}, [][]float64{one, {}}, "metrics: size 2 has no log-likelihood"},
		{[]int{1, 2}, [][]float64{one, {-1, inf(-1)}}, "metrics: a log-likelihood of size 2 is -Inf"},
		{[]int{1}, [][]float64{{nan}}, "metrics: a log-likelihood of size 1 is NaN"},
	} {
		d, err := NewDeepEnsembleCurve(c.sizes, c.curve)
		assert.Nil(t, d)
		assert.ErrorContains(t, err, c.want)
	}
}
