package engine

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/workers"
)

// Losses computes the losses of models on samples of one dataset, and
// derivatives at references, for one goroutine at a time, which workers may
// help.
type Losses struct {
	call      *lossCall
	team      *workers.Team
	length    int   // of the dataset
	work      int   // multiply-adds for one model and sample
	blockSize int   // samples that go through the stages together
	plan      *plan // nil if there is a shorter way

	directionalPlan *gradientPlan // for references, made when first needed

	gradients    *Gradients // of all samples, made when first needed
	all          []int      // these samples
	newGradients func(goroutines int) *Gradients
	goroutines   int
}

// A lossCall is what the goroutines of a team share of a call of Losses.
type lossCall struct {
	dst     [][]float64
	models  [][]float32
	samples []int

	// Derivatives at references.
	slopes                 [][]float64
	references, directions [][]float32
	plan                   *gradientPlan
}

// NewLosses returns the losses of a program on a dataset that fits, shared by
// at most so many goroutines, the calling one included.
func NewLosses(program *Program, d *data.Dataset, newObjective NewObjective, goroutines int) *Losses {
	l := &Losses{call: new(lossCall), length: d.Len(), work: program.NeededMultiplyAdds(), blockSize: 1, goroutines: goroutines}
	l.newGradients = func(goroutines int) *Gradients { return NewGradients(program, d, newObjective, goroutines) }
	call := l.call // without l, which is to be collected as garbage
	var newDoer func() workers.Doer
	if _, squared := newObjective(d, 1).(halfSquaredError); squared && isLinear(program) {
		shared := newLinearLosses(program, d, call)
		newDoer = func() workers.Doer {
			own := *shared
			return &own
		}
	} else {
		p := newPlan(program)
		sparse := p.sparsePays(d)
		l.plan, l.blockSize = p, p.blockSize
		newDoer = func() workers.Doer {
			return newNetworkLosses(p, d, newObjective(d, p.blockSize), sparse, call)
		}
	}
	l.team = workers.NewTeam(min(goroutines, d.Len()), newDoer)
	return l
}

// Losses writes the loss of each model, [model][sample], on each of the
// samples. The lengths must fit. It panics if a sample is outside the dataset.
func (l *Losses) Losses(dst [][]float64, models [][]float32, samples []int) {
	l.do(lossCall{dst: dst, models: models, samples: samples})
}

// LossesAndSlopes does what Losses does, and writes the derivative of the loss
// of each of the samples at each reference in the direction of the same number,
// [reference][sample], to slopes. It is not finite where that loss is not.
func (l *Losses) LossesAndSlopes(dst [][]float64, models [][]float32, slopes [][]float64, references, directions [][]float32, samples []int) {
	if l.plan != nil && l.directionalPlan == nil {
		l.directionalPlan = newDirectionalPlan(l.plan)
	}
	l.do(lossCall{dst, models, samples, slopes, references, directions, l.directionalPlan})
}

// do does a call.
func (l *Losses) do(call lossCall) {
	// A derivative takes as long as some three losses.
	parts, unit := l.parts(len(call.models)+3*len(call.references), len(call.samples)), 1
	if parts > 1 {
		checkSamples(call.samples, l.length) // here and not on a worker, where nobody could recover
	}
	if len(call.samples) >= 8*parts*l.blockSize {
		unit = l.blockSize // whole blocks
	}
	*l.call = call
	l.team.Share(len(call.samples), parts, unit)
	*l.call = lossCall{} // not to keep what the caller owns
}

// parts returns among how many goroutines it pays to share a call.
func (l *Losses) parts(models, samples int) int {
	// In float64, because the product may overflow.
	return l.team.Parts(samples, float64(l.work)*float64(models)*float64(samples))
}

// checkSamples panics if a sample is not in a dataset of this length.
func checkSamples(samples []int, length int) {
	for _, i := range samples {
		if uint(i) >= uint(length) {
			panic("nn: sample outside the dataset")
		}
	}
}

