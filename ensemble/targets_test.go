package ensemble

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// regressions returns random models of a small network with four outputs, and data.
func regressions(t testing.TB, members, samples int) (*nn.Network, [][]float32, *data.Dataset) {
	t.Helper()
	net, err := nn.NewNetwork([]int{5}, nn.Dense{Outputs: 7}, nn.Tanh{}, nn.Dense{Outputs: 4})
	require.NoError(t, err)
	models := make([][]float32, members)
	for k := range models {
		models[k] = make([]float32, net.Params())
		nn.InitNormal(models[k], 1, random.Source(uint64(k), 9))
	}
	inputs, targets := make([]float32, 5*samples), make([]float32, 4*samples)
	nn.InitNormal(inputs, 1, random.Source(1, 10))
	nn.InitNormal(targets, 1, random.Source(2, 10))
	d, err := data.NewTargets(inputs, []int{5}, targets)
	require.NoError(t, err)
	return net, models, d
}

func inputsOf(t testing.TB, d *data.Dataset) *data.Dataset {
	t.Helper()
	var inputs []float32
	for i := range d.Len() {
		inputs = append(inputs, d.Input(i)...)
	}
	unlabeled, err := data.NewInputs(inputs, d.Shape())
	require.NoError(t, err)
	return unlabeled
}

func TestPredictTargetsAgreesWithADirectComputation(t *testing.T) {
	const members = 7
	for _, weights := range [][]float64{nil, {1, 2, 3, 4, 5, 0, 6}} {
		net, models, d := regressions(t, members, 2*blockSize+9)
		x := directly(t, net, models, weights, d)
		c := weightedCommittee(t, net, models, weights)
		p, err := c.PredictTargets(d, TargetConfig{Quantiles: []float64{0.5, 0}})
		require.NoError(t, err)
		assert.Equal(t, 4, p.Targets)
		assert.Nil(t, p.ScaleVariances)
		assert.InDeltaSlice(t, slices.Concat(x.means...), p.Means, 1e-12)
		assert.InDeltaSlice(t, slices.Concat(x.variances...), p.Variances, 1e-12)
		for i := range d.Len() {
			for k := range 4 {
				least := math.Inf(1)
				for member, output := range x.outputs[i] {
					if x.weights[member] > 0 {
						least = min(least, float64(output[k]))
					}
				}
				require.Equal(t, least, p.Quantiles[1][4*i+k])
				if weights == nil { // the median of seven is one of them
					var outputs []float64
					for _, output := range x.outputs[i] {
						outputs = append(outputs, float64(output[k]))
					}
					slices.Sort(outputs)
					require.InDelta(t, outputs[3], p.Quantiles[0][4*i+k], 1e-12)
				}
			}
		}
		plain, err := c.PredictTargets(inputsOf(t, d), TargetConfig{})
		require.NoError(t, err)
		assert.Nil(t, plain.Quantiles)
		assert.InDeltaSlice(t, p.Means, plain.Means, 1e-14)

		// Two outputs for each target: the law of total variance.
		p, err = c.PredictTargets(inputsOf(t, d), TargetConfig{MeanAndScale: exponential})
		require.NoError(t, err)
		assert.Equal(t, 2, p.Targets)
		for i := range d.Len() {
			for k := range 2 {
				mean, square := 0.0, 0.0
				for member, output := range x.outputs[i] {
					m, s := float64(output[k]), math.Exp(float64(output[2+k]))
					mean += x.weights[member] * m
					square += x.weights[member] * (m*m + s*s)
				}
				at := 2*i + k
				require.InDelta(t, mean, p.Means[at], 1e-12)
				require.InEpsilon(t, square-mean*mean, p.Variances[at]+p.ScaleVariances[at], 1e-9)
			}
		}
	}
}

// The variance keeps its digits where the mean is large.
func TestVarianceOfLargeOutputs(t *testing.T) {
	d, err := data.NewInputs([]float32{0}, []int{1})
	require.NoError(t, err)
	c := committee(t, nn.LinearPerceptron(1), []float32{0, 1e7}, []float32{0, 1e7 + 1}, []float32{0, 1e7 + 2})
	p, err := c.PredictTargets(d, TargetConfig{})
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{2.0 / 3}, p.Variances, 1e-9)
	one, err := c.Predict([]float32{0})
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{2.0 / 3}, one.Variances, 1e-9)
	c = committee(t, nn.LinearPerceptron(1), []float32{0, 1e7})
	p, err = c.PredictTargets(d, TargetConfig{Quantiles: []float64{0, 0.3, 1}})
	require.NoError(t, err)
	assert.Equal(t, [][]float64{{1e7}, {1e7}, {1e7}}, p.Quantiles)
	assert.Equal(t, []float64{0}, p.Variances)
}

func TestPredictTargetsErrors(t *testing.T) {
	net, models, d := regressions(t, 2, blockSize+3)
	c := committee(t, net, models...)
	for _, level := range []float64{-0.1, 1.1, math.NaN()} {
		_, err := c.PredictTargets(d, TargetConfig{Quantiles: []float64{0.5, level}})
		assert.ErrorContains(t, err, "ensemble: Quantiles[1] = ")
	}
	_, err := c.PredictTargets(nil, TargetConfig{})
	assert.ErrorContains(t, err, "dataset is nil")
	_, err = c.PredictTargets(d, TargetConfig{MeanAndScale: exponential})
	assert.ErrorContains(t, err, "4 targets, the predictions 2")
	labeled := classes(t, []float32{1, 2, 3}, []int{0})
	three := committee(t, identity(t), diagonal(1))
	_, err = three.PredictTargets(labeled, TargetConfig{})
	assert.ErrorContains(t, err, "has labels")
	_, err = three.PredictTargets(inputsOf(t, labeled), TargetConfig{MeanAndScale: exponential})
	assert.ErrorContains(t, err, "3 outputs, want an even number")
	for _, bad := range [][2]float64{{math.NaN(), 1}, {math.Inf(1), 1}, {0, -1}, {0, math.NaN()}, {0, math.Inf(1)}} {
		_, err = c.PredictTargets(inputsOf(t, d), TargetConfig{MeanAndScale: func(mean, scale []float64, outputs []float32) {
			mean[0], mean[1], scale[0], scale[1] = 0, bad[0], 1, bad[1]
		}})
		assert.ErrorContains(t, err, "ensemble: member 0 has mean ")
		assert.ErrorContains(t, err, "for sample 0")
	}
}
