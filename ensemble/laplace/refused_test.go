package laplace

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

func TestCurvaturesRefused(t *testing.T) {
	net, digits, params := newDigits(t, true)
	ctx := context.Background()
	jacobian, err := nn.NewJacobian(net, digits, nn.Config{})
	require.NoError(t, err)
	gradients, err := nn.NewGradients(net, digits, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	_, err = GaussNewton(nil, jacobian, Categorical{}, params) //nolint:staticcheck // that is what is tested
	assert.EqualError(t, err, "laplace: the context is nil")
	_, err = GaussNewton(ctx, nil, Categorical{}, params)
	assert.EqualError(t, err, "laplace: the Jacobian is nil")
	_, err = GaussNewton(ctx, jacobian, nil, params)
	assert.EqualError(t, err, "laplace: the likelihood is nil")
	_, err = GaussNewton(ctx, jacobian, Gaussian{-1}, params)
	assert.EqualError(t, err, "laplace: Gaussian.Variance = -1, want a finite number > 0, or 0 for 1")
	_, err = GaussNewton(ctx, jacobian, Categorical{}, params[1:])
	assert.EqualError(t, err, "laplace: params has 369 numbers, want those of the model, 370")
	_, err = EmpiricalFisher(nil, gradients, params) //nolint:staticcheck // that is what is tested
	assert.EqualError(t, err, "laplace: the context is nil")
	_, err = EmpiricalFisher(ctx, nil, params)
	assert.EqualError(t, err, "laplace: gradients are nil")
	_, err = EmpiricalFisher(ctx, gradients, nil)
	assert.EqualError(t, err, "laplace: params has 0 numbers, want those of the model, 370")

	params[len(params)-1] = float32(math.NaN())
	_, err = GaussNewton(ctx, jacobian, Categorical{}, params)
	assert.EqualError(t, err, "laplace: output 9 of sample 0 is NaN, want a finite number")
	_, err = EmpiricalFisher(ctx, gradients, params)
	assert.EqualError(t, err, "laplace: the loss of sample 0 is NaN, want a finite number")
	_, err = NewLastLayer(ctx, net, digits, Categorical{}, params, Config{})
	assert.EqualError(t, err, "laplace: parameter 69 is NaN, want a finite number")
}

func TestDiagonalRefused(t *testing.T) {
	_, err := NewDiagonal(nil, nil, Config{})
	assert.EqualError(t, err, "laplace: 0 parameters and 0 curvatures, want as many")
	_, err = NewDiagonal([]float32{1}, []float64{1, 2}, Config{})
	assert.EqualError(t, err, "laplace: 1 parameters and 2 curvatures, want as many")
	_, err = NewDiagonal([]float32{1, 1}, []float64{1, -2}, Config{})
	assert.EqualError(t, err, "laplace: the curvature of parameter 1 is -2, want a number from 0 to 1e+150")
	_, err = NewDiagonal([]float32{1, 1}, []float64{1, math.NaN()}, Config{})
	assert.ErrorContains(t, err, "is NaN")
	_, err = NewDiagonal([]float32{1, float32(math.Inf(1))}, []float64{1, 2}, Config{})
	assert.EqualError(t, err, "laplace: parameter 1 is +Inf, want a finite number")
	_, err = NewDiagonal([]float32{1}, []float64{1}, Config{PriorPrecision: -1})
	assert.EqualError(t, err, "laplace: Config.PriorPrecision = -1, want a number > 0 up to 1e+150, or 0 for that of the largest evidence")
	for _, zero := range [][]float32{{0}, {1}} {
		_, err = NewDiagonal(zero, []float64{1 - float64(zero[0])}, Config{})
		assert.EqualError(t, err, "laplace: no prior precision has the largest evidence, as parameters or curvatures are all zero; set Config.PriorPrecision")
	}
	d, err := NewDiagonal([]float32{1}, []float64{1}, Config{})
	require.NoError(t, err)
	_, err = d.Draw(0, nil)
	assert.EqualError(t, err, "laplace: 0 members to draw, want at least 1")
}

func TestLastLayerRefused(t *testing.T) {
	net, digits, params := newDigits(t, true)
	ctx := context.Background()
	_, err := NewLastLayer(nil, net, digits, Categorical{}, params, Config{}) //nolint:staticcheck // that is what is tested
	assert.EqualError(t, err, "laplace: the context is nil")
	_, err = NewLastLayer(ctx, nil, digits, Categorical{}, params, Config{})
	assert.EqualError(t, err, "laplace: the network is nil")
	_, err = NewLastLayer(ctx, net, nil, Categorical{}, params, Config{})
	assert.EqualError(t, err, "laplace: the dataset is nil")
	_, err = NewLastLayer(ctx, net, digits, nil, params, Config{})
	assert.EqualError(t, err, "laplace: the likelihood is nil")
	_, err = NewLastLayer(ctx, net, digits, Categorical{}, params[1:], Config{})
	assert.EqualError(t, err, "laplace: params has 369 numbers, want those of the network, 370")
	other, err := nn.NewNetwork([]int{1, 28, 28}, nn.Flatten{}, nn.ReLU{})
	require.NoError(t, err)
	_, err = NewLastLayer(ctx, other, digits, Categorical{}, nil, Config{})
	assert.EqualError(t, err, "laplace: the last layer is ReLU, want nn.Dense")
	line, _, err := data.Line(10, 0, random.Source(1))
	require.NoError(t, err)
	_, err = NewLastLayer(ctx, net, line, Categorical{}, params, Config{})
	assert.EqualError(t, err, "laplace: the dataset's inputs have shape [1], want the network's [1 28 28]")
	l, err := NewLastLayer(ctx, net, digits, Categorical{}, params, Config{})
	require.NoError(t, err)
	_, _, err = l.Outputs(ctx, line)
	assert.ErrorContains(t, err, "the dataset's inputs have shape [1]")
	huge, err := nn.NewNetwork([]int{1000}, nn.Dense{Outputs: 1000})
	require.NoError(t, err)
	wide, err := data.NewInputs(make([]float32, 1000), []int{1000})
	require.NoError(t, err)
	_, err = NewLastLayer(ctx, huge, wide, Categorical{}, make([]float32, huge.Params()), Config{})
	assert.ErrorContains(t, err, "laplace: a matrix for the 1001000 parameters of the last layer: it needs 32.1 TB of memory")
	perceptron, err := NewLastLayer(ctx, nn.LinearPerceptron(1), line, Gaussian{}, []float32{1, 1}, Config{})
	require.NoError(t, err)
	_, err = perceptron.Probit(ctx, line)
	assert.EqualError(t, err, "laplace: the network has one output, want at least two for classes")
}
