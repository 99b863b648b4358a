package main

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// Two models that are constants, judged in the units of the table: RMSE, the NLL of the
// mixture and that of the normal distribution of its mean and variance by hand.
func TestJudge(t *testing.T) {
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	judged, err := data.NewTargets([]float32{0, 0}, []int{1}, []float32{12, 7})
	require.NoError(t, err)
	const mean, scale = 10.0, 2.0
	s := &split{judge: judged, units: &data.Standardizer{
		InputMean: []float64{0}, InputScale: []float64{1}, TargetMean: []float64{mean}, TargetScale: []float64{scale},
	}}
	// Weights of the mean and of the logarithm of the scale, then their biases.
	models := [][]float32{{0, 0, 1, 0}, {0, 0, -1, 0.5}}
	q, err := judge(net, models, nn.GaussianExp, s)
	require.NoError(t, err)

	m := []float64{mean + scale, mean - scale}
	sd := []float64{scale, scale * math.Exp(0.5)}
	density := func(y, m, sd float64) float64 {
		return math.Exp(-(y-m)*(y-m)/(2*sd*sd)) / (sd * math.Sqrt(2*math.Pi))
	}
	variance := scale*scale + (sd[0]*sd[0]+sd[1]*sd[1])/2
	nll, normal, square := 0.0, 0.0, 0.0
	for _, y := range []float64{12, 7} {
		nll -= math.Log((density(y, m[0], sd[0])+density(y, m[1], sd[1]))/2) / 2
		normal -= math.Log(density(y, mean, math.Sqrt(variance))) / 2
		square += (y - mean) * (y - mean) / 2
	}
	assert.InDelta(t, math.Sqrt(square), q.rmse, 1e-6)
	assert.InDelta(t, nll, q.nll, 1e-6)
	assert.InDelta(t, normal, q.normalNLL, 1e-6)
	assert.Equal(t, 1.0, q.coverage)

	// In standardized units.
	standard, err := data.NewTargets([]float32{0, 0}, []int{1}, []float32{1, -1.5})
	require.NoError(t, err)
	p, err := judge(net, models, nn.GaussianExp, &split{judge: standard, units: &data.Standardizer{}})
	require.NoError(t, err)
	assert.InDelta(t, q.rmse/scale, p.rmse, 1e-6)
	assert.InDelta(t, q.nll-math.Log(scale), p.nll, 1e-6)
	assert.InDelta(t, q.normalNLL-math.Log(scale), p.normalNLL, 1e-6)
}
