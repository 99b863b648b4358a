package engine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/internal/nntest"
)

// In the paper's network the second pooling drops two rows and columns of the
// second convolution, and so two of what the first pooling gives and four of
// the first convolution and of the image.
func TestNeededMultiplyAddsOfMairCNN(t *testing.T) {
	net := mairCNN()
	assert.Equal(t, 24*24*16*25+10*10*8*144+320, net.MultiplyAdds())
	assert.Equal(t, 20*20*16*25+8*8*8*144+320, net.program.NeededMultiplyAdds())
	assert.Equal(t, 234048, net.program.NeededMultiplyAdds())
	needed := neededExtents(net.program.Operations)
	assert.Equal(t, extent{24, 24, 1}, needed[0])
	assert.Equal(t, extent{10, 10, 16}, needed[3])
	assert.Equal(t, extent{8, 8, 8}, needed[4])
	assert.Equal(t, extent{1, 1, 10}, needed[8])
}

// Backward, each window of the poolings has one number of interest.
func TestNeededGradientMultiplyAdds(t *testing.T) {
	assert.Equal(t, 234048+10*10*16*25+2*2*2*8*144+2*320, mairCNN().program.NeededGradientMultiplyAdds())
	assert.Equal(t, 784*128*2+128*10*3, mlp().program.NeededGradientMultiplyAdds())
	tanh := mustNetwork([]int{3}, Tanh{}, Dense{Outputs: 2}, Tanh{}, Dense{Outputs: 1})
	assert.Equal(t, 3*(3*2+2), tanh.program.NeededGradientMultiplyAdds())
	assert.Zero(t, mustNetwork([]int{3}, ReLU{}).program.NeededGradientMultiplyAdds())
}

func TestNeededMultiplyAddsWithoutWaste(t *testing.T) {
	for _, net := range []*network{mlp(), linearPerceptron(3)} {
		assert.Equal(t, net.MultiplyAdds(), net.program.NeededMultiplyAdds())
	}
}

// TestNeededInput destroys what is not needed of the input.
func TestNeededInput(t *testing.T) {
	for seed := range uint64(200) {
		input, layers, net := randomNetwork(seed)
		needed := neededExtents(net.program.Operations)[0]
		params := make([]float32, net.Params())
		initNormal(params, 0.5, random.Source(seed, 7))
		x := inputs(Product(input...), 0)
		want, _ := nntest.Reference(input, layers, params, x)
		for c := range input[0] {
			for y := range input[1] {
				for column := range input[2] {
					if y < needed.height && column < needed.width {
						continue
					}
					x[(c*input[1]+y)*input[2]+column] = float32(math.NaN())
				}
			}
		}
		got, _ := nntest.Reference(input, layers, params, x)
		require.Equal(t, want, got, "seed %d, needed %v\n%v", seed, needed, net)
	}
}

func TestNeededInputIsTight(t *testing.T) {
	for _, c := range []struct {
		layers []Layer
		want   extent
	}{
		{[]Layer{Conv2D{Channels: 1, Kernel: 3}}, extent{11, 10, 2}},
		{[]Layer{MaxPool2D{Kernel: 3}}, extent{9, 9, 2}},
		{[]Layer{MaxPool2D{Kernel: 3, Stride: 2}}, extent{11, 9, 2}},
		{[]Layer{MaxPool2D{Kernel: 1, Stride: 4}}, extent{9, 9, 2}},
		{[]Layer{Conv2D{Channels: 1, Kernel: 2, Stride: 3}}, extent{11, 8, 2}},
		{[]Layer{Conv2D{Channels: 1, Kernel: 3, Padding: 1}, MaxPool2D{Kernel: 4}}, extent{9, 9, 2}},
		{[]Layer{Conv2D{Channels: 1, Kernel: 3, Padding: 1}, ReLU{}, MaxPool2D{Kernel: 2}}, extent{11, 10, 2}},
		{[]Layer{Conv2D{Channels: 1, Kernel: 2, Stride: 4, Padding: 1}}, extent{9, 9, 2}},
		{[]Layer{Tanh{}, MaxPool2D{Kernel: 4}, Flatten{}}, extent{8, 8, 2}},
		{[]Layer{MaxPool2D{Kernel: 2}, ReLU{}, Flatten{}, Dense{Outputs: 3}}, extent{10, 10, 2}},
	} {
		net, err := newNetwork([]int{2, 11, 10}, c.layers...)
		require.NoError(t, err)
		assert.Equal(t, c.want, neededExtents(net.program.Operations)[0], "%v", net)
	}
}
