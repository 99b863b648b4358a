package nn

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

func TestArchitecture(t *testing.T) {
	assert.Equal(t, "1×28×28, Conv2D(16, 5×5), ReLU, MaxPool2D(2×2), Conv2D(8, 3×3), ReLU, MaxPool2D(4×4), Flatten, Dense(10)", MairCNN().Architecture())
	assert.Equal(t, "3, Dense(1)", LinearPerceptron(3).Architecture())
	assert.Equal(t, "5, Tanh, Dense(2, no bias)", mustNetwork([]int{5}, Tanh{}, Dense{Outputs: 2, NoBias: true}).Architecture())
}

// The network of a text is that which wrote it, parameters included.
func TestParseArchitectureIsTheInverse(t *testing.T) {
	r := rand.New(random.Source(1))
	number := regexp.MustCompile(`\b\d+`)
	seen := make(map[string]bool)
	for range 2000 {
		net := randomNetwork(r)
		parsed, err := ParseArchitecture(net.Architecture())
		require.NoError(t, err, net.Architecture())
		require.Equal(t, net.Architecture(), parsed.Architecture())
		require.Equal(t, net.String(), parsed.String())
		require.Equal(t, net.Blocks(), parsed.Blocks())
		require.Equal(t, net.program, parsed.program)
		for _, layer := range net.Layers() {
			seen[number.ReplaceAllString(layer.String(), "")] = true
		}
	}
	for _, kind := range []string{
		"Dense()", "Dense(, no bias)", "GroupedDense(, groups )", "GroupedDense(, groups , no bias)", "ReLU", "Tanh", "Flatten", "MaxPool2D(×)", "MaxPool2D(×, stride )",
		"Conv2D(, ×)", "Conv2D(, ×, stride )", "Conv2D(, ×, padding )", "Conv2D(, ×, no bias)", "Conv2D(, ×, stride , padding , no bias)",
	} {
		assert.Contains(t, seen, kind, "the random networks have no such layer")
	}
}

// randomNetwork returns a network of up to seven layers, of which images, vectors
// and shapes of other dimensions are inputs.
func randomNetwork(r *rand.Rand) *Network {
	for {
		input := make([]int, 1+r.IntN(4))
		for i := range input {
			input[i] = 1 + r.IntN(12)
		}
		net, err := NewNetwork(input, randomLayer(r))
		for n := r.IntN(7); err == nil && n > 0; n-- {
			longer, err := NewNetwork(input, append(net.Layers(), randomLayer(r))...)
			if err == nil { // else the layer does not fit
				net = longer
			}
		}
		if err == nil {
			return net
		}
	}
}

func randomLayer(r *rand.Rand) Layer {
	switch r.IntN(10) {
	case 9:
		groups := 1 + r.IntN(3)
		return GroupedDense{Outputs: groups * (1 + r.IntN(5)), Groups: groups, NoBias: r.IntN(2) == 0}
	case 0:
		return ReLU{}
	case 1:
		return Tanh{}
	case 2:
		return Flatten{}
	case 3:
		return &Dense{Outputs: 1 + r.IntN(30)}
	case 4:
		return Dense{Outputs: 1 + r.IntN(30), NoBias: r.IntN(2) == 0}
	case 5, 6:
		return MaxPool2D{Kernel: 1 + r.IntN(4), Stride: r.IntN(4)}
	}
	return Conv2D{Channels: 1 + r.IntN(12), Kernel: 1 + r.IntN(5), Stride: r.IntN(4), Padding: r.IntN(3), NoBias: r.IntN(2) == 0}
}

