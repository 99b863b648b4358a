package engine

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// A slopeCase is a network, a dataset and an objective to compute derivatives
// at references of.
type slopeCase struct {
	name   string
	net    *network
	data   *data.Dataset
	loss   NewObjective
	sparse bool // has a sparse first stage
	by     definition
}

// slopeCases returns all kinds of stages and, for some seeds, random networks.
func slopeCases(t *testing.T, samples int, seeds uint64) (cases []slopeCase) {
	add := func(name string, net *network) {
		input, outputs := net.program.Input, net.Outputs()
		for _, c := range objectiveCases() {
			d := c.data(t, samples, input, outputs)
			if d != nil && d.Outputs() > 0 {
				cases = append(cases, slopeCase{name: name + ", " + c.name, net: net, data: d, loss: c.loss, by: c.definition})
			}
		}
		if outputs < 2 {
			return
		}
		if name == "paper" {
			d, err := data.NewTargets(inputs(samples*Product(input...), 0.85), input, inputs(samples*outputs/2, 0))
			require.NoError(t, err)
			require.True(t, newPlan(&net.program).sparsePays(d), name)
			cases = append(cases, slopeCase{"sparse, Gaussian, softplus", net, d, NewGaussianSoftplus, true, gaussianBy(softplusBy)})
		}
		for _, zeros := range []float64{0, 0.85} {
			d := labeled(t, samples, input, outputs, zeros)
			p := newPlan(&net.program)
			if zeros > 0 && strings.HasPrefix(name, "sparse") {
				require.True(t, p.sparsePays(d), name)
			}
			cases = append(cases, slopeCase{fmt.Sprintf("%s, zeros %v", name, zeros), net, d, NewCrossEntropy, p.sparsePays(d), crossEntropyBy})
		}
	}
	image, gray := []int{2, 11, 9}, []int{1, 18, 16}
	for name, net := range map[string]*network{
		"paper":                   mairCNN(),
		"one dense":               mustNetwork([]int{13}, Dense{Outputs: 5}),
		"one dense without bias":  mustNetwork([]int{13}, Dense{Outputs: 5, NoBias: true}),
		"one output":              mustNetwork([]int{13}, Dense{Outputs: 1}),
		"one number":              mustNetwork([]int{1}, Dense{Outputs: 1}),
		"one number without bias": mustNetwork([]int{1}, Dense{Outputs: 1, NoBias: true}),
		"dense":                   mustNetwork([]int{40}, Dense{Outputs: 30}, ReLU{}, Dense{Outputs: 9}, Tanh{}, Dense{Outputs: 4}),
		"dense tanh":              mustNetwork([]int{40}, Dense{Outputs: 70}, Tanh{}, Dense{Outputs: 4}),
		"activation first":        mustNetwork(image, Tanh{}, Conv2D{Channels: 5, Kernel: 3}, ReLU{}, Flatten{}, Dense{Outputs: 3}),
		"pooling first":           mustNetwork(image, MaxPool2D{Kernel: 2}, Conv2D{Channels: 5, Kernel: 3}, ReLU{}, Flatten{}, Dense{Outputs: 3}),
		"pooling alone":           mustNetwork(image, Conv2D{Channels: 9, Kernel: 2}, Tanh{}, MaxPool2D{Kernel: 2}, MaxPool2D{Kernel: 2}, Flatten{}, Dense{Outputs: 3}),
		"strides":                 mustNetwork(image, Conv2D{Channels: 17, Kernel: 3, Stride: 2}, ReLU{}, Conv2D{Channels: 4, Kernel: 2, Stride: 2}, Tanh{}, Flatten{}, Dense{Outputs: 3}),
		"padding":                 mustNetwork(image, Conv2D{Channels: 6, Kernel: 3, Padding: 2}, ReLU{}, MaxPool2D{Kernel: 2}, Conv2D{Channels: 4, Kernel: 3, Padding: 1}, MaxPool2D{Kernel: 3, Stride: 2}, Flatten{}, Dense{Outputs: 3}),
		"no bias":                 mustNetwork(image, Conv2D{Channels: 16, Kernel: 3, NoBias: true}, MaxPool2D{Kernel: 2}, ReLU{}, Conv2D{Channels: 8, Kernel: 2, NoBias: true}, Flatten{}, Dense{Outputs: 3, NoBias: true}),
		"sparse tanh":             mustNetwork(gray, Conv2D{Channels: 20, Kernel: 5}, Tanh{}, MaxPool2D{Kernel: 2}, Conv2D{Channels: 5, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 2}, Flatten{}, Dense{Outputs: 3}),
		"sparse padding":          mustNetwork(gray, Conv2D{Channels: 13, Kernel: 5, Padding: 1}, MaxPool2D{Kernel: 2}, ReLU{}, Conv2D{Channels: 5, Kernel: 3, Padding: 1}, Tanh{}, MaxPool2D{Kernel: 3}, Flatten{}, Dense{Outputs: 3}),
		"sparse, then dense":      mustNetwork(gray, Conv2D{Channels: 20, Kernel: 5}, ReLU{}, MaxPool2D{Kernel: 2}, Flatten{}, Dense{Outputs: 3}),
		"sparse without pooling":  mustNetwork(gray, Conv2D{Channels: 20, Kernel: 5}, ReLU{}, Flatten{}, Dense{Outputs: 3}),
		"ends in a convolution":   mustNetwork(image, Conv2D{Channels: 11, Kernel: 3}, ReLU{}, Conv2D{Channels: 2, Kernel: 9, Padding: 1}),
		"ends in a ReLU":          mustNetwork(image, Conv2D{Channels: 3, Kernel: 5}, ReLU{}),
		"ends in a pooling":       mustNetwork(image, Conv2D{Channels: 3, Kernel: 5}, MaxPool2D{Kernel: 2}),
		"no parameters":           mustNetwork(image, Tanh{}, Flatten{}),
		"no stages":               mustNetwork([]int{3}, Flatten{}),
	} {
		add(name, net)
	}
	for seed := range seeds {
		_, _, net := randomNetwork(seed + 5000)
		add(fmt.Sprintf("random %d", seed), net)
		_, _, net = randomDeepNetwork(seed + 5000)
		add(fmt.Sprintf("random deep %d", seed), net)
	}
	return cases
}

