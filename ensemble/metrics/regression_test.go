package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewMixturesErrors(t *testing.T) {
	two := []float64{1, 2}
	for _, c := range []struct {
		name          string
		means, scales []float64
		members       int
		config        MixturesConfig
		want          string
	}{
		{"no members", two, two, 0, MixturesConfig{}, "metrics: members = 0, want at least 1"},
		{"no samples", nil, nil, 1, MixturesConfig{}, "metrics: there are no samples"},
		{"half a row", []float64{1, 2, 3}, nil, 2, MixturesConfig{}, "metrics: 3 means are not a multiple of the 2 members"},
		{"few scales", two, []float64{1}, 1, MixturesConfig{}, "metrics: 1 scales for 2 means"},
		{"no scales", two, []float64{}, 1, MixturesConfig{}, "metrics: 0 scales for 2 means"},
		{"mean", []float64{0, 0, 0, nan}, nil, 2, MixturesConfig{}, "metrics: the mean of member 1 for sample 1 is NaN"},
		{"infinite mean", []float64{inf(-1)}, nil, 1, MixturesConfig{}, "metrics: the mean of member 0 for sample 0 is -Inf, want a number within ±1e+150"},
		{"negative scale", two, []float64{1, -1}, 2, MixturesConfig{}, "metrics: the scale of member 1 for sample 0 is -1, want 0 or 1e-150 to 1e+150"},
		{"scale", two, []float64{nan, 1}, 2, MixturesConfig{}, "metrics: the scale of member 0 for sample 0 is NaN"},
		{"tiny scale", two, []float64{1, 1e-151}, 2, MixturesConfig{}, "is 1e-151, want 0 or 1e-150"},
		{"few weights", two, two, 2, MixturesConfig{Weights: []float64{1}}, "metrics: 1 Weights for 2 members"},
		{"negative weight", two, two, 2, MixturesConfig{Weights: []float64{1, -1}}, "metrics: Weights[1] = -1, want 0 to 1e+150"},
		{"weight", two, two, 2, MixturesConfig{Weights: []float64{nan, 1}}, "metrics: Weights[0] = NaN"},
		{"no weight", two, two, 2, MixturesConfig{Weights: []float64{0, 0}}, "metrics: Weights are all 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := NewMixtures(c.means, c.scales, c.members, c.config)
			assert.Nil(t, m)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestNewRegressionErrors(t *testing.T) {
	m := must[*Mixtures](t)(NewMixtures([]float64{1, 2}, nil, 1, MixturesConfig{}))
	for _, c := range []struct {
		m       *Mixtures
		targets []float64
		want    string
	}{
		{nil, nil, "metrics: the mixtures are nil"},
		{m, []float64{1}, "metrics: 1 targets for 2 samples"},
		{m, []float64{1, nan}, "metrics: target NaN of sample 1, want a number within ±1e+150"},
		{m, []float64{inf(1), 1}, "metrics: target +Inf of sample 0"},
	} {
		r, err := NewRegression(c.m, c.targets)
		assert.Nil(t, r)
		assert.ErrorContains(t, err, c.want)
	}
}

func TestNLLOfPoints(t *testing.T) {
	m := must[*Mixtures](t)(NewMixtures([]float64{1, 2}, []float64{1, 0}, 2, MixturesConfig{}))
	r := must[*Regression](t)(NewRegression(m, []float64{1}))
	nll, err := r.NLL()
	assert.ErrorContains(t, err, "metrics: a scale is 0: a point mass has no density")
	assert.True(t, math.IsNaN(nll))
}

// The score's integral, by Simpson's rule over ±8 scales.
func TestCRPSByIntegration(t *testing.T) {
	r := drawMixtures(t, rand.NewPCG(8, 1), 20, 4, 1.5)
	for i, crps := range r.CRPSPerSample() {
		y := r.targets[i]
		integral := 0.0
		for _, end := range []float64{-15, 15} { // the integrand jumps at y
			const steps = 4000
			h := (end - y) / steps
			for k := range steps + 1 {
				weight := 2.0 + 2*float64(k%2)
				if k == 0 || k == steps {
					weight = 1
				}
				f, _ := r.cdf(i, y+float64(k)*h)
				if end > y {
					f = 1 - f
				}
				integral += weight * math.Abs(h) / 3 * f * f
			}
		}
		assert.InDelta(t, integral, crps, 1e-8) // Simpson's error, some h⁴
	}
}

// Gaussians of vanishing scale are points: two ways to the same numbers.
func TestPointsAreNarrowGaussians(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 2))
	const n, members = 10, 6
	means, scales, targets := make([]float64, n*members), make([]float64, n*members), make([]float64, n)
	for i := range means {
		means[i], scales[i] = random.NormFloat64(), 1e-13
	}
	for i := range targets {
		targets[i] = random.NormFloat64()
	}
	config := MixturesConfig{Weights: []float64{1, 2, 0, 3, 1, 1}}
	points := must[*Regression](t)(NewRegression(must[*Mixtures](t)(NewMixtures(means, nil, members, config)), targets))
	narrow := must[*Regression](t)(NewRegression(must[*Mixtures](t)(NewMixtures(means, scales, members, config)), targets))
	sameAll(t, numbers(points.CRPSPerSample()), narrow.CRPSPerSample(), "CRPS")
	sameAll(t, numbers(points.PITPerSample()), narrow.PITPerSample(), "PIT")
	for _, level := range []float64{0.01, 0.3, 0.5, 0.9} {
		sameAll(t, numbers(must[[]float64](t)(points.QuantilePerSample(level))), must[[]float64](t)(narrow.QuantilePerSample(level)), "quantile")
	}
}

// Quantiles undo the distribution function, and rise with the level, in the
// tails too.
func TestQuantiles(t *testing.T) {
	r := drawMixtures(t, rand.NewPCG(8, 3), 50, 5, 1)
	last := make([]float64, r.Len())
	for k, level := range []float64{1e-300, 1e-20, 1e-5, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-12} {
		quantiles := must[[]float64](t)(r.QuantilePerSample(level))
		for i, q := range quantiles {
			reached, _ := r.cdf(i, q)
			assert.InEpsilon(t, level, reached, 1e-9, "level %v", level)
			if k > 0 {
				assert.Greater(t, q, last[i])
			}
		}
		last = quantiles
	}
	for _, level := range []float64{0, 1, -1, nan} {
		_, err := r.QuantilePerSample(level)
		assert.ErrorContains(t, err, "metrics: level = ")
		_, _, err = r.IntervalPerSample(level)
		assert.ErrorContains(t, err, "metrics: probability = ")
		_, err = r.CoveredPerSample(level)
		assert.ErrorContains(t, err, "metrics: probability = ")
		share, width, err := r.Coverage(level)
		assert.ErrorContains(t, err, "metrics: probability = ")
		assert.True(t, math.IsNaN(share) && math.IsNaN(width))
	}
}

// The smallest y that reaches the level, at and beside a point mass.
func TestQuantileAtPoint(t *testing.T) {
	m := must[*Mixtures](t)(NewMixtures([]float64{0, 0.5}, []float64{1, 0}, 2, MixturesConfig{}))
	below := (1 + math.Erf(0.5/math.Sqrt2)) / 4 // P(Y < ½)
	for _, level := range []float64{below + 1e-9, 0.5, below + 0.5 - 1e-9} {
		assert.InDelta(t, 0.5, must[[]float64](t)(m.QuantilePerSample(level))[0], 1e-14, "level %v", level)
	}
	assert.Less(t, must[[]float64](t)(m.QuantilePerSample(below - 1e-3))[0], 0.5-1e-3)
	assert.Greater(t, must[[]float64](t)(m.QuantilePerSample(below + 0.501))[0], 0.5+1e-3)
	// Ten equal points: the k-th at every level up to k/10, although 0.1 is
	// rounded.
	ten := make([]float64, 10)
	for i := range ten {
		ten[i] = float64(i + 1)
	}
	points := must[*Mixtures](t)(NewMixtures(ten, nil, 10, MixturesConfig{}))
	for k := 1; k < 10; k++ {
		assert.Equal(t, float64(k), must[[]float64](t)(points.QuantilePerSample(float64(k) / 10))[0])
		assert.Equal(t, float64(k+1), must[[]float64](t)(points.QuantilePerSample(float64(k)/10 + 0.01))[0])
	}
}

// Targets drawn from the mixtures are calibrated: the share in an interval is
// known to √(p (1−p)/n) = 0.005 at p = 0.5. Targets of a wider distribution are
// not.
func TestCalibrationOfRegression(t *testing.T) {
	const n = 10_000
	r := drawMixtures(t, rand.NewPCG(8, 4), n, 3, 1)
	wide := drawMixtures(t, rand.NewPCG(8, 5), n, 3, 2)
	for _, p := range []float64{0.5, 0.9} {
		deviation := math.Sqrt(p * (1 - p) / n)
		share, width, err := r.Coverage(p)
		require.NoError(t, err)
		assert.InDelta(t, p, share, 4*deviation)
		assert.Positive(t, width)
		same(t, share, mean(must[[]float64](t)(r.CoveredPerSample(p))), "share")
		share, _, err = wide.Coverage(p)
		require.NoError(t, err)
		assert.Less(t, share, p-20*deviation, "negative control")
	}
	assert.Less(t, r.QuantileCalibrationError(), 1/math.Sqrt(n)) // 0.3 of it is expected
	assert.Greater(t, wide.QuantileCalibrationError(), 5/math.Sqrt(n))
	shares := must[[]float64](t)(r.QuantileCalibration([]float64{0, 0.25, 1}))
	assert.Equal(t, 0.0, shares[0])
	assert.InDelta(t, 0.25, shares[1], 0.02)
	assert.Equal(t, 1.0, shares[2])
	for _, level := range []float64{-0.1, 1.1, nan} {
		_, err := r.QuantileCalibration([]float64{0.5, level})
		assert.ErrorContains(t, err, "metrics: levels[1] = ")
	}
}

// Which of the members come first does not matter, although 0.1 + 0.2 is above 0.3.
func TestCalibrationOfPoints(t *testing.T) {
	means := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	m := must[*Mixtures](t)(NewMixtures(means, nil, 10, MixturesConfig{}))
	r := must[*Regression](t)(NewRegression(m, []float64{3, 3}))
	assert.Equal(t, []float64{0, 1}, must[[]float64](t)(r.QuantileCalibration([]float64{0.29, 0.3})))
}

// The truth has the best expected score: of NLL, CRPS and RMSE alike.
func TestScoresAreProper(t *testing.T) {
	r := drawMixtures(t, rand.NewPCG(8, 6), 5000, 3, 1)
	for _, factor := range []float64{0.7, 1.4} {
		scales := make([]float64, len(r.scales))
		for i, s := range r.scales {
			scales[i] = factor * s
		}
		other := must[*Regression](t)(NewRegression(must[*Mixtures](t)(NewMixtures(r.means, scales, 3, MixturesConfig{})), r.targets))
		assert.Greater(t, must[float64](t)(other.NLL()), must[float64](t)(r.NLL()))
		assert.Greater(t, other.CRPS(), r.CRPS())
		assert.Equal(t, other.RMSE(), r.RMSE())
	}
}

// The largest and smallest numbers that are allowed give numbers.
func TestExtremeRegression(t *testing.T) {
	for _, c := range []struct{ mean, scale, target float64 }{
		{greatest, greatest, -greatest}, {greatest, smallest, -greatest}, {0, smallest, greatest}, {greatest, 0, -greatest}, {-greatest, smallest, -greatest},
	} {
		m := must[*Mixtures](t)(NewMixtures([]float64{c.mean, -c.mean}, []float64{c.scale, c.scale}, 2, MixturesConfig{}))
		r := must[*Regression](t)(NewRegression(m, []float64{c.target}))
		low, high, err := r.IntervalPerSample(0.5)
		require.NoError(t, err)
		aleatoric, epistemic := r.VariancePerSample()
		for _, x := range []float64{r.RMSE(), r.CRPS(), r.PITPerSample()[0], low[0], high[0], aleatoric[0], epistemic[0]} {
			assert.False(t, math.IsNaN(x) || math.IsInf(x, 0), "%v: %v", c, x)
		}
		if c.scale > 0 {
			assert.False(t, math.IsNaN(must[float64](t)(r.NLL())))
		}
	}
}

// A scale of 0 is a point mass only where it has a weight.
func TestPointsWithoutWeight(t *testing.T) {
	means, scales, targets := []float64{1, 5, 2, 5}, []float64{1, 0, 2, 3}, []float64{0, 3}
	r := must[*Regression](t)(NewRegression(must[*Mixtures](t)(NewMixtures(means, scales, 2, MixturesConfig{Weights: []float64{3, 0}})), targets))
	alone := must[*Regression](t)(NewRegression(must[*Mixtures](t)(NewMixtures([]float64{1, 2}, []float64{1, 2}, 1, MixturesConfig{})), targets))
	for _, r := range []*Regression{r, r.Subset([]int{0, 1})} {
		assert.Equal(t, must[[]float64](t)(alone.NLLPerSample()), must[[]float64](t)(r.NLLPerSample()))
		assert.Equal(t, alone.CRPSPerSample(), r.CRPSPerSample())
		assert.Equal(t, must[[]float64](t)(alone.QuantilePerSample(0.3)), must[[]float64](t)(r.QuantilePerSample(0.3)))
		assert.Equal(t, alone.PITPerSample(), r.PITPerSample())
	}
	r = must[*Regression](t)(NewRegression(must[*Mixtures](t)(NewMixtures(means, scales, 2, MixturesConfig{Weights: []float64{3, 1e-9}})), targets))
	_, err := r.NLLPerSample()
	assert.ErrorContains(t, err, "a point mass has no density")
}

func TestRegressionSubset(t *testing.T) {
	r := drawMixtures(t, rand.NewPCG(8, 7), 30, 4, 1)
	samples := []int{3, 3, 29, 0}
	s := r.Subset(samples)
	crps, nll := r.CRPSPerSample(), must[[]float64](t)(r.NLLPerSample())
	for j, i := range samples {
		assert.Equal(t, crps[i], s.CRPSPerSample()[j])
		assert.Equal(t, nll[i], must[[]float64](t)(s.NLLPerSample())[j])
	}
	points := must[*Regression](t)(NewRegression(must[*Mixtures](t)(NewMixtures([]float64{1, 2}, nil, 1, MixturesConfig{})), []float64{0, 0}))
	assert.Equal(t, 2.0, points.Subset([]int{1}).CRPS())
	assert.Panics(t, func() { r.Subset(nil) })
	assert.Panics(t, func() { r.Subset([]int{30}) })
}
