package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewPredictionsErrors(t *testing.T) {
	half := math.Log(0.5)
	for _, c := range []struct {
		name    string
		numbers []float64
		classes int
		want    string
	}{
		{"no classes", []float64{0}, 0, "metrics: classes = 0, want at least 2"},
		{"one class", []float64{0}, 1, "metrics: classes = 1, want at least 2"},
		{"negative classes", []float64{0, 0}, -2, "metrics: classes = -2, want at least 2"},
		{"no samples", nil, 2, "metrics: there are no samples"},
		{"half a row", []float64{half, half, half}, 2, "metrics: 3 numbers are not a multiple of the 2 classes"},
		{"NaN", []float64{half, half, half, nan}, 2, "metrics: the log-probability of class 1 of sample 1 is NaN"},
		{"+Inf", []float64{half, inf(1)}, 2, "metrics: the probabilities of sample 0 sum to +Inf, want 1 within 1e-06"},
		{"all zero", []float64{inf(-1), inf(-1)}, 2, "metrics: the probabilities of sample 0 sum to 0, want 1"},
		{"too small", []float64{half, half - 3e-6}, 2, "metrics: the probabilities of sample 0 sum to 0.99"},
		{"logits", []float64{half, half, 3, 1}, 2, "metrics: the probabilities of sample 1 sum to 22.8"},
		{"probabilities", []float64{0.5, 0.5}, 2, "metrics: the probabilities of sample 0 sum to 3.29"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := NewPredictions(c.numbers, c.classes)
			assert.Nil(t, p)
			assert.ErrorContains(t, err, c.want)
		})
	}
	_, err := NewPredictions([]float64{half, half - 1e-6}, 2)
	assert.NoError(t, err, "within the tolerance")
}

func TestNewClassificationErrors(t *testing.T) {
	p := draw(t, rand.NewPCG(1, 1), 3, 2, 1, 0).Predictions
	for _, c := range []struct {
		name   string
		p      *Predictions
		labels []int
		want   string
	}{
		{"nil", nil, []int{0}, "metrics: the predictions are nil"},
		{"few", p, []int{0, 1}, "metrics: 2 labels for 3 samples"},
		{"negative", p, []int{0, 1, -1}, "metrics: label -1 of sample 2, want 0 to 1"},
		{"large", p, []int{0, 2, 0}, "metrics: label 2 of sample 1, want 0 to 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := NewClassification(c.p, c.labels)
			assert.Nil(t, got)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// Log-probabilities that rounding put above 0 leave all metrics in their ranges.
func TestRoundedAboveOne(t *testing.T) {
	c := classification(t, []float64{5e-7, math.Log(1e-8)}, 2, []int{0})
	assert.Equal(t, []float64{1}, c.ConfidencePerSample())
	assert.InDelta(t, 0, c.Brier(), 1e-15)
	assert.InDelta(t, 0, c.ECE(), 1e-15)
	assert.GreaterOrEqual(t, c.Entropy(), 0.0)
	assert.Equal(t, -5e-7, c.NLL())
}

func TestCertainPredictions(t *testing.T) {
	right := classification(t, []float64{0, inf(-1)}, 2, []int{0})
	assert.Equal(t, 0.0, right.NLL())
	assert.False(t, math.Signbit(right.NLL()))
	assert.Equal(t, 0.0, right.Brier())
	assert.Equal(t, 0.0, right.Entropy())
	wrong := classification(t, []float64{0, inf(-1)}, 2, []int{1})
	assert.Equal(t, inf(1), wrong.NLL())
	assert.Equal(t, 2.0, wrong.Brier())
	assert.Equal(t, 1.0, wrong.ECE())
	assert.Equal(t, 0.5, wrong.RiskCoverage().AUGRC())
}

// Near certainty 1 − p has lost its digits, log p has not.
func TestBrierNearCertainty(t *testing.T) {
	c := classification(t, []float64{math.Log1p(-1e-12), math.Log(1e-12)}, 2, []int{0})
	assert.InEpsilon(t, 2e-24, c.Brier(), 1e-9)
}

func TestSubset(t *testing.T) {
	c := draw(t, rand.NewPCG(1, 2), 50, 3, 1, 0)
	samples := []int{7, 7, 0, 49}
	s := c.Subset(samples)
	require.Equal(t, 4, s.Len())
	for j, i := range samples {
		assert.Equal(t, c.LogProbabilities(i), s.LogProbabilities(j))
		assert.Equal(t, c.Label(i), s.Label(j))
		assert.Equal(t, c.Predicted(i), s.Predicted(j))
	}
	assert.Panics(t, func() { c.Subset(nil) })
	assert.Panics(t, func() { c.Subset([]int{50}) })
}

// No metric depends on the order of the samples, although many tie.
func TestOrderOfSamples(t *testing.T) {
	source := rand.NewPCG(1, 3)
	c := draw(t, source, 300, 3, 1, 1)
	all := func(c *Classification) series {
		curve := c.RiskCoverage()
		temperature, err := c.FitTemperature()
		require.NoError(t, err)
		risk, err := curve.RiskAt(0.3)
		require.NoError(t, err)
		coverage, err := curve.CoverageAt(0.2)
		require.NoError(t, err)
		var s series
		for _, x := range []float64{
			c.Accuracy(), c.NLL(), c.Brier(), c.ECE(), c.AdaptiveECE(), c.ClasswiseECE(), classwiseAdaptiveECE(t, c),
			c.Entropy(), curve.AURC(), curve.AUGRC(), risk, coverage, temperature,
		} {
			s = append(s, number(x))
		}
		return s
	}
	want := all(c)
	for range 5 {
		got := all(c.Subset(rand.New(source).Perm(c.Len())))
		sameAll(t, want, got.floats(), "metric")
	}
}

func TestLogSoftmax(t *testing.T) {
	got, err := LogSoftmax([]float32{1000, 1000, -1000, -1000, 0, float32(inf(-1))}, 2)
	require.NoError(t, err)
	half := math.Log(0.5)
	sameAll(t, series{number(half), number(half), number(half), number(half), 0, number(inf(-1))}, got, "log-probability")
	for _, c := range []struct {
		logits  []float64
		classes int
		want    string
	}{
		{nil, 2, "metrics: there are no samples"},
		{[]float64{1, 2, 3}, 2, "metrics: 3 numbers are not a multiple of the 2 classes"},
		{[]float64{0, 0, 1, nan}, 2, "metrics: the logit of class 1 of sample 1 is NaN"},
		{[]float64{inf(1), 0}, 2, "metrics: the logit of class 0 of sample 0 is +Inf"},
		{[]float64{0, 0, inf(-1), inf(-1)}, 2, "metrics: the logits of sample 1 are all -Inf"},
	} {
		_, err := LogSoftmax(c.logits, c.classes)
		assert.ErrorContains(t, err, c.want)
	}
}
