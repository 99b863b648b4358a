package simplex_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/simplex"
	"github.com/trajens/trajens/internal/mnistdir"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// Complexes that join two LeNets on MNIST: with more connectors the volume falls against
// that of random complexes, by orders of magnitude for the narrow network, later for the
// wide one (Benton et al., arXiv 2102.13042). The first connector already joins
// the modes.
func TestVolumesOfComplexesOnMNIST(t *testing.T) {
	if !*long {
		t.Skip("takes a minute or two: run it with -args -long")
	}
	all, _, err := data.MNIST(mnistdir.Find(t))
	require.NoError(t, err)
	train, _, err := all.Split(5000, rand.NewPCG(1, 1))
	require.NoError(t, err)
	const connectors = 5
	narrow, wide := joinLeNets(t, train, 1, connectors), joinLeNets(t, train, 2, connectors)
	assert.Less(t, narrow[connectors-1], narrow[0]-2)
	assert.Less(t, wide[connectors-1], wide[0]-0.5)
	assert.Greater(t, wide[connectors-1], narrow[connectors-1]+2)
}

// joinLeNets joins two networks by connectors, and returns log₁₀ V/V(K) after each.
func joinLeNets(t *testing.T, train *data.Dataset, width, connectors int) (ratios []float64) {
	ctx, source := context.Background(), rand.NewPCG(uint64(width), 2)
	net, err := nn.NewNetwork([]int{1, 28, 28},
		nn.Conv2D{Channels: 4 * width, Kernel: 5}, nn.ReLU{}, nn.MaxPool2D{Kernel: 2},
		nn.Conv2D{Channels: 8 * width, Kernel: 5}, nn.ReLU{}, nn.MaxPool2D{Kernel: 2},
		nn.Flatten{}, nn.Dense{Outputs: 16 * width}, nn.ReLU{}, nn.Dense{Outputs: 10})
	require.NoError(t, err)
	gradients, err := nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	modes := make([][]float32, 2)
	for i := range modes {
		modes[i] = make([]float32, net.Params())
		nn.InitUniform(modes[i], net, source)
		_, err := descent.Run(ctx, modes[i], gradients, descent.Config{
			Epochs: 10, Schedule: descent.Cosine{Peak: 0.005, WarmUp: 0.05}, Source: source,
		})
		require.NoError(t, err)
	}
	complex, err := simplex.New(modes)
	require.NoError(t, err)
	for range connectors {
		const star = 1e-4
		var last simplex.Epoch
		require.NoError(t, simplex.SPRO(ctx, complex, 1, gradients, simplex.Config{
			Epochs: 4, Schedule: descent.Cosine{Peak: 0.002}, Lambda: star, Source: source,
			Initialize: func(params []float32, source rand.Source) { nn.InitUniform(params, net, source) },
			Progress:   func(e simplex.Epoch) error { last = e; return nil },
		}))
		require.Less(t, last.Lambda, star)
		ratios = append(ratios, (complex.LogVolume()-star/last.Lambda)/math.Ln10)
	}
	losses, err := nn.NewLosses(net, train, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	loss := simplex.MeanLoss(losses)
	bent, err := simplex.Along([][]float32{modes[0], complex.Vertex(2), modes[1]}, 10, loss)
	require.NoError(t, err)
	straight, err := simplex.Along(modes, 20, loss)
	require.NoError(t, err)
	t.Logf("width %d, %d parameters: log₁₀ V/V(K) %.2f; highest loss by the connector %.3f, straight %.3f", width, net.Params(), ratios, bent.Highest(), straight.Highest())
	assert.Less(t, bent.Highest(), straight.Highest()/4)
	return ratios
}
