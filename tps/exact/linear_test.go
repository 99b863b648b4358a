package exact

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

var _ tps.Losses = (*Linear)(nil)

func noisyLine(t *testing.T, n, dim int, noise float64) *data.Dataset {
	t.Helper()
	source := random.Source(1)
	inputs := make([]float32, n*dim)
	targets := make([]float32, n)
	for i := range targets {
		y := -0.4
		for k := range dim {
			x := random.Open(source)
			inputs[i*dim+k] = float32(x)
			y += float64(k+1) * 0.3 * x
		}
		targets[i] = float32(y + noise*(random.Open(source)-0.5))
	}
	d, err := data.NewTargets(inputs, []int{dim}, targets)
	require.NoError(t, err)
	return d
}

// The closed form must agree with the inverse of the whole precision matrix:
// ⟨L(θₜ)⟩ = residual + ½ tr(H Cov(θₜ)).
func TestMeanLossAgreesWithTheGaussian(t *testing.T) {
	for _, dim := range []int{1, 3} {
		for _, noise := range []float64{0, 0.5} {
			l, err := NewLinear(noisyLine(t, 256, dim, noise))
			require.NoError(t, err)
			for _, tau := range []int{1, 2, 3, 8} {
				for _, s := range []float64{1, 100} {
					mean, covariance, err := l.Gaussian(tau, s, 0.1, math.Inf(1))
					require.NoError(t, err)
					p := dim + 1
					sum := 0.0
					for time := range tau {
						for k := range p {
							assert.InDelta(t, l.Minimizer[k], mean.AtVec(time*p+k), 1e-9)
							for other := range p {
								sum += l.Hessian.At(k, other) * covariance.At(time*p+k, time*p+other) / 2
							}
						}
					}
					assert.InEpsilon(t, l.Residual+sum/float64(tau), l.MeanLoss(tau, s, 0.1), 1e-9)
				}
			}
		}
	}
}

func TestResidual(t *testing.T) {
	clean, err := NewLinear(noisyLine(t, 256, 1, 0))
	require.NoError(t, err)
	assert.InDelta(t, 0, clean.Residual, 1e-14)
	assert.InDelta(t, 0.3, clean.Minimizer[0], 1e-6)
	assert.InDelta(t, -0.4, clean.Minimizer[1], 1e-6)

	noisy, err := NewLinear(noisyLine(t, 4096, 1, 0.5))
	require.NoError(t, err)
	assert.InEpsilon(t, 0.5*0.25/12, noisy.Residual, 0.1)
}

// For one model and one parameter the answer is 1/(2s) by equipartition.
func TestEquipartition(t *testing.T) {
	l, err := NewLinear(noisyLine(t, 64, 2, 0))
	require.NoError(t, err)
	assert.InEpsilon(t, 3.0/(2*7), l.MeanLoss(1, 7, 0.1), 1e-6)
}

// A prior alone, without a tilt, leaves the random walk: variances grow by σ².
func TestGaussianWithoutTiltIsTheWalk(t *testing.T) {
	l, err := NewLinear(noisyLine(t, 64, 1, 0))
	require.NoError(t, err)
	_, covariance, err := l.Gaussian(4, 0, 0.5, 2)
	require.NoError(t, err)
	for time := range 4 {
		for other := range 4 {
			assert.InDelta(t, 4+0.25*float64(min(time, other)), covariance.At(2*time, 2*other), 1e-9)
			assert.InDelta(t, 0, covariance.At(2*time, 2*other+1), 1e-9)
		}
	}
}

func TestNewLinearErrors(t *testing.T) {
	same, err := data.NewTargets([]float32{1, 1, 1}, []int{1}, []float32{1, 2, 3})
	require.NoError(t, err)
	_, err = NewLinear(same)
	assert.ErrorContains(t, err, "linearly dependent")
	two, err := data.NewTargets([]float32{1, 2}, []int{1}, []float32{1, 2, 3, 4})
	require.NoError(t, err)
	_, err = NewLinear(two)
	assert.ErrorContains(t, err, "2 targets")
	_, err = NewLinear(nil)
	assert.ErrorContains(t, err, "the dataset is nil")

	l, err := NewLinear(noisyLine(t, 64, 1, 0))
	require.NoError(t, err)
	_, _, err = l.Gaussian(2, 0, 0.1, math.Inf(1))
	assert.ErrorContains(t, err, "not positive definite")
	assert.IsType(t, &mat.SymDense{}, l.Hessian)
}

// The mean of the losses is the quadratic form that the exact answers rest on:
// residual + ½ (θ − minimum)ᵀ H (θ − minimum).
func TestLossesAreTheQuadraticForm(t *testing.T) {
	for _, dim := range []int{1, 3} {
		l, err := NewLinear(noisyLine(t, 64, dim, 0.5))
		require.NoError(t, err)
		require.Equal(t, [2]int{64, dim + 1}, [2]int{l.Samples(), l.Params()})
		models := make([][]float32, 3)
		for k := range models {
			models[k] = make([]float32, dim+1)
			for i := range models[k] {
				models[k][i] = float32(k*k) - 0.5*float32(i)
			}
		}
		means := make([]float64, len(models))
		require.NoError(t, tps.MeanLosses(means, l, models))
		for k, model := range models {
			want := l.Residual
			for i := range model {
				for j := range model {
					want += (float64(model[i]) - l.Minimizer[i]) * l.Hessian.At(i, j) * (float64(model[j]) - l.Minimizer[j]) / 2
				}
			}
			assert.InEpsilon(t, want, means[k], 1e-12)
		}
	}
}
