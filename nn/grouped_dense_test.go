package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// ungrouped returns the network with dense layers instead of those in groups, and
// parameters that are zero between groups.
func ungrouped(t *testing.T, net *Network, params []float32) (*Network, []float32, []int) {
	t.Helper()
	layers := net.Layers()
	for i, layer := range layers {
		if l, ok := layer.(GroupedDense); ok {
			layers[i] = Dense{Outputs: l.Outputs, NoBias: l.NoBias}
		}
	}
	whole := mustNetwork(net.InputShape(), layers...)
	all, places := make([]float32, whole.Params()), make([]int, len(params))
	blocks := whole.Blocks()
	for b, block := range net.Blocks() {
		groups := 1
		if len(block.Shape) == 2 {
			groups = blocks[b].Shape[1] / block.Shape[1]
		}
		for i := range block.Size() {
			at := i
			if groups > 1 {
				inner, outputs := block.Shape[1], block.Shape[0]/groups
				row := i / inner
				at = row*inner*groups + row/outputs*inner + i%inner
			}
			places[block.Offset+i] = blocks[b].Offset + at
			all[blocks[b].Offset+at] = params[block.Offset+i]
		}
	}
	return whole, all, places
}

// A dense layer in groups gives what a dense layer gives whose weights between
// groups are zero: outputs, losses, gradients, those of each sample, derivatives in
// directions and slopes, for sizes around those of vectors, panels and strips.
func TestGroupedDenseIsBlockDiagonal(t *testing.T) {
	r := rand.New(random.Source(31))
	sizes := []int{1, 2, 3, 4, 7, 8, 9, 10, 15, 16, 17, 24, 33}
	size := func() int { return sizes[r.IntN(len(sizes))] }
	for trial := range 60 {
		groups, inputs, classes := 1+r.IntN(7), size(), 2+r.IntN(20)
		layers := []Layer{Dense{Outputs: groups * size()}, ReLU{}}
		if r.IntN(3) == 0 { // the first layer
			layers, inputs = nil, inputs*groups
		}
		if r.IntN(2) == 0 {
			layers = append(layers, GroupedDense{Outputs: groups * size(), Groups: groups, NoBias: r.IntN(2) == 0}, []Layer{ReLU{}, Tanh{}}[r.IntN(2)])
		}
		layers = append(layers, GroupedDense{Outputs: groups * classes, Groups: groups, NoBias: r.IntN(4) == 0})
		net := mustNetwork([]int{inputs}, layers...)
		t.Run(fmt.Sprintf("%d: %s", trial, net.Architecture()), func(t *testing.T) {
			requireBlockDiagonal(t, net)
		})
	}
}

func requireBlockDiagonal(t *testing.T, net *Network) {
	t.Helper()
	d := labeled(t, 150, net.InputShape(), net.Outputs(), 0.3)
	models := randomModels(net, 2, 3)
	params, direction := models[0], models[1]
	whole, all, places := ungrouped(t, net, params)
	_, allDirection, _ := ungrouped(t, net, direction)
	samples := randomSamples(d, 137, 4)
	n := len(samples)

	outputs, want := make([]float32, n*net.Outputs()), make([]float32, n*net.Outputs())
	net.NewEvaluator().Outputs(outputs, params, d, samples)
	whole.NewEvaluator().Outputs(want, all, d, samples)
	requireNear(t, "output", want, outputs, nil)

	slopes, wantSlopes, losses, wantLosses := rows(1, n), rows(1, n), rows(1, n), rows(1, n)
	newLosses(t, net, d, CrossEntropy, 1).LossesAndSlopes(losses, models[:1], slopes, models[:1], models[1:], samples)
	newLosses(t, whole, d, CrossEntropy, 1).LossesAndSlopes(wantLosses, [][]float32{all}, wantSlopes, [][]float32{all}, [][]float32{allDirection}, samples)
	requireNear(t, "loss", wantLosses[0], losses[0], nil)
	requireNear(t, "slope", wantSlopes[0], slopes[0], nil)

	g, wholeGradients := newGradients(t, net, d, CrossEntropy, 3), newGradients(t, whole, d, CrossEntropy, 1)
	g.Directional(slopes, params, [][]float32{direction}, samples)
	requireNear(t, "derivative in a direction", wantSlopes[0], slopes[0], nil)
	gradient, wantGradient := make([]float32, net.Params()), make([]float32, whole.Params())
	require.InDelta(t, wholeGradients.Gradient(wantGradient, all, samples), g.Gradient(gradient, params, samples), 1e-5)
	requireNear(t, "gradient", wantGradient, gradient, places)
	each, wantEach := make([]float32, 3*net.Params()), make([]float32, 3*whole.Params())
	three := make([]float64, 3)
	g.PerSample(each, three, params, samples[:3])
	wholeGradients.PerSample(wantEach, three, all, samples[:3])
	for j := range 3 {
		requireNear(t, "gradient of a sample", wantEach[j*whole.Params():][:whole.Params()], each[j*net.Params():][:net.Params()], places)
	}
}

// requireNear compares numbers with those at the given places, or all, to 5e-6 of
// the largest.
func requireNear[T float32 | float64](t *testing.T, what string, want, got []T, places []int) {
	t.Helper()
	tolerance := 5e-6 * (1e-3 + norm(want))
	for i, v := range got {
		at := i
		if places != nil {
			at = places[i]
		}
		if !(math.Abs(float64(want[at]-v)) <= tolerance) {
			t.Fatalf("%s %d: %v, want %v ± %.1e", what, i, v, want[at], tolerance)
		}
	}
}

func TestGroupedDenseErrors(t *testing.T) {
	for says, layers := range map[string][]Layer{
		"layer 0, GroupedDense(4, groups 3): 6 inputs and 4 outputs, want multiples of the 3 groups": {GroupedDense{Outputs: 4, Groups: 3}},
		"6 inputs and 8 outputs, want multiples of the 4 groups":                                     {GroupedDense{Outputs: 8, Groups: 4}},
		"Groups = 0, want 1": {GroupedDense{Outputs: 4}},
		"Outputs = 0":        {GroupedDense{Groups: 1}},
	} {
		_, err := NewNetwork([]int{6}, layers...)
		assert.ErrorContains(t, err, says)
	}
	_, err := NewNetwork([]int{2, 3}, GroupedDense{Outputs: 2, Groups: 2})
	assert.ErrorContains(t, err, "add Flatten before this layer")
	_, err = NewNetwork([]int{1, 6, 6}, Conv2D{Channels: 2, Kernel: 3}, ReLU{}, Flatten{}, GroupedDense{Outputs: 2, Groups: 2})
	assert.ErrorContains(t, err, "layer 3, GroupedDense(2, groups 2): the input is the Flatten of an image")
	_, err = NewNetwork([]int{1, 6, 6}, Conv2D{Channels: 2, Kernel: 6}, Flatten{}, Tanh{}, GroupedDense{Outputs: 2, Groups: 2})
	assert.NoError(t, err, "an image of one pixel is a vector")
}
