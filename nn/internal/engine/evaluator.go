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

// groupMemory is how many bytes the packed parameters of the models that are
// evaluated together may take: a part of a second-level cache, in which they
// stay from one block of samples to the next.
const groupMemory = 256 << 10

// OutputsOfModels writes what Outputs does for each of some models. The inputs of
// a block are prepared once for several models. The lengths must fit.
func (e *Evaluator) OutputsOfModels(dst, models [][]float32, d *data.Dataset, samples []int) {
	if d != e.data {
		e.data, e.forward = d, e.made(e.plan.sparsePays(d))
	}
	f, outputs := e.forward, e.plan.program.Outputs()
	group := max(1, groupMemory/max(4*f.packedLength(), 1))
	for len(models) > 0 {
		some := min(len(models), group)
		f.setModels(models[:some])
		for at := 0; at < len(samples); {
			block := samples[at : at+blockLength(len(samples)-at, e.plan.blockSize)]
			f.load(d, block)
			for _, pass := range f.passes {
				copy(dst[pass.model][at*outputs:], f.evaluate(pass, len(block)))
			}
			at += len(block)
		}
		dst, models = dst[some:], models[some:]
	}
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
