package joint

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// BenchmarkStep is a gradient on 100 images and a step of SGD with momentum, for
// modules with 1024 hidden units together.
func BenchmarkStep(b *testing.B) {
	d, err := data.Digits(2000, random.Source(1))
	require.NoError(b, err)
	for _, c := range []struct {
		modules int
		lambda  float64
	}{{1, 0}, {16, 0.95}, {256, 0}, {256, 0.95}, {256, 1}} {
		b.Run(fmt.Sprintf("modules=%d/lambda=%v", c.modules, c.lambda), func(b *testing.B) {
			net := perceptron(b, d, 1024/c.modules)
			g, err := newGradient(net, c.modules, d, Config{Lambda: c.lambda})
			require.NoError(b, err)
			defer g.Close()
			params, gradient := make([]float32, g.Params()), make([]float32, g.Params())
			g.pack(params, Initialize(net, c.modules, random.Source(2)))
			sgd := &descent.SGD{Momentum: 0.9}
			require.NoError(b, sgd.Start(len(params)))
			samples := random.NewDeck(d.Len()).Draw(100, random.Source(3))
			for b.Loop() {
				g.Gradient(gradient, params, samples)
				sgd.Step(params, gradient, 0.001)
			}
		})
	}
}

// BenchmarkConvolutional is a gradient on 100 images for modules that are convolutional networks,
// together and one after the other.
func BenchmarkConvolutional(b *testing.B) {
	d, err := data.Digits(2000, random.Source(1))
	require.NoError(b, err)
	net, samples := nn.MairCNN(), random.NewDeck(d.Len()).Draw(100, random.Source(3))
	for _, modules := range []int{5, 20} {
		all := Initialize(net, modules, random.Source(2))
		b.Run(fmt.Sprintf("modules=%d/together", modules), func(b *testing.B) {
			g, err := newGradient(net, modules, d, Config{Lambda: 0.5})
			require.NoError(b, err)
			params, gradient := make([]float32, g.Params()), make([]float32, g.Params())
			g.pack(params, all)
			for b.Loop() {
				g.Gradient(gradient, params, samples)
			}
		})
		b.Run(fmt.Sprintf("modules=%d/apart", modules), func(b *testing.B) {
			g, err := nn.NewGradients(net, d, nn.CrossEntropy, nn.Config{})
			require.NoError(b, err)
			gradient := make([]float32, g.Params())
			for b.Loop() {
				for _, module := range all {
					g.Gradient(gradient, module, samples)
				}
			}
		})
	}
}

// perceptron returns a network with one hidden layer for a dataset with labels.
func perceptron(t testing.TB, d *data.Dataset, hidden int) *nn.Network {
	t.Helper()
	net, err := nn.NewNetwork(d.Shape(), nn.Flatten{}, nn.Dense{Outputs: hidden}, nn.ReLU{}, nn.Dense{Outputs: d.Classes()})
	require.NoError(t, err)
	return net
}
