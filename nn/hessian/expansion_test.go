package hessian_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/hessian"
	"github.com/trajens/trajens/tps"
)

// A program turns the curvatures at a trained model into moves that know them.
func ExampleExpand() {
	points, err := data.NewTargets([]float32{-1, 1}, []int{1}, []float32{0, 1})
	if err != nil {
		panic(err)
	}
	gradients, err := nn.NewGradients(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		panic(err)
	}
	expansion, err := hessian.Expand(context.Background(), gradients, []float32{0.5, 0.5}, hessian.ExpandConfig{Directions: 1})
	if err != nil {
		panic(err)
	}
	move := tps.Autoregressive{Beta: 0.1, Surrogate: (*tps.Quadratic)(expansion)}
	fmt.Printf("%.2f\n", move.Surrogate.Curvatures)
	// Output:
	// [1.00]
}

// The expansion of a quadratic loss is that loss up to a constant, wherever it is made.
func TestExpansionOfAQuadratic(t *testing.T) {
	points, err := data.NewTargets([]float32{-1, 0.5, 2, 1}, []int{1}, []float32{0, 1, -1, 0.3})
	require.NoError(t, err)
	gradients, err := nn.NewGradients(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	at := []float32{0.4, -0.7}
	e, err := hessian.Expand(context.Background(), gradients, at, hessian.ExpandConfig{})
	require.NoError(t, err)
	require.Len(t, e.Curvatures, 2)
	constant := math.NaN()
	for _, model := range [][]float32{{0.4, -0.7}, {1, 2}, {-3, 0.5}} {
		mean := make([]float64, 1)
		require.NoError(t, tps.MeanLosses(mean, losses, [][]float32{model}))
		for k, a := range e.Curvatures {
			along := e.Slopes[k] / a
			for i, x := range model {
				along += e.Directions[k][i] * float64(x-at[i])
			}
			mean[0] -= a / 2 * along * along
		}
		if math.IsNaN(constant) {
			constant = mean[0]
		}
		require.InDelta(t, constant, mean[0], 2e-3)
	}
	at[0] = 7
	require.Equal(t, float32(0.4), e.Center[0], "it is a copy")
}

func TestExpandErrors(t *testing.T) {
	points, err := data.NewTargets([]float32{-1, 1}, []int{1}, []float32{0, 1})
	require.NoError(t, err)
	gradients, err := nn.NewGradients(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	for _, k := range []int{-1, 3} {
		_, err = hessian.Expand(context.Background(), gradients, []float32{0, 0}, hessian.ExpandConfig{Directions: k})
		require.EqualError(t, err, fmt.Sprintf("hessian: Directions = %d, want 1 to the number of parameters, 2", k))
	}
	_, err = hessian.Expand(context.Background(), gradients, []float32{0}, hessian.ExpandConfig{})
	require.Error(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = hessian.Expand(ctx, gradients, []float32{0, 0}, hessian.ExpandConfig{})
	require.ErrorIs(t, err, context.Canceled)
}
