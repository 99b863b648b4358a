package nn

import "github.com/trajens/trajens/data"

// A forward evaluates a network for several models and a block of samples at
// a time:
//
//	f.take(models)
//	for each block of samples {
//		f.load(d, block)
//		for _, turn := range f.turns {
//			outputs := f.run(turn, len(block))
//		}
//	}
//
// It has scratch memory: one goroutine at a time may use it. Calls do not
// allocate, but for the first one with more models than ever before.
type forward struct {
	plan   *plan
	stages []stage
	sparse stage // in place of the first one for some models, or nil
	turns  []turn

	// Inputs of a block.
	samples [][]float32 // where stages find them; the samples themselves or copies
	copies  *buffer     // nil if there are none
	lists   *lists      // nil if there is no sparse stage

	buffers []*buffer // outputs of the stages
	outputs []float32 // in the order of the definition
	models  []slot    // packed

	stageRuns int // counts, for tests
}

// A slot has the packed stages of one model.
type slot []packed

// newForward returns a forward that has a sparse first stage if asked for.
func newForward(p *plan, sparse bool) *forward {
	f := &forward{plan: p}
	if len(p.stages) == 0 {
		f.copies = newBuffer(p.input, p.block)
		f.outputs = f.copies.data
		return f
	}
	first := &p.stages[0]
	viewRow := first.input.width
	if first.kind == kindConv2D && first.layer.input[0] == 1 && first.layer.padding == 0 {
		f.samples = make([][]float32, p.block)
		viewRow = first.layer.input[2]
	} else {
		f.copies = first.inputBuffer(p.block)
		f.samples = f.copies.views(p.block)
		viewRow = f.copies.rowLength()
	}
	in, views := f.copies, f.samples
	for i := range p.stages {
		var out *buffer
		if i+1 < len(p.stages) {
			out = p.stages[i+1].inputBuffer(p.block)
		} else {
			out = newBuffer(p.stages[i].output, p.block)
		}
		f.stages = append(f.stages, newStage(&p.stages[i], in, views, viewRow, out))
		f.buffers = append(f.buffers, out)
		in, views, viewRow = out, out.views(p.block), out.rowLength()
	}
	f.outputs = in.data
	if p.turnBack {
		f.outputs = make([]float32, p.block*p.net.Outputs())
	}
	if sparse && p.sparse != nil {
		f.lists = newLists(p.sparse, p.block)
		if first.kind == kindDense {
			f.sparse = newSparseDenseStage(p.sparse, f.lists, f.buffers[0], p.block)
		} else {
			f.sparse = newSparseConvStage(p.sparse, f.lists, f.buffers[0])
		}
	}
	return f
}

// take takes over the parameters of the models.
func (f *forward) take(models [][]float32) {
	f.turns = f.plan.appendTurns(f.turns[:0], models)
	for len(f.models) < len(models) {
		f.models = append(f.models, make(slot, len(f.plan.stages)))
	}
	for _, t := range f.turns {
		for i := t.shared; i < len(f.plan.stages); i++ {
			s := &f.plan.stages[i]
			if s.from == s.to {
				continue
			}
			var sparse *packing
			if i == 0 && f.sparse != nil {
				sparse = &f.plan.sparse.packing
			}
			f.models[t.model][i].take(models[t.model][s.from:s.to], s, sparse)
		}
	}
}

// load takes over the inputs of at most plan.block samples.
func (f *forward) load(d *data.Dataset, samples []int) {
	dense, sparse := f.inputs()
	for j, i := range samples {
		x := d.Input(i)
		if sparse {
			f.lists.find(j, x)
		}
		if !dense {
			continue
		}
		if f.copies == nil {
			f.samples[j] = x
		} else {
			f.plan.copyInput(f.copies, j, x)
		}
	}
}

// inputs returns which forms of the inputs the models need.
func (f *forward) inputs() (dense, sparse bool) {
	if f.sparse == nil {
		return true, false
	}
	for _, t := range f.turns {
		switch {
		case t.shared > 0: // the first stage is another model's
		case f.models[t.model][0].sparse:
			sparse = true
		default:
			dense = true
		}
	}
	return dense, sparse
}

// run returns the outputs of one model for the samples that were loaded, one
// sample after the other. They are valid until the next call. All turns must
// be run in their order.
func (f *forward) run(t turn, samples int) []float32 {
	for i := t.shared; i < len(f.stages); i++ {
		w := &f.models[t.model][i]
		if i == 0 && w.sparse {
			f.sparse.run(w, samples)
		} else {
			f.stages[i].run(w, samples)
		}
		f.stageRuns++
	}
	if f.plan.turnBack && t.shared < len(f.stages) {
		last, outputs := f.buffers[len(f.buffers)-1], f.plan.net.Outputs()
		for j := range samples {
			last.channelsFirst(f.outputs[j*outputs:], last.of(j))
		}
	}
	return f.outputs[:samples*f.plan.net.Outputs()]
}
