package nn

import "slices"

// A turn is a model of a call and how many of its leading stages have the
// same parameters, bit for bit, as those of the model whose turn was before.
// Their results are still in the buffers, and need not be computed again.
type turn struct{ model, shared int }

// appendTurns adds all models in an order in which those that agree in
// leading stages follow one another.
func (p *plan) appendTurns(turns []turn, models [][]float32) []turn {
	for k := range models {
		shared, after := 0, len(turns)-1
		for at, t := range turns {
			// Models that agree in as many stages stand together: the last of
			// them is the one to follow.
			if n := p.commonStages(models[k], models[t.model]); n > 0 && n >= shared {
				shared, after = n, at
			}
		}
		turns = slices.Insert(turns, after+1, turn{k, shared})
	}
	return turns
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
