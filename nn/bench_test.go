package nn

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
	"github.com/trajens/trajens/internal/random"
)

// mustNetwork returns a network of layers that fit.
func mustNetwork(input []int, layers ...Layer) *Network {
	net, err := NewNetwork(input, layers...)
	if err != nil {
		panic(err)
	}
	return net
}

func mlp() *Network {
	return mustNetwork([]int{1, 28, 28}, Flatten{}, Dense{Outputs: 128}, ReLU{}, Dense{Outputs: 10})
}

func leNet() *Network {
	return mustNetwork([]int{1, 28, 28},
		Conv2D{Channels: 6, Kernel: 5}, ReLU{}, MaxPool2D{Kernel: 2},
		Conv2D{Channels: 16, Kernel: 5}, ReLU{}, MaxPool2D{Kernel: 2},
		Flatten{}, Dense{Outputs: 120}, ReLU{}, Dense{Outputs: 84}, ReLU{}, Dense{Outputs: 10})
}

func colorCNN() *Network {
	return mustNetwork([]int{3, 32, 32},
		Conv2D{Channels: 32, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 2},
		Conv2D{Channels: 64, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 2},
		Flatten{}, Dense{Outputs: 10})
}

// BenchmarkLosses reports samples/s, the number of evaluations of one model on
// one sample a second, and %peak, the share of what the processor can do in
// fused multiply-adds, counting all of NeededMultiplyAdds: sparse data can
// have more than 100. The first model stays, as in a chain, the others change
// at each call.
func BenchmarkLosses(b *testing.B) {
	digits, err := data.Digits(2000, random.Source(1))
	require.NoError(b, err)
	gray := labeled(b, 1000, []int{1, 28, 28}, 10, 0)
	color := labeled(b, 500, []int{3, 32, 32}, 10, 0)
	peak := kernel.FMAPeak(200 * time.Millisecond)
	for _, c := range []struct {
		name  string
		net   *Network
		data  *data.Dataset
		loss  Loss
		batch []int
	}{
		{"cnn-digits", MairCNN(), digits, CrossEntropy, []int{32, 240}},
		{"cnn-random", MairCNN(), gray, CrossEntropy, []int{32, 240}},
		{"mlp-digits", mlp(), digits, CrossEntropy, []int{32, 240}},
		{"mlp-random", mlp(), gray, CrossEntropy, []int{32, 240}},
		{"lenet-digits", leNet(), digits, CrossEntropy, []int{32, 240}},
		{"lenet-random", leNet(), gray, CrossEntropy, []int{32, 240}},
		{"color-random", colorCNN(), color, CrossEntropy, []int{32, 240}},
		{"perceptron", LinearPerceptron(1), targeted(b, 256, []int{1}, 1), HalfSquaredError, []int{32, 256}},
		{"perceptron-100", LinearPerceptron(100), targeted(b, 256, []int{100}, 1), HalfSquaredError, []int{32}},
	} {
		for _, batch := range c.batch {
			for _, models := range []int{1, 2} {
				for _, workers := range []int{1, 2} {
					b.Run(fmt.Sprintf("%s/batch=%d/models=%d/workers=%d", c.name, batch, models, workers), func(b *testing.B) {
						l := newLosses(b, c.net, c.data, c.loss, workers)
						benchmarkLosses(b, l, randomModels(c.net, models+8, 1), models, batch, peak)
					})
				}
			}
		}
	}
}

func benchmarkLosses(b *testing.B, l *Losses, parameters [][]float32, models, batch int, peak float64) {
	samples := randomSamples(l.data, batch, 2)
	dst := rows(models, batch)
	list := make([][]float32, models)
	copy(list, parameters)
	l.Losses(dst, list, samples)
	b.ReportAllocs()
	calls := 0
	for b.Loop() {
		for k := 1; k < models; k++ {
			list[k] = parameters[models+calls%(len(parameters)-models)]
		}
		calls++
		l.Losses(dst, list, samples)
	}
	perSecond := float64(b.N) * float64(models*batch) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond, "samples/s")
	if peak > 0 {
		b.ReportMetric(100*perSecond*2*float64(l.net.NeededMultiplyAdds())/peak, "%peak")
	}
}

