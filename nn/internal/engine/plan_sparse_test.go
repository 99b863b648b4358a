package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// TestDensityOfPatches counts what is not zero under each tile of the paper's
// network directly.
func TestDensityOfPatches(t *testing.T) {
	d, err := data.Digits(200, random.Source(3))
	require.NoError(t, err)
	p := newPlan(&mairCNN().program)
	require.NotNil(t, p.sparse)
	found, places := 0, 0
	for i := range d.Len() {
		for y := 0; y < 20; y += 2 {
			for x := 0; x < 20; x += 2 {
				for at := range 36 {
					places++
					if d.Input(i)[(y+at/6)*28+x+at%6] != 0 {
						found++
					}
				}
			}
		}
	}
	assert.InDelta(t, float64(found)/float64(places), p.sparse.density(d), 1e-12)
}

func TestDensityOfDense(t *testing.T) {
	for _, n := range []int{1, 7, 8, 9, 100} {
		net, err := newNetwork([]int{n}, Dense{Outputs: 40})
		require.NoError(t, err)
		d := labeled(t, 3000, []int{n}, 2, 0.7)
		density := newPlan(&net.program).sparse.density(d)
		assert.InDelta(t, 0.3, density, 0.06)
		assert.Equal(t, density, newPlan(&net.program).sparse.density(d), "the decision must not change")
	}
}

func TestSparseIfItPays(t *testing.T) {
	digits, err := data.Digits(300, random.Source(1))
	require.NoError(t, err)
	gray := labeled(t, 300, []int{1, 28, 28}, 10, 0)
	for _, net := range []*network{mairCNN(), mlp(), leNet()} {
		p := newPlan(&net.program)
		assert.True(t, p.sparsePays(digits), "%v", net)
		assert.False(t, p.sparsePays(gray), "%v", net)
	}
}

func TestNoSparseVariant(t *testing.T) {
	for _, c := range []struct {
		layers []Layer
		want   bool
	}{
		{[]Layer{Conv2D{Channels: 3, Kernel: 7}}, true},
		{[]Layer{Conv2D{Channels: 3, Kernel: 8}}, false}, // patches are too wide
		{[]Layer{Conv2D{Channels: 3, Kernel: 5, Stride: 3}, MaxPool2D{Kernel: 2}}, true},
		{[]Layer{Conv2D{Channels: 3, Kernel: 6, Stride: 3}}, false},
		{[]Layer{Conv2D{Channels: 3, Kernel: 4}}, false},                      // 9×9 cannot be tiled
		{[]Layer{Conv2D{Channels: 3, Kernel: 3}, MaxPool2D{Kernel: 3}}, true}, // 9×9 of 10×10 can
		{[]Layer{Conv2D{Channels: 3, Kernel: 4}, MaxPool2D{Kernel: 2}}, true}, // 8×8 of 9×9
		{[]Layer{Conv2D{Channels: 3, Kernel: 4, Padding: 2}, Tanh{}}, false},  // 13×13
		{[]Layer{Conv2D{Channels: 3, Kernel: 5, Padding: 2}, Tanh{}}, true},   // 12×12
		{[]Layer{ReLU{}, Conv2D{Channels: 3, Kernel: 3}}, false},              // not the first stage
		{[]Layer{MaxPool2D{Kernel: 2}}, false},                                // nothing to leave out
		{[]Layer{Flatten{}, Dense{Outputs: 1}}, true},                         //
		{[]Layer{Flatten{}, Tanh{}, Dense{Outputs: 1}}, false},                // not the first stage
	} {
		net, err := newNetwork([]int{2, 12, 12}, c.layers...)
		require.NoError(t, err)
		assert.Equal(t, c.want, newPlan(&net.program).sparse != nil, "%v", c.layers)
	}
}

// TestSparseStages compares the sparse with the dense variant of first layers
// of all kinds.
func TestSparseStages(t *testing.T) {
	source := random.Source(5)
	below := func(n int) int { return random.Below(source, n) }
	compared := 0
	for compared < 400 {
		input := []int{1 + below(3), 1 + below(14), 1 + below(14)}
		layers := []Layer{Conv2D{Channels: 1 + below(40), Kernel: 1 + below(6), Stride: 1 + below(2), Padding: below(3)}}
		switch below(4) {
		case 0:
			layers = append(layers, MaxPool2D{Kernel: 2})
		case 1:
			layers = append(layers, ReLU{}, MaxPool2D{Kernel: 1 + below(4), Stride: 1 + below(4)})
		case 2:
			layers = []Layer{Flatten{}, Dense{Outputs: 1 + below(200)}, Tanh{}}
		}
		net, err := newNetwork(input, layers...)
		if err != nil {
			continue
		}
		p := newPlan(&net.program)
		if p.sparse == nil {
			continue
		}
		compared++
		d := labeled(t, 5, input, 2, 0.3*float64(below(4)))
		models := randomModels(net, 2, uint64(compared))
		want := evaluate(newForward(p, false), models, d, firstSamples(5))
		got := evaluate(newForward(p, true), models, d, firstSamples(5))
		for k := range models {
			for i := range want[k] {
				require.InDelta(t, want[k][i], got[k][i], 2e-6, "%v", net)
			}
		}
	}
}
