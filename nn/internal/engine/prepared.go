package engine

// A Prepared computes the outputs of the same models for one input after the
// other, for one goroutine at a time. Parameters are packed once. Of an input,
// what is not zero is listed once for all models.
type Prepared struct {
	forward *forward
	dense   []packed // the first stage of each model, where forward may have it sparse
	numbers float64  // in the lists of an input without zeros
}

// NewPrepared returns what computes outputs of models that fit the program. The
// slices are not kept.
func NewPrepared(program *Program, models [][]float32) *Prepared {
	p := newPlan(program)
	p.blockSize = 1
	f := newForward(p, true)
	f.setModels(models)
	e := &Prepared{forward: f}
	if f.sparse == nil {
		return e
	}
	e.numbers = float64(len(p.sparse.patches.Origins) * p.sparse.placesOfTile)
	e.dense = make([]packed, len(models))
	first := &p.stages[0]
	for _, pass := range f.passes {
		if pass.shared == 0 {
			e.dense[pass.model].update(models[pass.model][first.from:first.to], first, nil)
		}
	}
	return e
}

// Outputs writes the output of each model for one input, one model after the
// other. The lengths must fit. Zeros are left out where an Evaluator does so for
// a dataset of this input alone.
func (e *Prepared) Outputs(dst, input []float32) {
	f, outputs := e.forward, e.forward.plan.program.Outputs()
	sparse := e.load(input)
	for _, pass := range f.passes {
		copy(dst[pass.model*outputs:], e.evaluate(pass, sparse))
	}
	if f.copies == nil {
		f.samples[0] = nil // not to keep what the caller owns
	}
}

// load takes over an input, and reports whether to leave out its zeros.
func (e *Prepared) load(input []float32) bool {
	f := e.forward
	sparse := false
	if f.needSparse {
		f.lists.find(0, input)
		sparse = f.plan.sparse.pays(float64(f.lists.length()) / e.numbers)
	}
	if !sparse || f.needDense {
		f.loadDense(0, input)
	}
	return sparse
}

// evaluate returns the outputs of a model, valid until the next call.
func (e *Prepared) evaluate(p pass, sparse bool) []float32 {
	f := e.forward
	if sparse || p.shared > 0 || e.dense == nil {
		return f.evaluate(p, 1)
	}
	f.stages[0].compute(&e.dense[p.model], 1)
	return f.evaluateRest(p, 1)
}