// normalModels returns models of normal numbers.
func normalModels(net *network, n int, sigma float64, seed uint64) [][]float32 {
	models := make([][]float32, n)
	for k := range models {
		models[k] = make([]float32, net.Params())
		initNormal(models[k], sigma, random.Source(seed, uint64(k)))
	}
	return models
}

// Slopes agree with the products of the samples' gradients with the directions,
// and with differences of the losses by definition, in float64. Near a kink a
// difference is not the derivative: two steps that disagree tell.
func TestSlopesAgreeWithGradientsAndDifferences(t *testing.T) {
	const samples = 8
	checked, sparse := 0, 0
	seeds := uint64(12)
	if testing.Short() {
		seeds = 3
	}
	for _, c := range slopeCases(t, samples, seeds) {
		p := c.net.Params()
		models, references, directions := normalModels(c.net, 1, 0.3, 11), normalModels(c.net, 2, 0.3, 12), normalModels(c.net, 2, 1, 13)
		list := []int{3, 0, 7, 3, 5, 1, 6, 4, 2, 2}
		slopes, dst := rows(2, len(list)), rows(1, len(list))
		newLosses(t, c.net, c.data, c.loss, 1).LossesAndSlopes(dst, models, slopes, references, directions, list)
		if c.sparse {
			sparse++
		}
		g := newGradients(t, c.net, c.data, c.loss, 1)
		gradients, losses := make([]float32, len(list)*p), make([]float64, len(list))
		for k, reference := range references {
			g.PerSample(gradients, losses, reference, list)
			for j, i := range list {
				want, size := 0.0, 0.0
				for at, v := range gradients[j*p:][:p] {
					term := float64(v) * float64(directions[k][at])
					want += term
					size += math.Abs(term)
				}
				// A loss that is small is so by a difference, which rounds.
				rounding := 2e-6 * size * (1 + 1/math.Sqrt(2*math.Abs(losses[j])))
				require.InDelta(t, want, slopes[k][j], rounding, "%s, sample %d\n%v", c.name, i, c.net)
				if j > 2 || p > 20_000 {
					continue
				}
				difference := func(step float64) float64 {
					at := func(step float64) float64 {
						moved := make([]float64, p)
						for i, v := range reference {
							moved[i] = float64(v) + step*float64(directions[k][i])
						}
						return referenceLossOf(c.by, c.net.layers, c.net.program.Input, moved, c.data, i)
					}
					return (at(step) - at(-step)) / (2 * step)
				}
				coarse, fine := difference(1e-6), difference(5e-7)
				if math.Abs(coarse-fine) <= 1e-6*size {
					checked++
					require.InDelta(t, fine, slopes[k][j], 5*rounding, "%s, sample %d\n%v", c.name, i, c.net)
				}
			}
		}
	}
	t.Logf("%d differences, %d sparse first stages", checked, sparse)
	require.Greater(t, checked, 500)
	require.Greater(t, sparse, 10)
}

