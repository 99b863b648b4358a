package laplace

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// newDigits returns some digits, a small network for them and parameters.
func newDigits(t testing.TB, bias bool) (*nn.Network, *data.Dataset, []float32) {
	t.Helper()
	digits, err := data.Digits(300, random.Source(1))
	require.NoError(t, err)
	net, err := nn.NewNetwork([]int{1, 28, 28}, nn.MaxPool2D{Kernel: 4}, nn.Flatten{}, nn.Dense{Outputs: 6}, nn.Tanh{}, nn.Dense{Outputs: 10, NoBias: !bias})
	require.NoError(t, err)
	params := make([]float32, net.Params())
	nn.InitNormal(params, 0.5, random.Source(2))
	return net, digits, params
}

// fullGaussNewton returns the whole matrix Σ Jᵀ Λ J of a softmax, written out.
func fullGaussNewton(t testing.TB, net *nn.Network, d *data.Dataset, params []float32) *mat.SymDense {
	t.Helper()
	jacobian, err := nn.NewJacobian(net, d, nn.Config{})
	require.NoError(t, err)
	p := net.Params()
	sum := mat.NewSymDense(p, nil)
	row, value := make([]float32, p), make([]float64, 1)
	for i := range d.Len() {
		j, powers := mat.NewDense(10, p, nil), make([]float64, 10)
		all := 0.0
		for k := range 10 {
			jacobian.PerSample(row, value, params, k, []int{i})
			for at, v := range row {
				j.Set(k, at, float64(v))
			}
			powers[k] = math.Exp(value[0])
			all += powers[k]
		}
		lambda := mat.NewDense(10, 10, nil)
		for k := range 10 {
			for l := range 10 {
				lambda.Set(k, l, -powers[k]*powers[l]/all/all)
			}
			lambda.Set(k, k, lambda.At(k, k)+powers[k]/all)
		}
		var half, product mat.Dense
		half.Mul(lambda, j)
		product.Mul(j.T(), &half)
		for a := range p {
			for b := a; b < p; b++ {
				sum.SetSym(a, b, sum.At(a, b)+product.At(a, b))
			}
		}
	}
	return sum
}

// The last layer's curvature is the corner of the whole Gauss–Newton matrix, and the
// diagonal of that is GaussNewton's.
func TestAgainstTheWholeMatrix(t *testing.T) {
	for _, bias := range []bool{true, false} {
		net, digits, params := newDigits(t, bias)
		digits, err := digits.First(60)
		require.NoError(t, err)
		whole := fullGaussNewton(t, net, digits, params)
		h, err := newHead(net, params)
		require.NoError(t, err)
		layer, err := h.gaussNewton(context.Background(), digits, Categorical{})
		require.NoError(t, err)
		n, from := layer.SymmetricDim(), h.at
		require.Equal(t, net.Params()-from, n)
		size := mat.Max(whole)
		for i := range n {
			for j := range n {
				require.InDelta(t, whole.At(from+i, from+j), layer.At(i, j), 1e-5*size, "%d, %d", i, j)
			}
		}
		jacobian, err := nn.NewJacobian(net, digits, nn.Config{Workers: 2})
		require.NoError(t, err)
		diagonal, err := GaussNewton(context.Background(), jacobian, Categorical{}, params)
		require.NoError(t, err)
		for i, c := range diagonal {
			require.InDelta(t, whole.At(i, i), c, 1e-5*(1+whole.At(i, i)))
		}
		// The covariance is its inverse, with the prior.
		l, err := NewLastLayer(context.Background(), net, digits, Categorical{}, params, Config{PriorPrecision: 3})
		require.NoError(t, err)
		precision := mat.NewDense(n, n, nil)
		precision.Copy(layer)
		for i := range n {
			precision.Set(i, i, precision.At(i, i)+3)
		}
		var unit mat.Dense
		unit.Mul(precision, l.Covariance())
		for i := range n {
			for j := range n {
				want := 0.0
				if i == j {
					want = 1
				}
				require.InDelta(t, want, unit.At(i, j), 1e-9)
			}
		}
	}
}

