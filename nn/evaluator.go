package nn

import (
	"slices"

	"github.com/trajens/trajens/data"
)

// An Evaluator computes outputs of a network for samples of any dataset that
// fits. Its calls do not allocate, except for the first one with another
// dataset than before. It may be used by one goroutine at a time.
type Evaluator struct {
	net     *Network
	plan    *plan
	data    *data.Dataset // of the last call
	forward *forward      // for it
	model   [1][]float32
}

// NewEvaluator returns an evaluator of the network.
func (n *Network) NewEvaluator() *Evaluator {
	return &Evaluator{net: n, plan: newPlan(&n.program)}
}

// Outputs writes the network's outputs for the samples of d, with the
// parameter vector params: logits or predictions, one sample after the other,
// each row-major. It panics if params has not Params numbers, dst not Outputs
// numbers for each of the samples, the inputs of d not the network's shape,
// or if a sample is not in [0, d.Len()). A sample's outputs do not depend on
// the others, and are those that Losses on the same dataset has.
func (e *Evaluator) Outputs(dst, params []float32, d *data.Dataset, samples []int) {
	outputs := e.net.Outputs()
	if len(params) != e.net.program.Params {
		panic("nn: length of a parameter vector does not fit the network")
	}
	if len(dst) != outputs*len(samples) {
		panic("nn: length of dst is not that of the outputs")
	}
	if !slices.Equal(d.Shape(), e.net.program.Input) {
		panic("nn: shape of the dataset does not fit the network")
	}
	if d != e.data {
		e.data, e.forward = d, newForward(e.plan, e.plan.sparsePays(d))
	}
	e.model[0] = params
	e.forward.setModels(e.model[:])
	for len(samples) > 0 {
		block := samples[:blockLength(len(samples), e.plan.blockSize)]
		e.forward.load(d, block)
		dst = dst[copy(dst, e.forward.evaluate(e.forward.passes[0], len(block))):]
		samples = samples[len(block):]
	}
}
