package engine

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/internal/nntest"
)

// Short names of what the tests of this package use most.
type (
	Layer     = nntest.Layer
	Dense     = nntest.Dense
	Conv2D    = nntest.Conv2D
	MaxPool2D = nntest.MaxPool2D
	ReLU      = nntest.ReLU
	Tanh      = nntest.Tanh
	Flatten   = nntest.Flatten
)

var (
	labeled       = nntest.Labeled
	targeted      = nntest.Targeted
	inputs        = nntest.Inputs
	randomSamples = nntest.RandomSamples
	rows          = nntest.Rows
	firstSamples  = nntest.FirstSamples
)

// A network is a program and the layers that it is made of.
type network struct {
	program Program
	layers  []Layer
}

var errDoesNotFit = errors.New("the layers do not fit")

func newNetwork(input []int, layers ...Layer) (*network, error) {
	n := &network{program: Program{Input: input}, layers: layers}
	for _, layer := range layers {
		var op Operation
		_, needsImage := layer.(Conv2D)
		if _, pool := layer.(MaxPool2D); (needsImage || pool) && len(input) != 3 {
			return nil, errDoesNotFit
		}
		switch l := layer.(type) {
		case Dense:
			if len(input) != 1 {
				return nil, errDoesNotFit
			}
			op = NewDense(input, l.Outputs, !l.NoBias)
		case Conv2D:
			op = NewConv2D(input, l.Channels, l.Kernel, max(1, l.Stride), l.Padding, !l.NoBias)
		case MaxPool2D:
			stride := l.Stride
			if stride == 0 {
				stride = l.Kernel
			}
			op = NewMaxPool2D(input, l.Kernel, stride)
		case ReLU:
			op = NewActivation(KindReLU, input)
		case Tanh:
			op = NewActivation(KindTanh, input)
		case Flatten:
			op = NewFlatten(input)
		}
		for _, length := range op.Output {
			if length < 1 {
				return nil, errDoesNotFit
			}
		}
		n.program.Append(op)
		input = op.Output
	}
	return n, nil
}

// mustNetwork returns a network of layers that fit.
func mustNetwork(input []int, layers ...Layer) *network {
	net, err := newNetwork(input, layers...)
	if err != nil {
		panic(err)
	}
	return net
}

func (n *network) Params() int  { return n.program.Params }
func (n *network) Outputs() int { return n.program.Outputs() }
func (n *network) String() string {
	return fmt.Sprintf("%v %T%+v", n.program.Input, n.layers, n.layers)
}

func (n *network) MultiplyAdds() int {
	sum := 0
	for _, op := range n.program.Operations {
		sum += op.MultiplyAdds()
	}
	return sum
}

// offsets returns where weights and biases start.
func (n *network) offsets() (offsets []int) {
	for _, op := range n.program.Operations {
		if op.Weight != nil {
			offsets = append(offsets, op.WeightAt)
		}
		if op.Bias > 0 {
			offsets = append(offsets, op.BiasAt)
		}
	}
	return offsets
}

func mairCNN() *network {
	return mustNetwork([]int{1, 28, 28},
		Conv2D{Channels: 16, Kernel: 5}, ReLU{}, MaxPool2D{Kernel: 2},
		Conv2D{Channels: 8, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 4},
		Flatten{}, Dense{Outputs: 10})
}

func linearPerceptron(dim int) *network { return mustNetwork([]int{dim}, Dense{Outputs: 1}) }

func mlp() *network {
	return mustNetwork([]int{1, 28, 28}, Flatten{}, Dense{Outputs: 128}, ReLU{}, Dense{Outputs: 10})
}

func leNet() *network {
	return mustNetwork([]int{1, 28, 28},
		Conv2D{Channels: 6, Kernel: 5}, ReLU{}, MaxPool2D{Kernel: 2},
		Conv2D{Channels: 16, Kernel: 5}, ReLU{}, MaxPool2D{Kernel: 2},
		Flatten{}, Dense{Outputs: 120}, ReLU{}, Dense{Outputs: 84}, ReLU{}, Dense{Outputs: 10})
}

func colorCNN() *network {
	return mustNetwork([]int{3, 32, 32},
		Conv2D{Channels: 32, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 2},
		Conv2D{Channels: 64, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 2},
		Flatten{}, Dense{Outputs: 10})
}

// randomNetwork returns a network of up to six layers on a small image.
func randomNetwork(seed uint64) (input []int, layers []Layer, net *network) {
	nntest.RandomNetwork(seed, func(input []int, layers []Layer) bool {
		n, err := newNetwork(input, layers...)
		net = n
		return err == nil
	})
	return net.program.Input, net.layers, net
}

// randomDeepNetwork returns a network that is large enough for several panels
// of channels and several strips of pixels in a row.
func randomDeepNetwork(seed uint64) (input []int, layers []Layer, net *network) {
	nntest.RandomDeepNetwork(seed, func(input []int, layers []Layer) bool {
		n, err := newNetwork(input, layers...)
		net = n
		return err == nil && n.MultiplyAdds() < 2_000_000
	})
	return net.program.Input, net.layers, net
}

// initNormal fills params with normal numbers.
func initNormal(params []float32, sigma float64, source rand.Source) {
	normal := rand.New(source)
	for i := range params {
		params[i] = float32(sigma * normal.NormFloat64())
	}
}

// initUniform fills params with numbers as large as PyTorch initializes them.
func initUniform(params []float32, net *network, source rand.Source) {
	for _, op := range net.program.Operations {
		if op.Weight == nil {
			continue
		}
		bound := 1 / math.Sqrt(float64(Product(op.Weight[1:]...)))
		for i := op.WeightAt; i < op.WeightAt+op.Params(); i++ {
			params[i] = float32(bound * (2*random.Open(source) - 1))
		}
	}
}

func randomModels(net *network, n int, seed uint64) [][]float32 {
	models := make([][]float32, n)
	for k := range models {
		models[k] = make([]float32, net.Params())
		initUniform(models[k], net, random.Source(seed, uint64(k)))
	}
	return models
}

func newLosses(t testing.TB, net *network, d *data.Dataset, loss NewObjective, goroutines int) *Losses {
	t.Helper()
	l := NewLosses(&net.program, d, loss, goroutines)
	t.Cleanup(l.Close)
	return l
}

func newGradients(t testing.TB, net *network, d *data.Dataset, loss NewObjective, goroutines int) *Gradients {
	t.Helper()
	g := NewGradients(&net.program, d, loss, goroutines)
	t.Cleanup(g.Close)
	return g
}

// outputs returns the outputs for samples of a dataset.
func outputs(net *network, params []float32, d *data.Dataset, samples []int) []float32 {
	dst := make([]float32, len(samples)*net.Outputs())
	NewEvaluator(&net.program).Outputs(dst, params, d, samples)
	return dst
}
