package nn

import (
	"math"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/internal/nntest"
)

// Short names of what the tests of this package use most.
var (
	labeled       = nntest.Labeled
	targeted      = nntest.Targeted
	randomSamples = nntest.RandomSamples
	rows          = nntest.Rows
	firstSamples  = nntest.FirstSamples
)

func randomModels(net *Network, n int, seed uint64) [][]float32 {
	models := make([][]float32, n)
	for k := range models {
		models[k] = make([]float32, net.Params())
		InitUniform(models[k], net, random.Source(seed, uint64(k)))
	}
	return models
}

// crossEntropyOf returns −ln softmax(logits)[label] in float64.
func crossEntropyOf(logits []float32, label int) float64 {
	sum := 0.0
	for _, z := range logits {
		sum += math.Exp(float64(z) - float64(logits[label]))
	}
	return math.Log(sum)
}

// definitions returns the layers as their definitions take them.
func definitions(net *Network) []nntest.Layer {
	var layers []nntest.Layer
	for _, layer := range net.Layers() {
		switch l := layer.(type) {
		case Dense:
			layers = append(layers, nntest.Dense(l))
		case Conv2D:
			layers = append(layers, nntest.Conv2D(l))
		case MaxPool2D:
			layers = append(layers, nntest.MaxPool2D(l))
		case ReLU:
			layers = append(layers, nntest.ReLU(l))
		case Tanh:
			layers = append(layers, nntest.Tanh(l))
		case Flatten:
			layers = append(layers, nntest.Flatten(l))
		}
	}
	return layers
}