// For a softmax the Gauss–Newton matrix is the Fisher matrix: the mean of squared
// gradients over labels drawn from the network itself. Here all labels are weighted.
func TestGaussNewtonIsTheFisherMatrix(t *testing.T) {
	net, digits, params := newDigits(t, true)
	ctx := context.Background()
	var inputs []float32
	for i := range digits.Len() {
		inputs = append(inputs, digits.Input(i)...)
	}
	fisher := make([]float64, len(params))
	for label := range 10 {
		labels := make([]int, digits.Len())
		for i := range labels {
			labels[i] = label
		}
		d, err := data.NewLabeled(inputs, digits.Shape(), labels, 10)
		require.NoError(t, err)
		gradients, err := nn.NewGradients(net, d, nn.CrossEntropy, nn.Config{})
		require.NoError(t, err)
		row, loss := make([]float32, len(params)), make([]float64, 1)
		for i := range d.Len() {
			gradients.PerSample(row, loss, params, []int{i})
			for at, g := range row {
				fisher[at] += math.Exp(-loss[0]) * float64(g) * float64(g)
			}
		}
	}
	jacobian, err := nn.NewJacobian(net, digits, nn.Config{})
	require.NoError(t, err)
	diagonal, err := GaussNewton(ctx, jacobian, Categorical{}, params)
	require.NoError(t, err)
	for i, f := range fisher {
		require.InDelta(t, f, diagonal[i], 1e-4*f+1e-6)
	}
}

// The probit approximation is near the mean over many members, also where the prior is so
// wide that what outputs have in common, which the softmax does not see, varies much more
// than their differences.
func TestProbitIsNearTheMeanOfMembers(t *testing.T) {
	g := readGolden(t)
	for _, delta := range []float64{0, 0.1, 1e-3} {
		l, err := NewLastLayer(context.Background(), g.net, g.train, Categorical{}, g.Mode, Config{PriorPrecision: delta})
		require.NoError(t, err)
		probit, err := l.Probit(context.Background(), g.test)
		require.NoError(t, err)
		members, err := l.Draw(5000, nil)
		require.NoError(t, err)
		evaluator, outputs := g.net.NewEvaluator(), make([]float32, 3)
		for i := range g.test.Len() {
			mean := make([]float64, 3)
			for _, m := range members {
				evaluator.Outputs(outputs, m, g.test, []int{i})
				sum, top := 0.0, slices.Max(outputs)
				for _, z := range outputs {
					sum += math.Exp(float64(z) - float64(top))
				}
				for k, z := range outputs {
					mean[k] += math.Exp(float64(z)-float64(top)) / sum / float64(len(members))
				}
			}
			for k, logP := range probit.LogProbabilities(i) {
				assert.InDelta(t, mean[k], math.Exp(logP), 0.03, "δ = %v", delta)
			}
		}
	}
}

// Members differ in the last layer only.
func TestDrawsOfTheLastLayer(t *testing.T) {
	net, digits, params := newDigits(t, true)
	l, err := NewLastLayer(context.Background(), net, digits, Categorical{}, params, Config{})
	require.NoError(t, err)
	members, err := l.Draw(3, random.Source(1))
	require.NoError(t, err)
	for _, m := range members {
		assert.Equal(t, params[:l.head.at], m[:l.head.at])
		for i := l.head.at; i < len(m); i++ {
			assert.NotEqual(t, params[i], m[i])
		}
	}
	again, err := l.Draw(3, random.Source(1))
	require.NoError(t, err)
	assert.Equal(t, members, again)
}

func TestInterrupted(t *testing.T) {
	net, digits, params := newDigits(t, true)
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("cause")
	cancel(cause)
	jacobian, err := nn.NewJacobian(net, digits, nn.Config{})
	require.NoError(t, err)
	gradients, err := nn.NewGradients(net, digits, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	_, err = GaussNewton(ctx, jacobian, Categorical{}, params)
	assert.Equal(t, cause, err)
	_, err = EmpiricalFisher(ctx, gradients, params)
	assert.Equal(t, cause, err)
	_, err = NewLastLayer(ctx, net, digits, Categorical{}, params, Config{})
	assert.Equal(t, cause, err)
	l, err := NewLastLayer(context.Background(), net, digits, Categorical{}, params, Config{})
	require.NoError(t, err)
	_, _, err = l.Outputs(ctx, digits)
	assert.Equal(t, cause, err)
	_, err = l.Probit(ctx, digits)
	assert.Equal(t, cause, err)
}
