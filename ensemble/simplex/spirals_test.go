package simplex_test

import (
	"context"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/simplex"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

var long = flag.Bool("long", false, "take minutes for more spirals and for volumes on MNIST")

// The tetrahedron of the paper (Benton et al., arXiv 2102.13042): it grows from
// a network of seven hidden layers that was trained on two spirals. All of its points fit
// the training data, and elsewhere they differ.
func TestTetrahedronOnTwoSpirals(t *testing.T) {
	if testing.Short() {
		t.Skip("trains networks: left out with -short")
	}
	seeds, epochs := 1, 300
	if *long {
		seeds, epochs = 5, 1000
	}
	for seed := range seeds {
		s := newSpirals(t, uint64(seed))
		complex := s.grow(t, 2*epochs, epochs)
		points, err := complex.Points(40, s.source)
		require.NoError(t, err)
		highest, split := 0.0, s.disagreement(points)
		for _, p := range points {
			highest = max(highest, s.loss(p))
		}
		var edges []float64
		for _, pair := range [][]int{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}} {
			line, err := simplex.Along([][]float32{complex.Vertex(pair[0]), complex.Vertex(pair[1])}, 10, s.loss)
			require.NoError(t, err)
			edges = append(edges, line.Loss...)
		}
		slices.Sort(edges)
		// A control: tetrahedra with edges of the same length in random directions.
		random, err := complex.Points(40, s.source)
		require.NoError(t, err)
		control := s.scatter(random, complex.Vertex(0))
		t.Logf("seed %d: volume 10^%.1f, highest loss of points %.4f, of nine tenths of the edges %.4f; apart in %.3f of the square; random directions: median loss %.2f",
			seed, complex.LogVolume()/math.Ln10, highest, edges[len(edges)*9/10], split, control)
		assert.Less(t, highest, 0.05, "points fit the data")
		// Near the corners there are too few points for the mean to see.
		assert.Less(t, edges[len(edges)*9/10], 0.05, "edges fit the data")
		assert.Greater(t, split, 0.03, "points differ elsewhere")
		assert.Zero(t, s.mistakes(points), "points are right about all training data")
		assert.Greater(t, control, 10*highest)
		assert.Greater(t, control, 0.2)
	}
}

// spirals are two spirals, and a network for them.
type spirals struct {
	train  *data.Dataset
	net    *nn.Network
	loss   func([]float32) float64
	source rand.Source
}

func newSpirals(t *testing.T, seed uint64) *spirals {
	s := &spirals{source: rand.NewPCG(seed, 1)}
	var err error
	s.train, err = data.TwoSpirals(100, 1, s.source)
	require.NoError(t, err)
	var layers []nn.Layer
	for range 7 {
		layers = append(layers, nn.Dense{Outputs: 25}, nn.ReLU{})
	}
	s.net, err = nn.NewNetwork([]int{2}, append(layers, nn.Dense{Outputs: 2})...)
	require.NoError(t, err)
	losses, err := nn.NewLosses(s.net, s.train, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	s.loss = simplex.MeanLoss(losses)
	return s
}

// grow trains a network, and grows a tetrahedron from it.
func (s *spirals) grow(t *testing.T, modeEpochs, epochs int) *simplex.Complex {
	gradients, err := nn.NewGradients(s.net, s.train, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	mode := make([]float32, s.net.Params())
	nn.InitUniform(mode, s.net, s.source)
	_, err = descent.Run(context.Background(), mode, gradients, descent.Config{
		Epochs: modeEpochs, Schedule: descent.Cosine{Peak: 0.01, WarmUp: 0.1}, Source: s.source,
	})
	require.NoError(t, err)
	complex, err := simplex.New([][]float32{mode})
	require.NoError(t, err)
	require.NoError(t, simplex.SPRO(context.Background(), complex, 3, gradients, simplex.Config{
		Epochs: epochs, Schedule: descent.Cosine{Peak: 0.01}, Source: s.source,
		Initialize: func(params []float32, source rand.Source) { nn.InitUniform(params, s.net, source) },
	}))
	return complex
}

// mistakes returns how often a model is wrong about a training point.
func (s *spirals) mistakes(models [][]float32) int {
	evaluator, outputs, mistakes := s.net.NewEvaluator(), make([]float32, 2), 0
	for _, model := range models {
		for i := range s.train.Len() {
			evaluator.Output(outputs, model, s.train.Input(i))
			if (outputs[1] > outputs[0]) != (s.train.Label(i) == 1) {
				mistakes++
			}
		}
	}
	return mistakes
}

// disagreement returns in what share of a square around the spirals the models do not all
// vote alike.
func (s *spirals) disagreement(models [][]float32) float64 {
	const n, reach = 40, 22
	evaluator, outputs, split := s.net.NewEvaluator(), make([]float32, 2), 0
	for i := range n * n {
		at := []float32{reach * (2*float32(i%n)/(n-1) - 1), reach * (2*float32(i/n)/(n-1) - 1)}
		votes := 0
		for _, model := range models {
			evaluator.Output(outputs, model, at)
			if outputs[1] > outputs[0] {
				votes++
			}
		}
		if votes > 0 && votes < len(models) {
			split++
		}
	}
	return float64(split) / (n * n)
}

// scatter returns the median loss of models that are as far from a mode as those given, in
// random directions.
func (s *spirals) scatter(models [][]float32, mode []float32) float64 {
	normal := rand.New(s.source)
	losses := make([]float64, len(models))
	for k, model := range models {
		distance := math.Exp(simplex.LogVolume([][]float32{mode, model}))
		other := slices.Clone(mode)
		for i := range other {
			other[i] += float32(distance / math.Sqrt(float64(len(mode))) * normal.NormFloat64())
		}
		losses[k] = s.loss(other)
	}
	slices.Sort(losses)
	return losses[len(losses)/2]
}