func TestParseArchitectureRefuses(t *testing.T) {
	for text, says := range map[string]string{
		"":                                 `nn: the shape of the input is "", want lengths with × between them`,
		"3":                                "nn: the network has no layers",
		"3x4, ReLU":                        `the shape of the input is "3x4"`,
		"03, ReLU":                         `the shape of the input is "03", want it written "3"`,
		"+3, ReLU":                         `want it written "3"`,
		"-3, ReLU":                         "nn: the input shape [-3] has a dimension below 1",
		"0, ReLU":                          "has a dimension below 1",
		"3×, ReLU":                         `the shape of the input is "3×"`,
		"99999999999999999999, ReLU":       `the shape of the input is "99999999999999999999"`,
		"4294967296×4294967296, ReLU":      "nn: the input shape [4294967296 4294967296] is too large",
		" 3, ReLU":                         `the shape of the input is " 3"`,
		"ReLU":                             `the shape of the input is "ReLU"`,
		"3, ":                              `nn: layer 0: no layer is written ""`,
		"3,ReLU":                           `the shape of the input is "3,ReLU"`,
		"3, ReLU,Tanh":                     `nn: layer 0 is followed by ",Tanh", want ", " and another layer`,
		"3, ReLU, ":                        `nn: layer 1: no layer is written ""`,
		"3, ReLU\n":                        `nn: layer 0 is followed by "\n"`,
		"3, relu":                          `nn: layer 0: no layer is written "relu"`,
		"3, ReLU6":                         `nn: layer 0 is followed by "6"`,
		"3, Dense(1), Dense()":             `nn: layer 1: no layer is written "Dense()"`,
		"3, Dense(-1)":                     `no layer is written "Dense(-1)"`,
		"3, Dense(01)":                     `nn: layer 0: "Dense(01)" is written, want "Dense(1)"`,
		"3, Dense(0)":                      "nn: layer 0, Dense(0): Outputs = 0, want 1 to 2147483647",
		"3, Dense(1, bias)":                "no layer is written",
		"3, Dense(99999999999999999999)":   `nn: layer 0: the number "99999999999999999999" is too large`,
		"3, Dense(999999999999)":           "Outputs = 999999999999, want 1 to 2147483647",
		"2147483647, Dense(2147483647)":    "too large",
		"1×9×9, Conv2D(2, 3×4)":            `"Conv2D(2, 3×4)" is written, want "Conv2D(2, 3×3)"`,
		"1×9×9, Conv2D(2, 3×3, stride 1)":  `want "Conv2D(2, 3×3)"`,
		"1×9×9, Conv2D(2, 3×3, padding 0)": `want "Conv2D(2, 3×3)"`,
		"1×9×9, Conv2D(2, 3×3, padding 1, stride 2)": "no layer is written",
		"1×9×9, Conv2D(2, 10×10)":                    "is smaller than the kernel 10×10",
		"1×9×9, MaxPool2D(2×2, stride 2)":            `want "MaxPool2D(2×2)"`,
		"1×9×9, MaxPool2D(2×2, no bias)":             "no layer is written",
		"1×9×9, Dense(3)":                            "add Flatten before this layer",
		"1×28×28, Conv2D(1048576, 5×5)":              "the intermediate results of a few samples take 14.5 GB",
		"3, " + strings.Repeat("x", 500):             `no layer is written "` + strings.Repeat("x", 60) + `"`,
		"3" + strings.Repeat(", ReLU", 1<<18):        "nn: the architecture has 1572865 bytes, want at most 1048576",
	} {
		net, err := ParseArchitecture(text)
		require.Nil(t, net)
		require.ErrorContains(t, err, says)
		assert.True(t, strings.HasPrefix(err.Error(), "nn: "), err)
		assert.Less(t, len(err.Error()), 500)
	}
}

// The longest text takes time and memory in proportion to its length.
func TestParseLongestArchitecture(t *testing.T) {
	text := "3" + strings.Repeat(", ReLU", (maxArchitecture-1)/6)
	net, err := ParseArchitecture(text)
	require.NoError(t, err)
	assert.Len(t, net.Layers(), (maxArchitecture-1)/6)
	assert.True(t, text == net.Architecture())
}

func FuzzParseArchitecture(f *testing.F) {
	r := rand.New(random.Source(2))
	for range 30 {
		f.Add(randomNetwork(r).Architecture())
	}
	f.Add("1×9×9, Conv2D(2, 3×4)")
	f.Add("3, Dense(99999999999999999999)")
	f.Add("1×1×1, Conv2D(1, 1×1, stride 10000, padding 10000)")
	f.Fuzz(func(t *testing.T, text string) {
		net, err := ParseArchitecture(text)
		if err != nil {
			require.Nil(t, net)
			return
		}
		require.Equal(t, text, net.Architecture())
	})
}

func ExampleParseArchitecture() {
	net, err := ParseArchitecture("1×8×8, Conv2D(4, 3×3), ReLU, MaxPool2D(2×2), Flatten, Dense(10)")
	if err != nil {
		panic(err)
	}
	fmt.Println(net.InputShape(), net.Outputs(), net.Params())
	// Output:
	// [1 8 8] 10 410
}
