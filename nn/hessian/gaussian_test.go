package hessian_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/hessian"
)

// Products with the Hessian of a Gaussian loss, mean and scale both linear in x, are
// those of the second derivatives that are written out: with r = μ − y,
//
//	∂²/∂μ² = 1/σ²,  ∂²/∂μ∂z = −2rσ′/σ³,  ∂²/∂z² = (3r²/σ⁴ − 1/σ²)σ′² + (1/σ − r²/σ³)σ″.
func TestProductsOfGaussianLosses(t *testing.T) {
	const n = 50
	random := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i], y[i] = random.Float32(), random.Float32()
	}
	points, err := data.NewTargets(x, []int{1}, y)
	require.NoError(t, err)
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	params := []float32{0.5, -1.5, 0.25, 0.75} // weights of μ and z, then biases
	v := []float64{0.3, -1, 2, 0.7}
	for loss, derivatives := range map[nn.Loss]func(z float64) (scale, first, second float64){
		nn.GaussianExp: func(z float64) (scale, first, second float64) { return math.Exp(z), math.Exp(z), math.Exp(z) },
		nn.GaussianSoftplus: func(z float64) (scale, first, second float64) {
			first = 1 / (1 + math.Exp(-z))
			return math.Log(1+math.Exp(z)) + 1e-6, first, first * (1 - first)
		},
	} {
		want, size := make([]float64, 4), 0.0
		for i := range n {
			x, y := float64(x[i]), float64(y[i])
			mean, z := 0.5*x+0.25, -1.5*x+0.75
			s, first, second := derivatives(z)
			r := mean - y
			ofMean := []float64{x, 0, 1, 0} // derivatives of the outputs
			ofZ := []float64{0, x, 0, 1}
			alongMean, alongZ := floats.Dot(ofMean, v), floats.Dot(ofZ, v)
			mixed := -2 * r * first / (s * s * s)
			zz := (3*r*r/math.Pow(s, 4)-1/(s*s))*first*first + (1/s-r*r/(s*s*s))*second
			floats.AddScaled(want, (alongMean/(s*s)+mixed*alongZ)/n, ofMean)
			floats.AddScaled(want, (mixed*alongMean+zz*alongZ)/n, ofZ)
			size += (1/(s*s) + 2*math.Abs(mixed) + math.Abs(zz)) * (1 + x*x) / n * floats.Norm(v, 2)
		}
		gradients, err := nn.NewGradients(net, points, loss, nn.Config{})
		require.NoError(t, err)
		h, err := hessian.New(gradients, params, hessian.Config{})
		require.NoError(t, err)
		got := make([]float64, 4)
		h.Product(got, v)
		assert.InDeltaSlice(t, want, got, 1e-4*size, "%v", loss)
		assert.Greater(t, floats.Norm(want, 2), 0.05*size, "%v: too small to tell", loss)
	}
}
