package main

import (
	"errors"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// problem is two models of one network on a batch of images.
type problem struct {
	name    string
	net     *nn.Network
	data    *data.Dataset
	samples []int
	models  [][]float32
	loss    nn.Loss // of training; 0: nn.CrossEntropy
	batch   int     // of training; 0: trainingBatch
}

func newProblem(name string, net *nn.Network, d *data.Dataset, batch int) *problem {
	p := &problem{name: name, net: net, data: d}
	source := random.Source(1)
	for range batch {
		p.samples = append(p.samples, random.Below(source, d.Len()))
	}
	for range 2 {
		model := make([]float32, net.Params())
		nn.InitUniform(model, net, source)
		p.models = append(p.models, model)
	}
	return p
}

// networks returns the networks that are measured.
func networks() (cnn, mlp, lenet, wide *nn.Network, err error) {
	mlp, err1 := nn.NewNetwork([]int{1, 28, 28}, nn.Flatten{}, nn.Dense{Outputs: 128}, nn.ReLU{}, nn.Dense{Outputs: 10})
	lenet, err2 := nn.NewNetwork([]int{1, 28, 28},
		nn.Conv2D{Channels: 6, Kernel: 5}, nn.ReLU{}, nn.MaxPool2D{Kernel: 2},
		nn.Conv2D{Channels: 16, Kernel: 5}, nn.ReLU{}, nn.MaxPool2D{Kernel: 2},
		nn.Flatten{}, nn.Dense{Outputs: 120}, nn.ReLU{}, nn.Dense{Outputs: 84}, nn.ReLU{}, nn.Dense{Outputs: 10})
	wide, err3 := nn.NewNetwork([]int{3, 32, 32},
		nn.Conv2D{Channels: 32, Kernel: 3}, nn.ReLU{}, nn.MaxPool2D{Kernel: 2},
		nn.Conv2D{Channels: 64, Kernel: 3}, nn.ReLU{}, nn.MaxPool2D{Kernel: 2},
		nn.Flatten{}, nn.Dense{Outputs: 10})
	return nn.MairCNN(), mlp, lenet, wide, errors.Join(err1, err2, err3)
}

// problems returns what is measured of losses.
func problems() ([]*problem, error) {
	digits, err := data.Digits(4000, seed(1))
	if err != nil {
		return nil, err
	}
	gray, err := noise([]int{1, 28, 28}, 1000)
	if err != nil {
		return nil, err
	}
	color, err := noise([]int{3, 32, 32}, 500)
	if err != nil {
		return nil, err
	}
	cnn, mlp, lenet, wide, err := networks()
	if err != nil {
		return nil, err
	}
	return []*problem{
		newProblem("paper's CNN, digits, batch 240", cnn, digits, 240),
		newProblem("paper's CNN, digits, batch 32", cnn, digits, 32),
		newProblem("paper's CNN, no zero pixels, batch 240", cnn, gray, 240),
		newProblem("MLP 784-128-10, digits, batch 240", mlp, digits, 240),
		newProblem("MLP 784-128-10, no zero pixels, batch 240", mlp, gray, 240),
		newProblem("LeNet-like, 6 and 16 channels, digits, batch 240", lenet, digits, 240),
		newProblem("LeNet-like, no zero pixels, batch 240", lenet, gray, 240),
		newProblem("3×32×32, 32 and 64 channels, batch 240", wide, color, 240),
	}, nil
}

// noise returns images without a zero pixel.
func noise(shape []int, n int) (*data.Dataset, error) {
	source := random.Source(2)
	size := 1
	for _, length := range shape {
		size *= length
	}
	inputs, labels := make([]float32, n*size), make([]int, n)
	uniform := rand.New(source)
	for i := range inputs {
		inputs[i] = 0.01 + 0.98*uniform.Float32()
	}
	for i := range labels {
		labels[i] = random.Below(source, 10)
	}
	return data.NewLabeled(inputs, shape, labels, 10)
}

// A seed is a source of one number, so that the digits are those of earlier
// measurements.
type seed uint64

// Uint64 returns the seed.
func (s seed) Uint64() uint64 { return uint64(s) }
