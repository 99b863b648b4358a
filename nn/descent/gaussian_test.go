package descent_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// noise is the scale of the noise of unevenLine.
func noise(x float64) float64 { return 0.1 * (1 + 2*x) }

// unevenLine returns n points y = x + noise, x uniform in [0, 1).
func unevenLine(t *testing.T, n int) *data.Dataset {
	random := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = random.Float32()
		y[i] = float32(float64(x[i]) + noise(float64(x[i]))*random.NormFloat64())
	}
	d, err := data.NewTargets(x, []int{1}, y)
	require.NoError(t, err)
	return d
}

// A network of P parameters that is fitted to n points finds mean and scale up to
// statistical errors: twice n times the Kullback–Leibler divergence of its normal
// distributions from the true ones, a mean over x, is about χ² of P degrees of
// freedom (Wilks 1938), if it can come close to the true ones.
func TestFitOfAScale(t *testing.T) {
	const n = 4000
	points := unevenLine(t, n)
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 6}, nn.Tanh{}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	p := float64(net.Params())
	bound := p + 4*math.Sqrt(2*p)
	for _, loss := range []nn.Loss{nn.GaussianExp, nn.GaussianSoftplus} {
		gradients, err := nn.NewGradients(net, points, loss, nn.Config{})
		require.NoError(t, err)
		params := make([]float32, net.Params())
		nn.InitUniform(params, net, rand.NewPCG(3, 4))
		result, err := descent.Minimize(context.Background(), params, gradients, nil, nil)
		require.NoError(t, err)

		const grid = 1000
		divergence, even, scales := 0.0, 0.0, 0.0
		evaluator, outputs := net.NewEvaluator(), make([]float32, 2)
		var mean, scale [1]float64
		for i := range grid {
			x := (float64(i) + 0.5) / grid
			evaluator.Output(outputs, params, []float32{float32(x)})
			loss.MeanAndScale(mean[:], scale[:], outputs)
			divergence += kullbackLeibler(x, noise(x), mean[0], scale[0]) / grid
			// A control: the true line with the best scale that is the same everywhere.
			even += kullbackLeibler(x, noise(x), x, math.Sqrt(13.0/300)) / grid
			scales += math.Pow(math.Log(scale[0]/noise(x)), 2) / grid
		}
		t.Logf("%v: loss %.4f after %d gradients, 2n·KL = %.1f, of an even scale %.0f, bound %.0f, scale off by %.3f",
			loss, result.F, result.GradEvaluations, 2*n*divergence, 2*n*even, bound, math.Sqrt(scales))
		assert.Less(t, 2*n*divergence, bound, loss)
		assert.Greater(t, 2*n*even, 5*bound, loss)
		// The divergence is about the mean of squares of ln of the ratio of scales.
		assert.Less(t, math.Sqrt(scales), math.Sqrt(bound/(2*n)), loss)
	}
}

// kullbackLeibler returns the divergence of a normal distribution from the true one.
func kullbackLeibler(mean, scale, otherMean, otherScale float64) float64 {
	ratio, shift := scale/otherScale, (mean-otherMean)/otherScale
	return (ratio*ratio+shift*shift-1)/2 - math.Log(ratio)
}