// Gradient writes the gradient of the mean loss over all samples to dst, and
// the loss of each to losses. The lengths must fit.
func (l *Losses) Gradient(dst []float32, losses []float64, model []float32) {
	if l.gradients == nil {
		l.gradients = l.newGradients(l.goroutines)
		l.all = make([]int, l.length)
		for i := range l.all {
			l.all[i] = i
		}
	}
	l.gradients.GradientAndLosses(dst, losses, model, l.all)
}

// Close stops the workers. Losses still works without them.
func (l *Losses) Close() {
	l.team.Close()
	if l.gradients != nil {
		l.gradients.Close()
	}
	l.goroutines = 1
}

// networkLosses evaluates any network with any loss.
type networkLosses struct {
	data        *data.Dataset
	objective   Objective
	forward     *forward
	directional *directional // made when first needed
	call        *lossCall
	prefetch    prefetch
}

func newNetworkLosses(p *plan, d *data.Dataset, objective Objective, sparse bool, call *lossCall) *networkLosses {
	return &networkLosses{data: d, objective: objective, forward: newForward(p, sparse), call: call}
}

// Do computes the losses of some samples, and derivatives at references.
func (e *networkLosses) Do(from, to int) {
	f, c := e.forward, e.call
	if len(c.models)+len(c.references) == 0 {
		return
	}
	block := c.samples[from : from+blockLength(to-from, f.plan.blockSize)]
	e.prefetch.fetch(e.data, block)
	f.setModels(c.models)
	if len(c.references) > 0 {
		if e.directional == nil {
			e.directional = newDirectional(c.plan, e.data, e.objective, f.lists)
		}
		if e.directional.setReferences(c.references, c.directions) {
			f.needSparse = true
		}
	}
	for from < to {
		next := from + len(block)
		following := c.samples[next : next+blockLength(to-next, f.plan.blockSize)]
		e.prefetch.fetch(e.data, following) // while this one is computed
		f.load(e.data, block)
		e.compute(from, block)
		from, block = next, following
	}
}

// compute computes what is asked for of a block, whose samples start at a place
// of the call.
func (e *networkLosses) compute(at int, block []int) {
	f, c, n := e.forward, e.call, len(block)
	pairs := 0 // passes that are made with a reference each
	for ; e.together(pairs); pairs++ {
		two := f.passes[2*pairs:][:2]
		first := &e.directional.references[pairs].stages[0]
		e.directional.first.forwardWith([2]otherModel{
			{&f.models[two[0].model][0], f.buffers[0]}, {&f.models[two[1].model][0], f.twin},
		}, first, n)
		for i, pass := range two {
			e.objective.Losses(c.dst[pass.model][at:][:n], f.evaluateTwin(pass, i == 1, n), block)
		}
		e.directional.deriveRest(c.slopes[pairs][at:][:n], pairs, block)
	}
	for _, pass := range f.passes[2*pairs:] {
		e.objective.Losses(c.dst[pass.model][at:][:n], f.evaluate(pass, n), block)
	}
	for k := pairs; k < len(c.references); k++ {
		e.directional.derive(c.slopes[k][at:][:n], k, block)
	}
}

// together reports whether to compute the first stage for reference k and for
// the two passes of the same number at once, and makes memory for that.
func (e *networkLosses) together(k int) bool {
	f := e.forward
	if k >= len(e.call.references) || len(f.stages) < 2 || 2*k+2 > len(f.passes) ||
		!e.directional.references[k].sparse || !e.directional.first.takesOthers() {
		return false
	}
	for _, pass := range f.passes[2*k:][:2] {
		if pass.shared > 0 || !f.models[pass.model][0].sparse {
			return false
		}
	}
	if f.twin == nil {
		f.makeTwin()
	}
	return true
}

// blockLength returns how many samples of those that are left to take
// together, so that all blocks are nearly equal.
func blockLength(left, most int) int {
	blocks := max(1, (left+most-1)/most)
	return (left + blocks - 1) / blocks
}
