package nn

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/nn/internal/engine"
)

func TestNewNetworkErrors(t *testing.T) {
	image := []int{3, 8, 6}
	for _, c := range []struct {
		name   string
		input  []int
		layers []Layer
		want   string
	}{
		{"no input", nil, []Layer{ReLU{}}, "nn: the shape of the input is empty"},
		{"empty input", []int{3, 0}, []Layer{ReLU{}}, "nn: the input shape [3 0] has a dimension below 1"},
		{"huge input", []int{1 << 20, 1 << 20}, []Layer{ReLU{}}, "nn: the input shape [1048576 1048576] is too large"},
		{"overflowing input", []int{math.MaxInt, 2}, []Layer{ReLU{}}, "is too large"},
		{"no layers", image, nil, "nn: the network has no layers"},
		{"nil layer", image, []Layer{ReLU{}, nil}, "nn: layer 1 is nil"},
		{"nil pointer as a layer", image, []Layer{ReLU{}, (*Tanh)(nil)}, "nn: layer 1 is nil"},
		{"dense on image", image, []Layer{ReLU{}, Dense{Outputs: 4}}, "nn: layer 1, Dense(4): the input is 3×8×6, want a vector: add Flatten before this layer"},
		{"no outputs", []int{3}, []Layer{Dense{}}, "nn: layer 0, Dense(0): Outputs = 0, want 1 to 2147483647"},
		{"negative outputs", []int{3}, []Layer{Dense{Outputs: -1}}, "Outputs = -1, want 1 to"},
		{"huge dense", []int{1 << 16}, []Layer{Dense{Outputs: 1 << 16}}, "nn: layer 0, Dense(65536): the input 65536 makes an output 65536, which is too large"},
		{"too many parameters", []int{1 << 15}, []Layer{Dense{Outputs: 1 << 15}, Dense{Outputs: 1 << 15}}, "nn: layer 1, Dense(32768): the network has more than 2147483647 parameters"},
		{"conv on vector", []int{64}, []Layer{Conv2D{Channels: 2, Kernel: 3}}, "nn: layer 0, Conv2D(2, 3×3): the input is 64, want an image, channels×height×width"},
		{"conv after flatten", image, []Layer{Flatten{}, Conv2D{Channels: 2, Kernel: 3}}, "the input is 144, want an image"},
		{"no channels", image, []Layer{Conv2D{Kernel: 3}}, "Channels = 0, want 1 to"},
		{"no kernel", image, []Layer{Conv2D{Channels: 3}}, "Kernel = 0, want 1 to"},
		{"negative stride", image, []Layer{Conv2D{Channels: 3, Kernel: 1, Stride: -1}}, "Stride = -1, want 0 to"},
		{"negative padding", image, []Layer{Conv2D{Channels: 3, Kernel: 1, Padding: -2}}, "Padding = -2, want 0 to"},
		{"large kernel", image, []Layer{Conv2D{Channels: 3, Kernel: 7}}, "nn: layer 0, Conv2D(3, 7×7): the input 3×8×6 with padding 0 is smaller than the kernel 7×7"},
		{"large kernel with padding", image, []Layer{Conv2D{Channels: 3, Kernel: 9, Padding: 1}}, "with padding 1 is smaller than the kernel 9×9"},
		{"huge padding", image, []Layer{Conv2D{Channels: 3, Kernel: 1, Padding: 1 << 30}}, "too large"},
		{"much memory", []int{1, 28, 28}, []Layer{Conv2D{Channels: 1 << 20, Kernel: 5}}, "nn: the intermediate results of a few samples take 14.5 GB, want at most 4.29 GB"},
		{"much padding", []int{1, 1, 1}, []Layer{Conv2D{Channels: 1, Kernel: 1, Stride: 10_000, Padding: 10_000}}, "want at most 4.29 GB"},
		{"pool on vector", []int{64}, []Layer{MaxPool2D{Kernel: 3}}, "the input is 64, want an image"},
		{"no window", image, []Layer{MaxPool2D{}}, "Kernel = 0, want 1 to"},
		{"negative pool stride", image, []Layer{MaxPool2D{Kernel: 2, Stride: -1}}, "Stride = -1, want 0 to"},
		{"large window", image, []Layer{ReLU{}, MaxPool2D{Kernel: 7}}, "nn: layer 1, MaxPool2D(7×7): the input 3×8×6 is smaller than the window 7×7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			net, err := NewNetwork(c.input, c.layers...)
			assert.Nil(t, net)
			require.ErrorContains(t, err, c.want)
			assert.True(t, strings.HasPrefix(err.Error(), "nn: "))
		})
	}
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		input  []int
		layer  Layer
		output []int
	}{
		{[]int{8, 10, 10}, MaxPool2D{Kernel: 4}, []int{8, 2, 2}},
		{[]int{8, 10, 11}, MaxPool2D{Kernel: 3, Stride: 2}, []int{8, 4, 5}},
		{[]int{1, 28, 28}, Conv2D{Channels: 16, Kernel: 5}, []int{16, 24, 24}},
		{[]int{3, 32, 31}, Conv2D{Channels: 4, Kernel: 3, Stride: 2, Padding: 1}, []int{4, 16, 16}},
		{[]int{3, 2, 2}, Conv2D{Channels: 4, Kernel: 4, Padding: 1}, []int{4, 1, 1}},
		{[]int{3, 5, 2}, Flatten{}, []int{30}},
		{[]int{3, 5}, Tanh{}, []int{3, 5}},
		{[]int{7}, Dense{Outputs: 2}, []int{2}},
	} {
		net, err := NewNetwork(c.input, c.layer)
		require.NoError(t, err)
		assert.Equal(t, c.input, net.InputShape())
		assert.Equal(t, c.output, net.OutputShape(), "%v", c.layer)
		assert.Equal(t, engine.Product(c.output...), net.Outputs())
	}
}

