package nn

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/engine"
	"github.com/trajens/trajens/nn/internal/nntest"
)

// A goldenCase is an entry of testdata/nn/golden.json, which golden.py beside
// it writes with PyTorch in float64.
type goldenCase struct {
	Name            string
	Seed            uint64
	Scale           float64
	Input           []int
	Layers          []goldenLayer
	Loss, Images    string
	Samples, Params int
	Outputs, Losses []float64
}

// goldenLosses are the losses by their names in golden.py.
var goldenLosses = map[string]Loss{
	"half-squared-error": HalfSquaredError,
	"cross-entropy":      CrossEntropy,
	"gaussian-exp":       GaussianExp,
	"gaussian-softplus":  GaussianSoftplus,
}

type goldenLayer struct {
	Type                              string
	Outputs, Channels, Kernel, Stride int
	Padding                           int
	NoBias                            bool `json:"no_bias"`
}

// A congruential is the generator that golden.py describes.
type congruential uint64

func (g *congruential) uniform() float64 {
	*g = 6364136223846793005**g + 1442695040888963407
	return float64(*g>>40) / (1 << 24)
}

func (g *congruential) below(n int) int { return int(g.uniform() * float64(n)) }

func (g *congruential) strokes(channels, height, width int) []float32 {
	image := make([]float32, channels*height*width)
	for c := range channels {
		for range 3 {
			y, x := g.below(height), g.below(width)
			dy, dx := g.below(3)-1, g.below(3)-1
			for range 14 {
				ink := float32(float64(128+g.below(128)) / 255)
				for _, v := range []int{y, y + 1} {
					for _, h := range []int{x, x + 1} {
						if v >= 0 && v < height && h >= 0 && h < width {
							pixel := &image[(c*height+v)*width+h]
							*pixel = max(*pixel, ink)
						}
					}
				}
				y, x = y+dy, x+dx
			}
		}
	}
	return image
}

func goldenCases(t testing.TB) []goldenCase {
	t.Helper()
	text, err := os.ReadFile("../testdata/nn/golden.json")
	require.NoError(t, err)
	var cases []goldenCase
	require.NoError(t, json.Unmarshal(text, &cases))
	require.NotEmpty(t, cases)
	return cases
}

func (c goldenCase) build(t testing.TB) (net *Network, params []float32, d *data.Dataset, loss Loss) {
	t.Helper()
	var layers []Layer
	for _, l := range c.Layers {
		switch l.Type {
		case "dense":
			layers = append(layers, Dense{Outputs: l.Outputs, NoBias: l.NoBias})
		case "conv":
			layers = append(layers, Conv2D{Channels: l.Channels, Kernel: l.Kernel, Stride: l.Stride, Padding: l.Padding, NoBias: l.NoBias})
		case "pool":
			layers = append(layers, MaxPool2D{Kernel: l.Kernel, Stride: l.Stride})
		case "relu":
			layers = append(layers, ReLU{})
		case "tanh":
			layers = append(layers, Tanh{})
		case "flatten":
			layers = append(layers, Flatten{})
		default:
			t.Fatalf("layer %q", l.Type)
		}
	}
	net, err := NewNetwork(c.Input, layers...)
	require.NoError(t, err)
	require.Equal(t, c.Params, net.Params())

	g := congruential(c.Seed)
	params = make([]float32, c.Params)
	width := c.Scale * math.Sqrt(3)
	for i := range params {
		params[i] = float32((2*g.uniform() - 1) * width)
	}
	var inputs, targets []float32
	var labels []int
	for range c.Samples {
		if c.Images == "strokes" {
			inputs = append(inputs, g.strokes(c.Input[0], c.Input[1], c.Input[2])...)
		} else {
			for range engine.Product(c.Input...) {
				inputs = append(inputs, float32(g.uniform()))
			}
		}
		if c.Loss == "cross-entropy" {
			labels = append(labels, g.below(net.Outputs()))
			continue
		}
		n := net.Outputs()
		if goldenLosses[c.Loss] != HalfSquaredError {
			n /= 2
		}
		for range n {
			targets = append(targets, float32(2*g.uniform()-1))
		}
	}
	if labels != nil {
		d, err = data.NewLabeled(inputs, c.Input, labels, net.Outputs())
	} else {
		d, err = data.NewTargets(inputs, c.Input, targets)
	}
	require.NoError(t, err)
	require.Contains(t, goldenLosses, c.Loss)
	return net, params, d, goldenLosses[c.Loss]
}

// Losses must agree to 1e-5 relative. The exception is a cross-entropy below
// 1e-3 among large logits: it is about exp(−gap), and the gap between two
// logits of size z has the rounding errors of float32, some 1e-7 z, however
// the sums are done; rounding the two logits alone makes half of that. A loss that
// is a difference, as of GaussianExp and GaussianSoftplus, is compared relative to
// the sum of its absolute terms.
func TestGolden(t *testing.T) {
	const tolerance = 1e-6 // of a logit, relative to the largest of a sample
	for _, c := range goldenCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			net, params, d, loss := c.build(t)
			l, err := NewLosses(net, d, loss, Config{})
			require.NoError(t, err)
			samples := firstSamples(d.Len())
			losses := rows(1, len(samples))
			l.Losses(losses, [][]float32{params}, samples)
			outputs := make([]float32, len(samples)*net.Outputs())
			net.NewEvaluator().Outputs(outputs, params, d, samples)

			for i, want := range c.Losses {
				wantOutput, output := c.Outputs[i*net.Outputs():][:net.Outputs()], outputs[i*net.Outputs():]
				size := 0.0
				for _, v := range wantOutput {
					size = max(size, math.Abs(v))
				}
				// Outputs round in units of the absolute terms that they are the sum of:
				// each addition by up to 6e-8, most of them by less and not alike. Without
				// fused multiply-adds one output of the Gaussian cases is off by 1.05e-7.
				unit := 1e-7
				if loss == GaussianExp || loss == GaussianSoftplus {
					unit = 1.2e-7
				}
				_, terms := nntest.Reference(c.Input, definitions(net), params, d.Input(i))
				for k, v := range wantOutput {
					assert.InDelta(t, v, float64(output[k]), unit*terms[k], "output %d of sample %d", k, i)
				}
				relative := 1e-5
				if loss == CrossEntropy && want < 1e-3 {
					relative = max(relative, 2*tolerance*size)
				}
				size = max(want, termsOf(loss, wantOutput, d.Target(i)))
				assert.InDelta(t, want, losses[0][i], relative*size, "loss of sample %d, size %.3g", i, size)
			}
		})
	}
}

// termsOf returns the sum of the absolute terms of a Gaussian loss, 0 for others.
func termsOf(loss Loss, output []float64, target []float32) (sum float64) {
	if loss != GaussianExp && loss != GaussianSoftplus {
		return 0
	}
	for k, y := range target {
		scale := math.Exp(output[len(target)+k])
		if loss == GaussianSoftplus {
			scale = math.Log1p(scale) + 1e-6
		}
		sum += math.Log(2*math.Pi)/2 + math.Abs(math.Log(scale)) + math.Pow((output[k]-float64(y))/scale, 2)/2
	}
	return sum
}