// BenchmarkLossesAndSlopes compares two losses of each sample, the first of a
// model that stays, with the same and a slope at a reference that stays, in a
// direction that changes at each call, and with such slopes alone by Gradients.
// Samples change at each call, so that a processor does not learn them. Compare
// ns/sample.
func BenchmarkLossesAndSlopes(b *testing.B) {
	digits, err := data.Digits(2000, random.Source(1))
	require.NoError(b, err)
	gray := labeled(b, 1000, []int{1, 28, 28}, 10, 0)
	for _, c := range []struct {
		name string
		net  *Network
		data *data.Dataset
		loss Loss
	}{
		{"cnn-digits", MairCNN(), digits, CrossEntropy},
		{"cnn-random", MairCNN(), gray, CrossEntropy},
		{"mlp-digits", mlp(), digits, CrossEntropy},
		{"lenet-digits", leNet(), digits, CrossEntropy},
		{"perceptron", LinearPerceptron(1), targeted(b, 256, []int{1}, 1), HalfSquaredError},
		{"perceptron-100", LinearPerceptron(100), targeted(b, 256, []int{100}, 1), HalfSquaredError},
	} {
		for _, batch := range []int{32, 240} {
			l, g := newLosses(b, c.net, c.data, c.loss, 1), newGradients(b, c.net, c.data, c.loss, 1)
			parameters, drawn := randomModels(c.net, 10, 1), randomSamples(c.data, 4096, 2)
			samples := drawn[:batch]
			models, reference, direction := [][]float32{parameters[0], nil}, parameters[1:2], make([][]float32, 1)
			dst, slopes := rows(2, batch), rows(1, batch)
			run := func(name string, do func()) {
				b.Run(fmt.Sprintf("%s/batch=%d/%s", c.name, batch, name), func(b *testing.B) {
					b.ReportAllocs()
					calls := 0
					for b.Loop() {
						models[1] = parameters[2+calls%8]
						direction[0] = parameters[2+(calls+3)%8]
						samples = drawn[calls*batch%(len(drawn)-batch):][:batch]
						calls++
						do()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/sample")
				})
			}
			run("losses", func() { l.Losses(dst, models, samples) })
			run("losses+slopes", func() { l.LossesAndSlopes(dst, models, slopes, reference, direction, samples) })
			run("directional", func() { g.Directional(slopes, reference[0], direction, samples) })
		}
	}
}

// BenchmarkSharedPrefix has a second model that differs from the first in no
// layer before the one that is named.
func BenchmarkSharedPrefix(b *testing.B) {
	digits, err := data.Digits(2000, random.Source(1))
	require.NoError(b, err)
	net := MairCNN()
	peak := kernel.FMAPeak(200 * time.Millisecond)
	for _, block := range []string{"0.weight", "3.weight", "7.weight"} {
		b.Run("changed="+block, func(b *testing.B) {
			from := 0
			for _, part := range net.Blocks() {
				if part.Name == block {
					from = part.Offset
				}
			}
			parameters := randomModels(net, 10, 1)
			for _, model := range parameters[1:] {
				copy(model[:from], parameters[0])
			}
			benchmarkLosses(b, newLosses(b, net, digits, CrossEntropy, 1), parameters, 2, 240, peak)
		})
	}
}

// BenchmarkGradient reports samples/s, and %peak, counting all of
// NeededGradientMultiplyAdds.
func BenchmarkGradient(b *testing.B) {
	digits, err := data.Digits(2000, random.Source(1))
	require.NoError(b, err)
	peak := kernel.FMAPeak(200 * time.Millisecond)
	for _, c := range []struct {
		name string
		net  *Network
		data *data.Dataset
	}{
		{"cnn", MairCNN(), digits},
		{"mlp", mlp(), digits},
		{"lenet", leNet(), digits},
		{"color", colorCNN(), labeled(b, 500, []int{3, 32, 32}, 10, 0)},
	} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers=%d", c.name, workers), func(b *testing.B) {
				g := newGradients(b, c.net, c.data, CrossEntropy, workers)
				params, samples := randomModels(c.net, 1, 1)[0], randomSamples(c.data, 100, 2)
				dst := make([]float32, len(params))
				b.ReportAllocs()
				for b.Loop() {
					g.Gradient(dst, params, samples)
				}
				perSecond := float64(b.N) * 100 / b.Elapsed().Seconds()
				b.ReportMetric(perSecond, "samples/s")
				if peak > 0 {
					b.ReportMetric(100*perSecond*2*float64(c.net.NeededGradientMultiplyAdds())/peak, "%peak")
				}
			})
		}
	}
}

// BenchmarkPerSample reports samples/s.
func BenchmarkPerSample(b *testing.B) {
	digits, err := data.Digits(2000, random.Source(1))
	require.NoError(b, err)
	for name, net := range map[string]*Network{"cnn": MairCNN(), "mlp": mlp()} {
		for _, workers := range []int{1, 2} {
			g := newGradients(b, net, digits, CrossEntropy, workers)
			params, samples := randomModels(net, 1, 1)[0], randomSamples(digits, 100, 2)
			report := func(b *testing.B, do func()) {
				b.ReportAllocs()
				for b.Loop() {
					do()
				}
				b.ReportMetric(float64(b.N)*100/b.Elapsed().Seconds(), "samples/s")
			}
			b.Run(fmt.Sprintf("%s/gradients/workers=%d", name, workers), func(b *testing.B) {
				dst, losses := make([]float32, 100*net.Params()), make([]float64, 100)
				report(b, func() { g.PerSample(dst, losses, params, samples) })
			})
			b.Run(fmt.Sprintf("%s/directional/workers=%d", name, workers), func(b *testing.B) {
				dst, directions := rows(1, 100), [][]float32{params}
				report(b, func() { g.Directional(dst, params, directions, samples) })
			})
		}
	}
}
