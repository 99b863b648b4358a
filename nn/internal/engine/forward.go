package engine

import "github.com/trajens/trajens/data"

// A forward evaluates a network for several models and a block of samples at
// a time:
//
//	f.setModels(models)
//	for each block of samples {
//		f.load(d, block)
//		for _, pass := range f.passes {
//			outputs := f.evaluate(pass, len(block))
//		}
//	}
//
// It has scratch memory: one goroutine at a time may use it. Calls do not
// allocate, but for the first one with more models than ever before.
type forward struct {
	plan   *plan
	stages []stage
	sparse stage // in place of the first one for some models, or nil
	passes []pass

	// Inputs of a block, in the forms that the models need.
	needDense, needSparse bool

	samples [][]float32 // where stages find them; the samples themselves or copies
	copies  *buffer     // nil if there are none
	lists   *lists      // nil if there is no sparse stage

	buffers []*buffer // outputs of the stages

	// Where the first stage is computed for two models at once: its output for the
	// other one, and the stage that reads that.
	twin     *buffer
	second   stage
	fromTwin bool // what the first stage gave last is in the twin

	outputs []float32  // in the order of the definition
	models  [][]packed // [model][stage]

	computed int // how many stages, for tests
}

// newForward returns a forward that has a sparse first stage if asked for.
func newForward(p *plan, sparse bool) *forward {
	f := &forward{plan: p}
	if len(p.stages) == 0 {
		f.copies = newBuffer(p.input, p.blockSize)
		f.outputs = f.copies.data
		return f
	}
	first := &p.stages[0]
	viewRow := first.input.width
	if first.kind == KindConv2D && first.layer.Input[0] == 1 && first.layer.Padding == 0 {
		f.samples = make([][]float32, p.blockSize)
		viewRow = first.layer.Input[2]
	} else {
		f.copies = first.inputBuffer(p.blockSize)
		f.samples = f.copies.views(p.blockSize)
		viewRow = f.copies.rowLength()
	}
	in, views := f.copies, f.samples
	for i := range p.stages {
		var out *buffer
		if i+1 < len(p.stages) {
			out = p.stages[i+1].inputBuffer(p.blockSize)
		} else {
			out = newBuffer(p.stages[i].output, p.blockSize)
		}
		f.stages = append(f.stages, newStage(&p.stages[i], in, views, viewRow, out))
		f.buffers = append(f.buffers, out)
		in, views, viewRow = out, out.views(p.blockSize), out.rowLength()
	}
	f.outputs = in.data
	if p.transposeOutput {
		f.outputs = make([]float32, p.blockSize*p.program.Outputs())
	}
	if sparse && p.sparse != nil {
		f.lists = newLists(p.sparse, p.blockSize)
		if first.kind == KindDense {
			f.sparse = newSparseDenseStage(p.sparse, f.lists, f.buffers[0], p.blockSize)
		} else {
			f.sparse = newSparseConvStage(p.sparse, f.lists, f.buffers[0])
		}
	}
	return f
}

// makeTwin makes the twin and the stage that reads it. There is a second stage.
func (f *forward) makeTwin() {
	p := f.plan
	f.twin = p.stages[1].inputBuffer(p.blockSize)
	f.second = newStage(&p.stages[1], f.twin, f.twin.views(p.blockSize), f.twin.rowLength(), f.buffers[1])
}

// setModels takes over the parameters of the models of a call.
func (f *forward) setModels(models [][]float32) {
	f.passes = f.plan.appendPasses(f.passes[:0], models)
	for len(f.models) < len(models) {
		f.models = append(f.models, make([]packed, len(f.plan.stages)))
	}
	for _, pass := range f.passes {
		for i := pass.shared; i < len(f.plan.stages); i++ {
			s := &f.plan.stages[i]
			if s.from == s.to {
				continue
			}
			var sparse *packing
			if i == 0 && f.sparse != nil {
				sparse = &f.plan.sparse.packing
			}
			f.models[pass.model][i].update(models[pass.model][s.from:s.to], s, sparse)
		}
	}
	f.needDense, f.needSparse = f.inputs()
}

// load takes over the inputs of at most plan.blockSize samples.
func (f *forward) load(d *data.Dataset, samples []int) {
	for j, i := range samples {
		f.loadOne(j, d.Input(i))
	}
}

// loadOne takes over the input of sample j of a block, after those of the
// samples before it.
func (f *forward) loadOne(j int, x []float32) {
	if f.needSparse {
		f.lists.find(j, x)
	}
	if f.needDense {
		f.loadDense(j, x)
	}
}

// loadDense takes over the input of sample j of a block as it is.
func (f *forward) loadDense(j int, x []float32) {
	if f.copies == nil {
		f.samples[j] = x
	} else {
		f.plan.copyInput(f.copies, j, x)
	}
}

// inputs returns which forms of the inputs the models need.
func (f *forward) inputs() (dense, sparse bool) {
	if f.sparse == nil {
		return true, false
	}
	for _, pass := range f.passes {
		switch {
		case pass.shared > 0: // the first stage is another model's
		case f.models[pass.model][0].sparse:
			sparse = true
		default:
			dense = true
		}
	}
	return dense, sparse
}

// evaluate returns the outputs of one model for the samples that were loaded, one
// sample after the other. They are valid until the next call. All passes must
// be made in their order.
func (f *forward) evaluate(p pass, samples int) []float32 {
	if p.shared == 0 && len(f.stages) > 0 {
		f.fromTwin = false
		if w := &f.models[p.model][0]; w.sparse {
			f.sparse.compute(w, samples)
		} else {
			f.stages[0].compute(w, samples)
		}
		f.computed++
	}
	return f.evaluateRest(p, samples)
}

// evaluateTwin does what evaluate does where the output of the first stage is
// there, in the buffer for it or in the twin.
func (f *forward) evaluateTwin(p pass, twin bool, samples int) []float32 {
	f.fromTwin = twin
	return f.evaluateRest(p, samples)
}

// evaluateRest does what evaluate does from the second stage on.
func (f *forward) evaluateRest(p pass, samples int) []float32 {
	for i := max(p.shared, 1); i < len(f.stages); i++ {
		next := f.stages[i]
		if i == 1 && f.fromTwin {
			next = f.second
		}
		next.compute(&f.models[p.model][i], samples)
		f.computed++
	}
	if f.plan.transposeOutput && p.shared < len(f.stages) {
		last, outputs := f.buffers[len(f.buffers)-1], f.plan.program.Outputs()
		for j := range samples {
			last.channelsFirst(f.outputs[j*outputs:], last.of(j))
		}
	}
	return f.outputs[:samples*f.plan.program.Outputs()]
}