func TestBlocks(t *testing.T) {
	net, err := NewNetwork([]int{2, 9, 9},
		Conv2D{Channels: 3, Kernel: 5, NoBias: true}, ReLU{},
		Conv2D{Channels: 4, Kernel: 2, Stride: 2}, Flatten{},
		Dense{Outputs: 6},
	)
	require.NoError(t, err)
	want := []Block{
		{"0.weight", []int{3, 2, 5, 5}, 0, 50},
		{"2.weight", []int{4, 3, 2, 2}, 150, 12},
		{"2.bias", []int{4}, 198, 12},
		{"4.weight", []int{6, 16}, 202, 16},
		{"4.bias", []int{6}, 298, 16},
	}
	assert.Equal(t, want, net.Blocks())
	assert.Equal(t, 304, net.Params())
	assert.Equal(t, 96, net.Blocks()[3].Size())
	assert.Equal(t, 25*3*50+4*4*12+96, net.MultiplyAdds())
}

func TestNetworkIsImmutable(t *testing.T) {
	input, layers := []int{1, 4, 4}, []Layer{Conv2D{Channels: 2, Kernel: 2}, Flatten{}}
	net, err := NewNetwork(input, layers...)
	require.NoError(t, err)
	before := net.String()
	input[0], layers[0] = 9, nil
	net.InputShape()[0] = 9
	net.OutputShape()[0] = 9
	net.Layers()[0] = nil
	net.Blocks()[0].Shape[0] = 9
	net.Blocks()[0].Name = ""
	assert.Equal(t, before, net.String())
	assert.Equal(t, []int{1, 4, 4}, net.InputShape())
	assert.Equal(t, []int{18}, net.OutputShape())
	assert.Equal(t, Block{"0.weight", []int{2, 1, 2, 2}, 0, 4}, net.Blocks()[0])
	assert.Equal(t, []Layer{Conv2D{Channels: 2, Kernel: 2}, Flatten{}}, net.Layers())
}

// A pointer to a layer is a Layer too, by the rules of the language.
func TestPointerLayers(t *testing.T) {
	values, err := NewNetwork([]int{5}, Dense{Outputs: 3}, ReLU{})
	require.NoError(t, err)
	pointers, err := NewNetwork([]int{5}, &Dense{Outputs: 3}, &ReLU{})
	require.NoError(t, err)
	assert.Equal(t, values.String(), pointers.String())
}

func TestLayerStrings(t *testing.T) {
	for want, layer := range map[string]Layer{
		"Dense(3)":                          Dense{Outputs: 3},
		"Dense(3, no bias)":                 Dense{Outputs: 3, NoBias: true},
		"Conv2D(16, 5×5)":                   Conv2D{Channels: 16, Kernel: 5, Stride: 1},
		"Conv2D(2, 3×3, stride 2, no bias)": Conv2D{Channels: 2, Kernel: 3, Stride: 2, NoBias: true},
		"Conv2D(2, 3×3, padding 1)":         Conv2D{Channels: 2, Kernel: 3, Padding: 1},
		"MaxPool2D(2×2)":                    MaxPool2D{Kernel: 2, Stride: 2},
		"MaxPool2D(3×3, stride 2)":          MaxPool2D{Kernel: 3, Stride: 2},
		"ReLU":                              ReLU{},
		"Tanh":                              Tanh{},
		"Flatten":                           Flatten{},
	} {
		assert.Equal(t, want, layer.String())
	}
}
