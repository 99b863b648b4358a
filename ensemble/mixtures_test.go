package ensemble

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/nn"
)

// logNormal is the log-density of a normal distribution.
func logNormal(y, mean, scale float64) float64 {
	z := (y - mean) / scale
	return -z*z/2 - math.Log(scale) - math.Log(2*math.Pi)/2
}

// twoTargets returns the data of regressions, with the first two targets of each sample.
func twoTargets(t *testing.T, d *data.Dataset) *data.Dataset {
	t.Helper()
	var targets []float32
	for i := range d.Len() {
		targets = append(targets, d.Target(i)[:2]...)
	}
	inputs := make([]float32, 0, 5*d.Len())
	for i := range d.Len() {
		inputs = append(inputs, d.Input(i)...)
	}
	two, err := data.NewTargets(inputs, []int{5}, targets)
	require.NoError(t, err)
	return two
}

// Mixtures and the normal distributions of the same moments, against sums written out.
func TestPredictRegression(t *testing.T) {
	const members = 3
	for _, loss := range []nn.Loss{nn.GaussianExp, nn.GaussianSoftplus} {
		for _, weights := range [][]float64{nil, {1, 0, 3}} {
			net, models, four := regressions(t, members, blockSize+5)
			d := twoTargets(t, four)
			c := weightedCommittee(t, net, models, weights)
			config := TargetConfig{MeanAndScale: loss.MeanAndScale, Quantiles: []float64{0.5}}
			outputs, err := c.MemberOutputs(d)
			require.NoError(t, err)
			var mixtures, gaussians, squares float64
			n := 2 * d.Len()
			for i := range d.Len() {
				for k, target := range d.Target(i) {
					y, density, first, second := float64(target), 0.0, 0.0, 0.0
					for m := range members {
						output := outputs[(m*d.Len()+i)*4:][:4]
						mean, scale := make([]float64, 2), make([]float64, 2)
						loss.MeanAndScale(mean, scale, output)
						w := c.weight(m) / c.total
						density += w * math.Exp(logNormal(y, mean[k], scale[k]))
						first += w * mean[k]
						second += w * (mean[k]*mean[k] + scale[k]*scale[k])
					}
					mixtures -= math.Log(density) / float64(n)
					gaussians -= logNormal(y, first, math.Sqrt(second-first*first)) / float64(n)
					squares += (y - first) * (y - first) / float64(n)
				}
			}
			r, err := c.PredictRegression(d, config)
			require.NoError(t, err)
			require.Equal(t, len(c.voters()), r.Members())
			nll, err := r.NLL()
			require.NoError(t, err)
			assert.InEpsilon(t, mixtures, nll, 1e-9)
			assert.InEpsilon(t, math.Sqrt(squares), r.RMSE(), 1e-9)

			p, err := c.PredictTargets(d, config)
			require.NoError(t, err)
			r, err = p.Regression(d)
			require.NoError(t, err)
			require.Equal(t, 1, r.Members())
			nll, err = r.NLL()
			require.NoError(t, err)
			assert.InEpsilon(t, gaussians, nll, 1e-9)
			assert.Greater(t, math.Abs(gaussians-mixtures), 1e-3, "forms that agree would prove nothing")
			assert.InEpsilon(t, math.Sqrt(squares), r.RMSE(), 1e-9)
		}
	}
}

// Without scales members are points: there is a distance, but no density.
func TestRegressionWithoutScales(t *testing.T) {
	net, models, d := regressions(t, 3, 20)
	c := committee(t, net, models...)
	r, err := c.PredictRegression(d, TargetConfig{})
	require.NoError(t, err)
	p, err := c.PredictTargets(d, TargetConfig{})
	require.NoError(t, err)
	assert.InDeltaSlice(t, p.Means, r.MeanPerSample(), 1e-12)
	_, err = r.NLL()
	assert.ErrorContains(t, err, "a point mass has no density")
	_, spread := r.VariancePerSample()
	assert.InDeltaSlice(t, p.Variances, spread, 1e-12)

	g, err := p.Regression(d)
	require.NoError(t, err)
	variances, _ := g.VariancePerSample()
	assert.InDeltaSlice(t, p.Variances, variances, 1e-12)
	assert.InEpsilon(t, g.RMSE(), r.RMSE(), 1e-12)
	one, err := committee(t, net, models[0]).PredictTargets(d, TargetConfig{})
	require.NoError(t, err)
	g, err = one.Regression(d)
	require.NoError(t, err)
	_, err = g.NLL()
	assert.ErrorContains(t, err, "a point mass has no density")
}

// Scales that make no distribution are refused, by member and sample.
func TestScalesOfNoDistribution(t *testing.T) {
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	d, err := data.NewTargets([]float32{0, 1}, []int{1}, []float32{0, 0})
	require.NoError(t, err)
	good := []float32{0, 0, 0, 0}
	for says, z := range map[string]float32{
		"ensemble: member 1 has mean 0 and scale 0 for target 0 of sample 1, want a mean within ±1e+150 and a scale from 1e-150 to 1e+150": -800,
		"ensemble: member 1 has mean 0 and scale +Inf for sample 1, want finite ones":                                                      800,
		"ensemble: member 1 has mean 0 and scale 1.9":                                                                                      -400,
	} {
		c := committee(t, net, good, []float32{0, z, 0, 0})
		_, err := c.PredictRegression(d, TargetConfig{MeanAndScale: nn.GaussianExp.MeanAndScale})
		require.ErrorContains(t, err, says)
	}
	for says, z := range map[string]float32{
		"ensemble: the variance of target 0 of sample 1 is 0, want a finite number > 0":    -800,
		"ensemble: the variance of target 0 of sample 1 is +Inf, want a finite number > 0": 400,
	} {
		p, err := committee(t, net, []float32{0, z, 0, 0}).PredictTargets(d, TargetConfig{MeanAndScale: nn.GaussianExp.MeanAndScale})
		require.NoError(t, err)
		_, err = p.Gaussians()
		require.EqualError(t, err, says)
	}
	assert.Panics(t, func() { nn.HalfSquaredError.MeanAndScale(make([]float64, 1), make([]float64, 1), good[:2]) })
}