// Losses are those of Losses, and slopes do not depend on what else a call has,
// bit for bit, nor on the number of workers.
func TestSlopesAreTheSameBitsWhateverTheCall(t *testing.T) {
	const n = 40
	for _, c := range slopeCases(t, n, 1) {
		models, references, directions := normalModels(c.net, 3, 0.3, 11), normalModels(c.net, 3, 0.3, 12), normalModels(c.net, 3, 1, 13)
		references[2] = references[0]
		if offsets := c.net.offsets(); len(offsets) > 2 { // some models share leading layers
			copy(models[1][:offsets[2]], models[0])
		}
		samples := append(randomSamples(c.data, 40, 5), 7, 7)
		losses := rows(3, len(samples))
		newLosses(t, c.net, c.data, c.loss, 1).Losses(losses, models, samples)
		want := rows(3, len(samples))
		one := newLosses(t, c.net, c.data, c.loss, 1)
		for k := range references {
			for j := range samples {
				one.LossesAndSlopes(nil, nil, [][]float64{want[k][j : j+1]}, references[k:k+1], directions[k:k+1], samples[j:j+1])
			}
		}
		for _, workers := range []int{1, 2, 3} {
			l := newLosses(t, c.net, c.data, c.loss, workers)
			l.team.Least = 0
			// Models that share nothing, of which nothing may be left in the next call.
			other, same := rows(3, len(samples)), rows(3, len(samples))
			l.LossesAndSlopes(other, [][]float32{models[0], models[2], models[2]}, same, references, directions, samples)
			require.Equal(t, [][]float64{losses[0], losses[2], losses[2]}, other, "%s, %d workers", c.name, workers)
			require.Equal(t, want, same, "%s, %d workers", c.name, workers)
			for _, order := range [][]int{{0, 1, 2}, {2, 1}, {0}} {
				var rs, ds [][]float32
				for _, k := range order {
					rs, ds = append(rs, references[k]), append(ds, directions[k])
				}
				dst, slopes := rows(3, len(samples)), rows(len(order), len(samples))
				l.LossesAndSlopes(dst, models, slopes, rs, ds, samples)
				require.Equal(t, losses, dst, "%s, %d workers", c.name, workers)
				for at, k := range order {
					require.Equal(t, want[k], slopes[at], "%s, %d workers, order %v", c.name, workers, order)
				}
				l.Losses(dst, models, samples)
				require.Equal(t, losses, dst, "%s, %d workers", c.name, workers)
			}
		}
	}
}

