package minibatch

import "math/rand/v2"

// A trial is a decision in the making: a proposal, how its Δ is estimated, and
// what was drawn.
type trial struct {
	test   *Adaptive
	d      Differences
	s      float64
	source rand.Source

	estimate  Estimate
	estimator *estimator
	scale     float64 // of the terms
	known     float64 // the part of Δ that takes no samples
	drawn     int
	cost      float64

	halves [2]moments // of the terms of each draw

	// Where there are references.
	guided     bool
	referenced Referenced
	strata     []*Strata
	sloped     bool
	slope      float64 // the known mean of the differences to first order
	scales     [2]float64
}

// begin chooses how to estimate Δ.
func (a *Adaptive) begin(d Differences, s float64, source rand.Source) *trial {
	t := &a.trial
	*t = trial{test: a, d: d, s: s, source: source, estimate: Uniform, known: offsetOf(d)}
	t.scale = scaleOf(d)
	if r, ok := d.(Referenced); ok && a.config.Estimate != Uniform {
		if strata := r.Strata(); len(strata) > 0 {
			t.guide(r, strata)
		}
	}
	t.estimator = &a.estimators[t.estimate-Uniform]
	return t
}

// guide prepares for estimates by references, and takes the cheapest.
func (t *trial) guide(r Referenced, strata []*Strata) {
	t.guided, t.referenced, t.strata = true, r, strata
	var scale float64
	t.slope, scale, t.sloped = r.Slope()
	t.scales = [2]float64{t.scale, usable(scale)}
	t.test.guide.prepare(t)
	t.estimate = t.test.guide.choose(t)
	if t.estimate == Controlled {
		t.scale = t.scales[beyond]
		t.known -= t.s * t.slope
	}
}

// draw draws k samples and takes their terms into account. A decision is over
// if one is infinite, if all samples were drawn in the end because the terms vary
// that much, or if there is an error.
func (t *trial) draw(to *shape, k int) (decision Decision, over bool, err error) {
	a := t.test
	var terms []float64
	if t.estimate == Uniform {
		drawn := a.deck.Draw(k, t.source)
		samples := drawn[len(drawn)-k:]
		terms = a.buffer(k)
		t.spend(k, pairCost)
		if err := t.d.Differences(terms, samples); err != nil {
			return Decision{}, true, err
		}
		if !to.add(terms, &t.halves) {
			decision, err = t.infinite(terms, samples)
			return decision, true, err
		}
		if t.guided {
			a.guide.observe(t, terms, nil, samples, nil)
		}
		return Decision{}, false, nil
	}
	if t.drawn+k >= t.estimator.samples {
		decision, err = t.exact()
		return decision, true, err
	}
	return t.drawWeighted(to, k)
}

// drawWeighted draws for estimates with weights.
func (t *trial) drawWeighted(to *shape, k int) (decision Decision, over bool, err error) {
	g, terms := &t.test.guide, t.test.buffer(k)
	samples, weights, slopes := g.draw(t, k)
	t.spend(k, costOf(t.estimate))
	if err := t.referenced.Weighted(terms, slopes, samples, weights); err != nil {
		return Decision{}, true, err
	}
	if _, finite := meanOf(terms); !finite {
		decision, err = t.infinite(terms, samples)
		return decision, true, err
	}
	g.observe(t, terms, slopes, samples, weights)
	for j, w := range weights {
		if slopes != nil {
			terms[j] -= slopes[j]
		}
		terms[j] *= w
	}
	if !to.add(terms, &t.halves) {
		decision, err = t.exact() // a weight or a slope is too large
		return decision, true, err
	}
	return Decision{}, false, nil
}

func (t *trial) spend(k int, cost float64) {
	t.drawn += k
	t.cost += float64(k) * cost
}

// exact decides on all samples.
func (t *trial) exact() (Decision, error) {
	a := t.test
	a.deck.Reset()
	var all moments
	for n := a.deck.Len(); a.deck.Drawn() < n; {
		k := min(n-a.deck.Drawn(), fullBlock)
		drawn := a.deck.Draw(k, t.source)
		samples, differences := drawn[len(drawn)-k:], a.buffer(k)
		t.spend(k, pairCost)
		if err := t.d.Differences(differences, samples); err != nil {
			return Decision{}, err
		}
		if !all.add(differences) {
			return t.infinite(differences, samples)
		}
	}
	delta := offsetOf(t.d) - t.s*all.mean
	return t.decide(barker(delta, t.source), FullData, delta, 0), nil
}

// infinite decides by samples of which one has an infinite difference.
func (t *trial) infinite(differences []float64, samples []int) (Decision, error) {
	decision, err := infinite(differences, samples, t.drawn)
	if err == nil {
		decision.Estimate, decision.Cost, decision.UniformCost = t.estimate, t.cost, t.cost
	}
	return decision, err
}

// decide returns the decision.
func (t *trial) decide(accepted bool, by Reason, delta, variance float64) Decision {
	decision := Decision{
		Accepted: accepted, By: by, Samples: t.drawn, Delta: delta, Variance: variance,
		Estimate: t.estimate, Cost: t.cost, UniformCost: t.cost,
	}
	if t.guided {
		decision.UniformCost = t.test.guide.cost(t, Uniform)
	}
	// As in batch: fewer than four samples, about.
	decision.Doubtful = by != FullData && t.estimator.forecast.next.kurtosis > 0.25*float64(t.estimator.samples)
	return decision
}

// learn takes in the terms of the decision for those to come.
func (t *trial) learn(all *shape) {
	product := all.variance()
	product *= product
	if t.halves[0].n > 1 && t.halves[1].n > 1 {
		product = t.halves[0].variance() * t.halves[1].variance()
	}
	t.estimator.forecast.learn(all, product, t.scale)
	if t.guided {
		t.test.guide.learn(t)
	}
}

// buffer returns where to put k terms.
func (a *Adaptive) buffer(k int) []float64 {
	if k > len(a.differences) {
		a.differences = make([]float64, max(k, min(2*len(a.differences), a.deck.Len())))
	}
	return a.differences[:k]
}
