package nn

import "github.com/trajens/trajens/data"

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
