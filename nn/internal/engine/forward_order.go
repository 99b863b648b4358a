package engine

import "slices"

// A pass is the way of a block through the stages with one model. So many
// leading stages have the same parameters, bit for bit, as those of the pass
// before: what they gave is still in the buffers, and is not computed again.
type pass struct{ model, shared int }

// appendPasses appends a pass for each of the models, in an order in which
// those that agree in leading stages follow one another.
func (p *plan) appendPasses(passes []pass, models [][]float32) []pass {
	for k := range models {
		shared, after := 0, len(passes)-1
		for at, earlier := range passes {
			// Passes that agree in as many stages stand together: the last of
			// them is the one to follow.
			if n := p.commonStages(models[k], models[earlier.model]); n > 0 && n >= shared {
				shared, after = n, at
			}
		}
		passes = slices.Insert(passes, after+1, pass{k, shared})
	}
	return passes
}

// commonStages returns in how many leading stages two models agree.
func (p *plan) commonStages(a, b []float32) int {
	for i := range p.stages {
		if s := &p.stages[i]; !sameBits(a[s.from:s.to], b[s.from:s.to]) {
			return i
		}
	}
	return len(p.stages)
}
