package nn

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// reference evaluates layers by their definitions, in float64 and in the
// order of PyTorch. Beside the outputs it returns a size for each, the sum of
// absolute terms that it was computed from, in units of which float32 rounds.
func reference[P float32 | float64](input []int, layers []Layer, params []P, x []float32) (output, size []float64) {
	output = make([]float64, len(x))
	size = make([]float64, len(x))
	for i, v := range x {
		output[i], size[i] = float64(v), math.Abs(float64(v))
	}
	shape := input
	take := func(n int) []P {
		block := params[:n]
		params = params[n:]
		return block
	}
	for _, layer := range layers {
		in, inSize := output, size
		switch l := layer.(type) {
		case Flatten:
			shape = []int{len(in)}
		case ReLU:
			output = apply(in, func(v float64) float64 { return max(v, 0) })
		case Tanh:
			output = apply(in, math.Tanh)
		case Dense:
			weight, bias := take(l.Outputs*len(in)), make([]P, l.Outputs)
			if !l.NoBias {
				bias = take(l.Outputs)
			}
			output, size = make([]float64, l.Outputs), make([]float64, l.Outputs)
			for o := range l.Outputs {
				output[o], size[o] = float64(bias[o]), math.Abs(float64(bias[o]))
				for i := range in {
					w := float64(weight[o*len(in)+i])
					output[o] += w * in[i]
					size[o] += math.Abs(w) * inSize[i]
				}
			}
			shape = []int{l.Outputs}
		case Conv2D:
			channels, height, width, k := shape[0], shape[1], shape[2], l.Kernel
			stride := max(1, l.Stride)
			weight, bias := take(l.Channels*channels*k*k), make([]P, l.Channels)
			if !l.NoBias {
				bias = take(l.Channels)
			}
			output, size = nil, nil
			shape = []int{l.Channels, (height+2*l.Padding-k)/stride + 1, (width+2*l.Padding-k)/stride + 1}
			for o := range shape[0] {
				for y := range shape[1] {
					for x := range shape[2] {
						v, s := float64(bias[o]), math.Abs(float64(bias[o]))
						for c := range channels {
							for ky := range k {
								for kx := range k {
									iy, ix := y*stride+ky-l.Padding, x*stride+kx-l.Padding
									if iy < 0 || iy >= height || ix < 0 || ix >= width {
										continue
									}
									w, at := float64(weight[((o*channels+c)*k+ky)*k+kx]), (c*height+iy)*width+ix
									v += w * in[at]
									s += math.Abs(w) * inSize[at]
								}
							}
						}
						output, size = append(output, v), append(size, s)
					}
				}
			}
		case MaxPool2D:
			channels, height, width := shape[0], shape[1], shape[2]
			stride := l.Stride
			if stride == 0 {
				stride = l.Kernel
			}
			output, size = nil, nil
			shape = []int{channels, (height-l.Kernel)/stride + 1, (width-l.Kernel)/stride + 1}
			for c := range channels {
				for y := range shape[1] {
					for x := range shape[2] {
						v, s := math.Inf(-1), 0.0
						for ky := range l.Kernel {
							for kx := range l.Kernel {
								at := (c*height+y*stride+ky)*width + x*stride + kx
								v, s = max(v, in[at]), max(s, inSize[at])
							}
						}
						output, size = append(output, v), append(size, s)
					}
				}
			}
		}
	}
	return output, size
}

func apply(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// randomNetwork returns a network of up to six layers on a small image.
func randomNetwork(seed uint64) (input []int, layers []Layer, net *Network) {
	source := random.Source(seed, 100)
	below := func(n int) int { return random.Below(source, n) }
	for {
		input = []int{1 + below(4), 1 + below(12), 1 + below(12)}
		layers = nil
		for range 1 + below(4) {
			switch below(5) {
			case 0:
				layers = append(layers, ReLU{})
			case 1:
				layers = append(layers, Tanh{})
			case 2:
				layers = append(layers, MaxPool2D{Kernel: 1 + below(3), Stride: below(4)})
			default:
				layers = append(layers, Conv2D{Channels: 1 + below(18), Kernel: 1 + below(5), Stride: below(3), Padding: below(3), NoBias: below(3) == 0})
			}
		}
		if below(3) > 0 {
			layers = append(layers, Flatten{}, Dense{Outputs: 1 + below(20), NoBias: below(3) == 0})
			if below(2) == 0 {
				layers = append(layers, Tanh{}, Dense{Outputs: 1 + below(9)})
			}
		}
		net, err := NewNetwork(input, layers...) // layers that do not fit are an error: draw again
		if err == nil {
			return input, layers, net
		}
	}
}

func TestRandomNetworks(t *testing.T) {
	const networks, n = 400, 3
	for seed := range uint64(networks) {
		input, layers, net := randomNetwork(seed)
		for _, zeros := range []float64{0, 0.7} {
			d := targeted(t, n, input, net.Outputs())
			if zeros > 0 {
				d = labeled(t, n, input, 2, zeros)
			}
			params := make([]float32, net.Params())
			InitNormal(params, 0.5, random.Source(seed, 101))
			output := make([]float32, n*net.Outputs())
			net.NewEvaluator().Outputs(output, params, d, firstSamples(n))
			for i := range n {
				want, size := reference(input, layers, params, d.Input(i))
				for k, v := range want {
					got := float64(output[i*net.Outputs()+k])
					if !(math.Abs(got-v) <= 5e-7*size[k]) {
						t.Fatalf("seed %d, sample %d, output %d: %v, want %v ± %.1e\n%v", seed, i, k, got, v, 5e-7*size[k], net)
					}
				}
			}
		}
	}
}

// TestOutputsAndLossesAgree compares the two ways of the package that lead to
// the loss, for networks of one layer too.
func TestOutputsAndLossesAgree(t *testing.T) {
	for _, inputs := range []int{1, 2, 3, 4, 5, 11} {
		for _, noBias := range []bool{false, true} {
			t.Run(fmt.Sprintf("inputs=%d,noBias=%v", inputs, noBias), func(t *testing.T) {
				net, err := NewNetwork([]int{inputs}, Dense{Outputs: 1, NoBias: noBias})
				require.NoError(t, err)
				d := targeted(t, 50, []int{inputs}, 1)
				model := randomModels(net, 1, 3)
				samples := randomSamples(d, 80, 4)
				losses := rows(1, len(samples))
				outputs := make([]float32, len(samples))
				l, err := NewLosses(net, d, HalfSquaredError, Config{})
				require.NoError(t, err)
				l.Losses(losses, model, samples)
				net.NewEvaluator().Outputs(outputs, model[0], d, samples)
				for j, i := range samples {
					residual := float64(outputs[j]) - float64(d.Target(i)[0])
					// On processors with a fused multiply-add the compiler may
					// round the output differently in the two.
					require.InDelta(t, residual*residual/2, losses[0][j], 1e-6*math.Abs(residual))
				}
			})
		}
	}
}
