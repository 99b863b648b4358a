package nn

import (
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/engine"
)

// An Evaluator computes outputs of a network: logits or predictions. Its calls
// do not allocate, except for the first ones. It may be used by one goroutine at
// a time.
type Evaluator struct {
	net    *Network
	engine *engine.Evaluator
}

// NewEvaluator returns an evaluator of the network.
func (n *Network) NewEvaluator() *Evaluator {
	return &Evaluator{net: n, engine: engine.NewEvaluator(&n.program)}
}

// Outputs writes the network's outputs for the samples of d, with the
// parameter vector params, one sample after the other, each row-major. It
// panics if params has not Params numbers, dst not Outputs numbers for each of
// the samples, the inputs of d not the network's shape, or if a sample is not in
// [0, d.Len()). A sample's outputs do not depend on the others, and are those
// that Losses on the same dataset has.
//
// For another dataset than that of the call before, it looks at how many of the
// inputs are zero, which may take longer than the outputs of some samples.
func (e *Evaluator) Outputs(dst, params []float32, d *data.Dataset, samples []int) {
	e.net.checkModel(params)
	if len(dst) != e.net.Outputs()*len(samples) {
		panic("nn: length of dst is not that of the outputs")
	}
	if !slices.Equal(d.Shape(), e.net.program.Input) {
		panic("nn: shape of the dataset does not fit the network")
	}
	e.engine.Outputs(dst, params, d, samples)
}

// OutputsOfModels writes what Outputs writes, bit for bit, for each of some models:
// dst[k] with the parameters models[k]. It is faster than one model after the
// other, as the inputs are prepared once for several models. It panics as Outputs
// does, and if dst and models differ in length. The rows of dst must not overlap.
func (e *Evaluator) OutputsOfModels(dst, models [][]float32, d *data.Dataset, samples []int) {
	if len(dst) != len(models) {
		panic("nn: numbers of models and of rows for outputs differ")
	}
	for k, params := range models {
		e.net.checkModel(params)
		if len(dst[k]) != e.net.Outputs()*len(samples) {
			panic("nn: length of a row of dst is not that of the outputs")
		}
	}
	if !slices.Equal(d.Shape(), e.net.program.Input) {
		panic("nn: shape of the dataset does not fit the network")
	}
	e.engine.OutputsOfModels(dst, models, d, samples)
}

// Output writes the network's output for one input, row-major in the network's
// input shape, with the parameter vector params. dst has Outputs numbers. It
// panics if a length does not fit.
//
// The output is that of Outputs bit for bit, unless the dataset there has so
// many zeros that its first layer leaves them out: then the two differ by
// roundings, as the sums have another order.
func (e *Evaluator) Output(dst, params, input []float32) {
	e.net.checkModel(params)
	if len(dst) != e.net.Outputs() {
		panic("nn: length of dst is not that of the outputs")
	}
	if len(input) != engine.Product(e.net.program.Input...) {
		panic("nn: length of the input does not fit the network")
	}
	e.engine.Output(dst, params, input)
}
