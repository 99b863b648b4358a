package minibatch

import (
	"math"
	"math/rand/v2"
)

// excess is the ratio of ρ² to σ_c² above which a decision draws more than
// was planned. Below it, ρ² is taken for σ_c²: to look at ρ² and to draw more
// would make Δ* biased, for as often as it is done.
const excess = 1.5

// decidePlanned draws a pilot, and then as many samples as it and the past say.
// The weight of the pilot's mean is fixed before the pilot is drawn, so that Δ*
// is unbiased, and ρ² hardly depends on the draws.
func (a *Adaptive) decidePlanned(d Differences, s float64, source rand.Source) (Decision, error) {
	t := a.begin(d, s, source)
	by := t.estimator
	expected := by.forecast.outlook(s, t.scale)
	p := by.plan(&expected)

	var pilot, rest shape
	if decision, over, err := t.drawPilot(&pilot, &p, &expected); over {
		return decision, err
	}
	var said answer
	all := &pilot
	if p.alone {
		said = by.answer(all, &expected, s)
	} else {
		k, variance := by.follow(&p, &pilot, &expected, s)
		if decision, over, err := t.draw(&rest, k); over {
			return decision, err
		}
		both := pilot
		all = &both
		all.merge(&rest)
		said = by.combine(&p, &pilot, &rest, all, variance, &expected, s)
	}
	for all.n < by.samples && said.variance > excess*a.target {
		if decision, certain := t.cutOff(&said, all); certain {
			return decision, nil
		}
		more := by.batch(1.2*by.variance(all, &expected, s), &expected) - all.n
		var further shape
		if decision, over, err := t.draw(&further, min(max(more, a.config.Chunk), by.samples-all.n)); over {
			return decision, err
		}
		all.merge(&further)
		said = by.answer(all, &expected, s)
	}

	t.learn(all)
	if all.n == by.samples {
		return t.decide(barker(t.known-s*all.mean, source), FullData, t.known-s*all.mean, 0), nil
	}
	delta := t.known + said.delta
	noise := a.noise(min(said.variance, a.target), said.added, source)
	return t.decide(delta+noise > 0, Correction, delta, said.variance), nil
}

// drawPilot draws the pilot of a plan, in parts that grow, as long as the answer
// is not certain. The decision is over if it is, and if draw says so.
func (t *trial) drawPilot(pilot *shape, p *plan, expected *outlook) (decision Decision, over bool, err error) {
	for k := t.test.config.Chunk; ; k = pilot.n {
		if decision, over, err = t.draw(pilot, min(k, p.pilot-pilot.n)); over {
			return decision, true, err
		}
		if pilot.n == p.pilot && p.alone {
			return Decision{}, false, nil
		}
		said := t.estimator.answer(pilot, expected, t.s)
		if decision, over = t.cutOff(&said, pilot); over || pilot.n == p.pilot {
			return decision, over, nil
		}
	}
}

// cutOff decides by the sign of Δ* if that is certain, also if the terms vary as
// much as the draws say: one of them may be far larger than any before.
func (t *trial) cutOff(said *answer, all *shape) (Decision, bool) {
	variance := max(said.variance, t.s*t.s*all.variance()*t.estimator.perMean(all.n))
	delta := t.known + said.delta
	if said.variance <= t.test.target || !t.test.config.CutOff.certain(delta, math.Sqrt(variance)) {
		return Decision{}, false
	}
	t.learn(all)
	return t.decide(delta > 0, CutOffReached, delta, said.variance), true
}
