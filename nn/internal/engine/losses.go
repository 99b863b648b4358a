package engine

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/workers"
)

// Losses computes the losses of models on samples of one dataset, for one
// goroutine at a time, which workers may help.
type Losses struct {
	call      *lossCall
	team      *workers.Team
	length    int // of the dataset
	work      int // multiply-adds for one model and sample
	blockSize int // samples that go through the stages together
}

// A lossCall is what the goroutines of a team share of a call of Losses.
type lossCall struct {
	dst     [][]float64
	models  [][]float32
	samples []int
}

// NewLosses returns the losses of a program on a dataset that fits, shared by
// at most so many goroutines, the calling one included.
func NewLosses(program *Program, d *data.Dataset, newObjective NewObjective, goroutines int) *Losses {
	l := &Losses{call: new(lossCall), length: d.Len(), work: program.NeededMultiplyAdds(), blockSize: 1}
	call := l.call // without l, which is to be collected as garbage
	var newDoer func() workers.Doer
	if _, squared := newObjective(d, 1).(halfSquaredError); squared && isLinear(program) {
		shared := newLinearLosses(program, d, call)
		newDoer = func() workers.Doer { return shared }
	} else {
		p := newPlan(program)
		sparse := p.sparsePays(d)
		l.blockSize = p.blockSize
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
	parts, unit := l.parts(len(models), len(samples)), 1
	if parts > 1 {
		checkSamples(samples, l.length) // here and not on a worker, where nobody could recover
	}
	if len(samples) >= 8*parts*l.blockSize {
		unit = l.blockSize // whole blocks
	}
	*l.call = lossCall{dst, models, samples}
	l.team.Share(len(samples), parts, unit)
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

// Close stops the workers. Losses still works without them.
func (l *Losses) Close() { l.team.Close() }

// networkLosses evaluates any network with any loss.
type networkLosses struct {
	data      *data.Dataset
	objective Objective
	forward   *forward
	call      *lossCall
	prefetch  prefetch
}

func newNetworkLosses(p *plan, d *data.Dataset, objective Objective, sparse bool, call *lossCall) *networkLosses {
	return &networkLosses{data: d, objective: objective, forward: newForward(p, sparse), call: call}
}

// Do computes the losses of some samples.
func (e *networkLosses) Do(from, to int) {
	f, c := e.forward, e.call
	if len(c.models) == 0 {
		return
	}
	block := c.samples[from : from+blockLength(to-from, f.plan.blockSize)]
	e.prefetch.fetch(e.data, block)
	f.setModels(c.models)
	for from < to {
		next := from + len(block)
		following := c.samples[next : next+blockLength(to-next, f.plan.blockSize)]
		e.prefetch.fetch(e.data, following) // while this one is computed
		f.load(e.data, block)
		for _, pass := range f.passes {
			outputs := f.evaluate(pass, len(block))
			e.objective.Losses(c.dst[pass.model][from:][:len(block)], outputs, block)
		}
		from, block = next, following
	}
}

// blockLength returns how many samples of those that are left to take
// together, so that all blocks are nearly equal.
func blockLength(left, most int) int {
	blocks := max(1, (left+most-1)/most)
	return (left + blocks - 1) / blocks
}