func TestSlopesDoNotAllocate(t *testing.T) {
	for _, c := range slopeCases(t, 40, 0) {
		for _, workers := range []int{1, 2} {
			l := newLosses(t, c.net, c.data, c.loss, workers)
			l.team.Least = 0
			models, references := normalModels(c.net, 2, 0.3, 11), normalModels(c.net, 1, 0.3, 12)
			directions := [2][][]float32{normalModels(c.net, 1, 1, 13), normalModels(c.net, 1, 1, 14)}
			samples, dst, slopes, calls := randomSamples(c.data, 22, 1), rows(2, 22), rows(1, 22), 0
			assert.Zero(t, testing.AllocsPerRun(20, func() {
				calls++
				l.LossesAndSlopes(dst, models, slopes, references, directions[calls%2], samples)
			}), "%s, %d workers", c.name, workers)
		}
	}
}

// The mean of the slopes over all samples is the gradient's product with the
// direction.
func TestMeanSlopeIsTheGradientInTheDirection(t *testing.T) {
	digits, err := data.Digits(2000, random.Source(1))
	require.NoError(t, err)
	for name, net := range map[string]*network{"paper": mairCNN(), "mlp": mlp(), "leNet": leNet()} {
		l := newLosses(t, net, digits, NewCrossEntropy, 2)
		reference := randomModels(net, 1, 3)[0]
		directions := normalModels(net, 3, 0.01, 4)
		slopes, losses, gradient := rows(3, digits.Len()), make([]float64, digits.Len()), make([]float32, net.Params())
		l.LossesAndSlopes(nil, nil, slopes, [][]float32{reference, reference, reference}, directions, firstSamples(digits.Len()))
		l.Gradient(gradient, losses, reference)
		for k, direction := range directions {
			want, size, mean := 0.0, 0.0, 0.0
			for i, v := range gradient {
				want += float64(v) * float64(direction[i])
				size += math.Abs(float64(v) * float64(direction[i]))
			}
			for _, v := range slopes[k] {
				mean += v / float64(digits.Len())
			}
			t.Logf("%s: off by %.1e", name, math.Abs(mean-want)/size)
			assert.InDelta(t, want, mean, 1e-6*size, name)
		}
	}
}

// Where the loss at a reference is not finite, its slope is not, and that of
// other samples and calls is what it was.
func TestSlopesOfLossesThatAreNotFinite(t *testing.T) {
	infinite := 0
	for _, c := range slopeCases(t, 20, 6) {
		if c.net.Params() == 0 {
			continue
		}
		l := newLosses(t, c.net, c.data, c.loss, 1)
		reference, directions := normalModels(c.net, 1, 0.3, 12), normalModels(c.net, 1, 1, 13)
		samples := firstSamples(20)
		want := rows(1, 20)
		l.LossesAndSlopes(nil, nil, want, reference, directions, samples)
		for at := range 4 {
			bad := append([]float32(nil), reference[0]...)
			bad[at*(len(bad)-1)/3] = float32([]float64{math.NaN(), math.Inf(1), 3e38, math.Inf(-1)}[at])
			losses, slopes := rows(1, 20), rows(1, 20)
			l.LossesAndSlopes(losses, [][]float32{bad}, slopes, [][]float32{bad}, directions, samples)
			for j, loss := range losses[0] {
				if loss-loss != 0 {
					infinite++
					require.True(t, slopes[0][j]-slopes[0][j] != 0, "%s, place %d: loss %v, slope %v", c.name, at, loss, slopes[0][j])
				}
			}
			again := rows(1, 20)
			l.LossesAndSlopes(nil, nil, again, reference, directions, samples)
			require.Equal(t, want, again, c.name)
		}
	}
	require.Greater(t, infinite, 1000)
}
