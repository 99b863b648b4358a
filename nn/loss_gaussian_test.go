package nn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMeanAndScale(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	mean, scale := make([]float64, 2), make([]float64, 2)
	for _, c := range []struct {
		loss        Loss
		outputs     []float32
		mean, scale []float64
	}{
		{GaussianExp, []float32{1, -2, 0, 1}, []float64{1, -2}, []float64{1, math.E}},
		{GaussianSoftplus, []float32{1, -2, 0, 1}, []float64{1, -2}, []float64{math.Ln2 + 1e-6, math.Log1p(math.E) + 1e-6}},
		{GaussianExp, []float32{3e38, 0, -747, 710}, []float64{float64(float32(3e38)), 0}, []float64{0, inf}},
		{GaussianSoftplus, []float32{3e38, 0, -747, 1e30}, []float64{float64(float32(3e38)), 0}, []float64{1e-6, float64(float32(1e30))}},
		{GaussianExp, []float32{float32(inf), 0, float32(nan), float32(-inf)}, []float64{inf, 0}, []float64{nan, 0}},
		{GaussianSoftplus, []float32{0, float32(nan), float32(nan), float32(inf)}, []float64{0, nan}, []float64{nan, inf}},
	} {
		c.loss.MeanAndScale(mean, scale, c.outputs)
		for k := range mean {
			assert.True(t, nearly(c.mean[k], mean[k]), "%v of %v: mean %v", c.loss, c.outputs, mean)
			assert.True(t, nearly(c.scale[k], scale[k]), "%v of %v: scale %v", c.loss, c.outputs, scale)
		}
	}
	for _, panics := range []func(){
		func() { HalfSquaredError.MeanAndScale(mean, scale, make([]float32, 4)) },
		func() { Loss(0).MeanAndScale(mean, scale, make([]float32, 4)) },
		func() { GaussianExp.MeanAndScale(mean, scale, make([]float32, 3)) },
		func() { GaussianExp.MeanAndScale(mean, scale[:1], make([]float32, 4)) },
		func() { GaussianExp.MeanAndScale(mean[:1], scale, make([]float32, 4)) },
	} {
		assert.Panics(t, panics)
	}
	outputs := []float32{1, 2, 3, 4}
	assert.Zero(t, testing.AllocsPerRun(20, func() { GaussianSoftplus.MeanAndScale(mean, scale, outputs) }))
}

// MeanAndScale panics for just those losses that have no scales.
func TestHasScales(t *testing.T) {
	for loss, has := range map[Loss]bool{
		0: false, -1: false, HalfSquaredError: false, CrossEntropy: false,
		GaussianExp: true, GaussianSoftplus: true, GaussianSoftplus + 1: false,
	} {
		assert.Equal(t, has, loss.HasScales(), "%v", loss)
		call := func() { loss.MeanAndScale(make([]float64, 1), make([]float64, 1), make([]float32, 2)) }
		if has {
			assert.NotPanics(t, call)
		} else {
			assert.Panics(t, call)
		}
	}
}

// nearly takes NaN as equal to NaN.
func nearly(want, got float64) bool {
	return want == got || math.IsNaN(want) && math.IsNaN(got) || math.Abs(got-want) < 1e-15*math.Abs(want)
}

// The loss is −ln of the density of the distributions of MeanAndScale.
func TestGaussianLossIsThatOfMeanAndScale(t *testing.T) {
	const n = 30
	net := mustNetwork([]int{4}, Dense{Outputs: 9}, Tanh{}, Dense{Outputs: 6})
	d := targeted(t, n, []int{4}, 3)
	models, samples := randomModels(net, 1, 1), firstSamples(n)
	outputs := make([]float32, 6*n)
	net.NewEvaluator().Outputs(outputs, models[0], d, samples)
	for _, loss := range []Loss{GaussianExp, GaussianSoftplus} {
		losses := rows(1, n)
		l := newLosses(t, net, d, loss, 1)
		l.Losses(losses, models, samples)
		mean, scale := make([]float64, 3), make([]float64, 3)
		for i := range n {
			loss.MeanAndScale(mean, scale, outputs[6*i:][:6])
			density := 1.0
			for k, y := range d.Target(i) {
				q := (float64(y) - mean[k]) / scale[k]
				density *= math.Exp(-q*q/2) / (math.Sqrt(2*math.Pi) * scale[k])
			}
			require.InDelta(t, -math.Log(density), losses[0][i], 1e-13)
		}
		assert.Equal(t, loss.String(), l.Fingerprint()["loss"])
	}
}
