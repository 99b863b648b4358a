package engine

import "github.com/trajens/trajens/data"

// An Evaluator computes outputs, for one goroutine at a time.
type Evaluator struct {
	plan *plan

	// For inputs as they are, and without those that are zero; each made when it
	// is first needed.
	dense, sparse *forward

	// The dataset of the last call, and what is made for it.
	data    *data.Dataset
	forward *forward

	model [1][]float32
}

// NewEvaluator returns an evaluator of a program.
func NewEvaluator(program *Program) *Evaluator { return &Evaluator{plan: newPlan(program)} }

// Outputs writes the outputs for samples of a dataset that fits, one after the
// other. The lengths must fit. It panics if a sample is outside the dataset.
func (e *Evaluator) Outputs(dst, params []float32, d *data.Dataset, samples []int) {
	if d != e.data {
		e.data, e.forward = d, e.made(e.plan.sparsePays(d))
	}
	e.model[0] = params
	f := e.forward
	f.setModels(e.model[:])
	for len(samples) > 0 {
		block := samples[:blockLength(len(samples), e.plan.blockSize)]
		f.load(d, block)
		dst = dst[copy(dst, f.evaluate(f.passes[0], len(block))):]
		samples = samples[len(block):]
	}
	e.model[0] = nil
}

// Output writes the output for one input. The lengths must fit.
func (e *Evaluator) Output(dst, params, input []float32) {
	f := e.made(false)
	e.model[0] = params
	f.setModels(e.model[:])
	f.loadOne(0, input)
	copy(dst, f.evaluate(f.passes[0], 1))
	e.model[0] = nil // not to keep what the caller owns
	if f.copies == nil {
		f.samples[0] = nil
	}
}

// made returns the forward of a kind.
func (e *Evaluator) made(sparse bool) *forward {
	f := &e.dense
	if sparse {
		f = &e.sparse
	}
	if *f == nil {
		*f = newForward(e.plan, sparse)
	}
	return *f
}