// What takes outputs for predictions refuses means and scales, and says what takes them.
func TestMeansAndScalesAreNoPredictions(t *testing.T) {
	net, models, d := regressions(t, 2, 5)
	c, two := committee(t, net, models...), twoTargets(t, d)
	for what, call := range map[string]func() error{
		"Evaluate": func() error { _, err := c.Evaluate(two); return err },
		"Regress":  func() error { _, err := c.Regress(two); return err },
		"Best":     func() error { _, err := c.Best(1, two, BestConfig{}); return err },
		"greedy":   func() error { _, err := c.Best(1, two, BestConfig{Greedy: true}); return err },
	} {
		assert.EqualError(t, call(), "ensemble: the dataset has 2 targets, the network 4 outputs; if they are means and scales, take PredictTargets or PredictRegression", what)
	}
	_, err := c.PredictRegression(two, TargetConfig{MeanAndScale: nn.GaussianExp.MeanAndScale})
	assert.NoError(t, err)
}

// A member of weight zero has no part in mixtures, even if its scale has no density.
func TestMixturesOfMembersWithWeights(t *testing.T) {
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	d, err := data.NewTargets([]float32{0, 1}, []int{1}, []float32{0, 0.5})
	require.NoError(t, err)
	a, b, point := []float32{1, 0, 0, 0.5}, []float32{-1, 1, 0.5, 0}, []float32{0, -800, 0, 0}
	config := TargetConfig{MeanAndScale: nn.GaussianExp.MeanAndScale}
	r, err := weightedCommittee(t, net, [][]float32{a, point, b}, []float64{1, 0, 3}).PredictRegression(d, config)
	require.NoError(t, err)
	require.Equal(t, 2, r.Members())
	want, err := weightedCommittee(t, net, [][]float32{a, b}, []float64{1, 3}).PredictRegression(d, config)
	require.NoError(t, err)
	require.Equal(t, want, r)
	_, err = r.NLL()
	require.NoError(t, err)
	_, err = weightedCommittee(t, net, [][]float32{a, point, b}, []float64{1, 1e-9, 3}).PredictRegression(d, config)
	require.ErrorContains(t, err, "ensemble: member 1 has mean 0 and scale 0 for target 0 of sample 1")
}

// The range is that of package metrics, and what is outside is named by its place.
func TestRangeOfMixtures(t *testing.T) {
	net, models, d := regressions(t, 2, 3)
	c, two := committee(t, net, models...), twoTargets(t, d)
	predict := func(mean, scale float64) error {
		_, err := c.PredictMixtures(two, TargetConfig{MeanAndScale: func(means, scales []float64, _ []float32) {
			means[0], scales[0], means[1], scales[1] = 0, 1, mean, scale
		}})
		return err
	}
	for _, ends := range [][2]float64{{greatest, smallest}, {-greatest, greatest}} {
		assert.NoError(t, predict(ends[0], ends[1]))
		_, err := metrics.NewMixtures(ends[:1], ends[1:], 1, metrics.MixturesConfig{})
		assert.NoError(t, err)
	}
	above := math.Nextafter(greatest, math.Inf(1))
	for _, outside := range [][2]float64{{above, 1}, {-above, 1}, {0, above}, {0, math.Nextafter(smallest, 0)}} {
		assert.ErrorContains(t, predict(outside[0], outside[1]), "for target 1 of sample 0, want a mean within ±1e+150 and a scale from 1e-150 to 1e+150")
		_, err := metrics.NewMixtures(outside[:1], outside[1:], 1, metrics.MixturesConfig{})
		assert.Error(t, err)
	}
}

func TestRegressionRefuses(t *testing.T) {
	net, models, d := regressions(t, 2, 20)
	c := committee(t, net, models...)
	p, err := c.PredictTargets(d, TargetConfig{})
	require.NoError(t, err)
	fewer, err := d.First(7)
	require.NoError(t, err)
	for says, other := range map[string]*data.Dataset{
		"ensemble: the dataset is nil": nil,
		"ensemble: the dataset has 7 samples of 4 targets, the predictions 80 numbers": fewer,
		"ensemble: the dataset has no real targets":                                    inputsOf(t, d),
	} {
		_, err := p.Regression(other)
		assert.EqualError(t, err, says)
	}
	_, err = c.PredictRegression(inputsOf(t, d), TargetConfig{})
	assert.EqualError(t, err, "ensemble: the dataset has no real targets")
	_, err = c.PredictMixtures(nil, TargetConfig{})
	assert.EqualError(t, err, "ensemble: the dataset is nil")
	_, err = c.PredictMixtures(d, TargetConfig{MeanAndScale: exponential})
	assert.EqualError(t, err, "ensemble: the dataset has 4 targets, the predictions 2")
	labeled, err := data.NewLabeled(make([]float32, 5), []int{5}, []int{0}, 4)
	require.NoError(t, err)
	_, err = c.PredictMixtures(labeled, TargetConfig{})
	assert.EqualError(t, err, "ensemble: the dataset has labels, want real targets or none")
}
