package minibatch

import "math"

// A guide makes use of references: it learns by how much terms differ between
// levels of loss, draws by that, and compares what the estimates cost. It learns
// from each decision what the other estimates would have said, by the weights of
// its draws.
type guide struct {
	learned

	weightings [2]weighting
	samples    []int
	weights    []float64
	slopes     []float64
	sums       sums
}

// learned is what a guide knows from past decisions.
type learned struct {
	decisions float64                          // with slopes at hand
	variance  [Estimates - Uniform]expectation // of a term by estimate, in units of its scale
	overrun   [Estimates - Uniform]expectation // of the cost, relative to what that variance asks for
	squares   [2]squares                       // of the kinds of terms
}

// Of the two kinds of terms, differences and those less slopes, the numbers.
const (
	plain = iota
	beyond
)

// termsOf returns the kind of the terms of an estimate with weights.
func termsOf(e Estimate) int {
	if e == Controlled {
		return beyond
	}
	return plain
}

// An expectation is the running mean of a variance.
type expectation struct {
	decisions float64
	mean      float64
}

func (e *expectation) learn(x float64) {
	if !(x-x == 0) {
		return
	}
	e.decisions = min(e.decisions+1, 3*rememberedVariances)
	e.mean += gainOf(int(e.decisions), rememberedVariances) * (x - e.mean)
}

const (
	// rememberedVariances is how many decisions the comparison of estimates
	// remembers: a reference ages.
	rememberedVariances = 64
	// probed is how often slopes are taken although they did not pay of late.
	probed = 64
)

// sums are those of the draws of a decision.
type sums struct {
	terms    [2]float64 // number
	mean     [2]float64 // Σ w x
	square   [3]float64 // Σ w w′ x², w′ being the weight that an estimate has: E of its squared terms
	all      [2]float64 // Σ w x²
	levels   [2][levels]float64
	inLevels [2][levels]float64
}

// prepare makes the weightings for a decision.
func (g *guide) prepare(t *trial) {
	g.sums = sums{}
	g.weightings[plain].set(t.strata, &g.squares[plain])
	if t.sloped {
		g.weightings[beyond].set(t.strata, &g.squares[beyond])
	}
}

// choose returns the estimate to use.
func (g *guide) choose(t *trial) Estimate {
	if forced := t.test.config.Estimate; forced == Weighted || forced == Controlled && t.sloped {
		return forced
	}
	if t.sloped {
		g.decisions++
		if g.variance[Controlled-Uniform].decisions == 0 || math.Mod(g.decisions, probed) == 0 {
			return Controlled
		}
	}
	best := Uniform
	for e := Weighted; e <= Controlled; e++ {
		if (e == Weighted || t.sloped) && g.variance[e-Uniform].decisions > 0 && g.cost(t, e) < g.cost(t, best) {
			best = e
		}
	}
	return best
}

// cost returns what an estimate is expected to cost: what the variance of its
// terms asks for, and what decisions have taken beyond that.
func (g *guide) cost(t *trial, e Estimate) float64 {
	cost := g.leastCost(t, e)
	if overrun := &g.overrun[e-Uniform]; overrun.decisions > 0 {
		cost *= overrun.mean
	}
	return min(cost, float64(t.test.deck.Len())*pairCost)
}

// leastCost returns what the variance of the terms of an estimate asks for.
func (g *guide) leastCost(t *trial, e Estimate) float64 {
	by := &t.test.estimators[e-Uniform]
	scale := t.scales[plain]
	if e == Controlled {
		scale = t.scales[beyond]
	}
	variance := t.s * t.s * scale * scale * g.variance[e-Uniform].mean
	b := float64(by.chunk)
	if variance > 0 {
		b = max(b, 1/(by.target/(margin*variance)+by.perPopulation))
	}
	if n := float64(by.samples); b > mostDrawn*n {
		return n * pairCost
	}
	return b * costOf(e)
}

// draw draws k samples, and returns them with their weights and room for their
// slopes, nil if they are not needed.
func (g *guide) draw(t *trial, k int) (samples []int, weights, slopes []float64) {
	if k > len(g.samples) {
		room := max(k, 2*len(g.samples))
		g.samples, g.weights, g.slopes = make([]int, room), make([]float64, room), make([]float64, room)
	}
	samples, weights = g.samples[:k], g.weights[:k]
	g.weightings[termsOf(t.estimate)].draw(samples, weights, t.strata, t.source)
	if t.estimate == Controlled {
		slopes = g.slopes[:k]
	}
	return samples, weights, slopes
}

// observe adds up what some draws say of all estimates. Without weights they are
// uniform.
func (g *guide) observe(t *trial, differences, slopes []float64, samples []int, weights []float64) {
	for j, i := range samples {
		w := 1.0
		if weights != nil {
			w = weights[j]
		}
		x := differences[j]
		g.sums.square[Uniform-Uniform] += w * x * x
		g.sums.add(plain, x, w, g.weightings[plain].weight(i, t.strata), i, t.strata)
		if slopes != nil {
			g.sums.add(beyond, x-slopes[j], w, g.weightings[beyond].weight(i, t.strata), i, t.strata)
		}
	}
}

// add adds a term of a kind that has the weight w by how it was drawn and would
// have the weight own by the estimate that is for the kind.
func (s *sums) add(kind int, x, w, own float64, sample int, strata []*Strata) {
	square := x * x
	s.terms[kind]++
	s.mean[kind] += w * x
	s.all[kind] += w * square
	s.square[1+kind] += w * own * square
	for _, by := range strata {
		l := by.level[sample]
		s.levels[kind][l] += square
		s.inLevels[kind][l]++
	}
}

// learn takes in the sums of a decision.
func (g *guide) learn(t *trial) {
	// The first decisions with an estimate take more, as little is known.
	if g.variance[t.estimate-Uniform].decisions > 0 && t.estimator.forecast.decisions > few {
		g.overrun[t.estimate-Uniform].learn(t.cost / g.leastCost(t, t.estimate))
	}
	for kind, scale := range t.scales {
		n := g.sums.terms[kind]
		if n < 4 || !(scale > 0) {
			continue
		}
		unit := 1 / (scale * scale)
		mean := g.sums.mean[kind] / n
		variance := func(square float64) float64 { return max(0, square/n-mean*mean) * unit }
		if kind == plain {
			g.variance[Uniform-Uniform].learn(variance(g.sums.square[Uniform-Uniform]))
		}
		g.variance[Weighted-Uniform+Estimate(kind)].learn(variance(g.sums.square[1+kind]))

		by := &g.squares[kind]
		if all := g.sums.all[kind] / n * unit; all-all == 0 {
			by.all += gainOf(max(1, int(g.variance[Weighted-Uniform+Estimate(kind)].decisions)), rememberedVariances) * (all - by.all)
		}
		for l, terms := range g.sums.inLevels[kind] {
			if terms > 0 {
				by.learn(l, g.sums.levels[kind][l]*unit, terms)
			}
		}
	}
}
