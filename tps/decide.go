package tps

import (
	"math"

	"github.com/trajens/trajens/minibatch"
)

// A judge decides on proposals.
type judge struct {
	test       minibatch.Test
	comparison *comparison
	outcome    outcome
	times      []int    // 0 … τ−1
	levels     [1][]int // of a proposal that has none
}

func newJudge(test minibatch.Test, losses Losses, first, tau int) judge {
	j := judge{test: test, comparison: newComparison(losses, tau), outcome: newOutcome(first, tau), times: make([]int, first+tau)}
	for t := range j.times {
		j.times[t] = t
	}
	j.comparison.references = newReferences(test, losses, first, tau)
	return j
}

// use makes losses those that are evaluated: others of the same model and data.
func (j *judge) use(losses Losses) {
	j.comparison.losses = losses
	if references := j.comparison.references; references != nil {
		references.losses = losses
		references.slopes, _ = losses.(Slopes)
	}
}

// decide lets the acceptance test decide on a proposal, level by level: the
// proposal is accepted if each level is. As the test accepts a change of Δ with a
// rate that is e^Δ times that of the way back, so does a product of such rates. step is
// empty before.
func (j *judge) decide(p *Proposal, step *Step) error {
	step.S, step.Kind, step.Choice, step.First, step.Width, step.ProposalCost = p.S, p.Kind, p.Choice, p.First, p.Width, p.Cost
	j.outcome.clear()
	if p.Exact {
		step.Decision = minibatch.Known(p.Known, p.Source)
		j.outcome.know(p)
		return nil
	}
	levels := p.Levels
	if levels == nil {
		j.levels[0] = j.times[p.First : p.First+p.Width]
		levels = j.levels[:]
	}
	for k, times := range levels {
		known := 0.0
		switch {
		case p.KnownAt != nil:
			known = p.KnownAt[k]
		case k == 0:
			known = p.Known
		}
		j.comparison.set(p, times, known)
		decision, err := j.test.Decide(j.comparison, p.S, p.Source)
		if err != nil {
			return err
		}
		j.outcome.add(j.comparison)
		step.References += j.settleReferences(p, &decision)
		step.add(&decision, len(times))
		if !decision.Accepted {
			break
		}
	}
	return nil
}

// settleReferences lets references learn from a decision, and returns how many were
// made.
func (j *judge) settleReferences(p *Proposal, decision *minibatch.Decision) int {
	if j.comparison.references == nil {
		return 0
	}
	now := p.Current
	if decision.Accepted {
		now = p.Proposed
	}
	return j.comparison.references.settle(decision, now)
}

// add takes the decision at a level into account.
func (s *Step) add(decision *minibatch.Decision, models int) {
	s.Evaluations += 2 * models * decision.Samples
	if decision.Estimate == minibatch.Controlled {
		s.Slopes += models * decision.Samples
	}
	before := &s.Decision
	if before.Samples > 0 { // at a level before
		decision.Samples += before.Samples
		decision.Cost += before.Cost
		decision.UniformCost += before.UniformCost
		decision.Doubtful = decision.Doubtful || before.Doubtful
	}
	s.Decision = *decision
}

// An outcome has the mean losses over the minibatches of a step: those of the models
// as they were and as they were proposed, by time. What is not known is NaN.
type outcome struct {
	first         int // time that before and after begin at
	times         []int
	before, after []float64
}

func newOutcome(first, tau int) outcome {
	return outcome{first: first, times: make([]int, 0, tau), before: make([]float64, tau), after: make([]float64, tau)}
}

func (o *outcome) clear() { o.times = o.times[:0] }

// note takes the losses of the model at a time.
func (o *outcome) note(t int, before, after float64) {
	o.times = append(o.times, t)
	o.before[t-o.first], o.after[t-o.first] = before, after
}

// add notes the losses of a comparison.
func (o *outcome) add(c *comparison) {
	for k, t := range c.times {
		if c.count == 0 {
			o.note(t, math.NaN(), math.NaN())
			continue
		}
		o.note(t, c.sums[oldRow(k)]/float64(c.count), c.sums[newRow(k)]/float64(c.count))
	}
}

// know notes the losses that a move knows.
func (o *outcome) know(p *Proposal) {
	for k := range p.Width {
		after := math.NaN()
		if k < len(p.MeanLosses) {
			after = p.MeanLosses[k]
		}
		o.note(p.First+k, math.NaN(), after)
	}
}

// settle writes the losses of the models as they are now. A new model that no sample
// was drawn for has none; an old one keeps what it had.
func (o *outcome) settle(loss []float64, accepted bool) {
	for _, t := range o.times {
		switch {
		case accepted:
			loss[t] = o.after[t-o.first]
		case !math.IsNaN(o.before[t-o.first]):
			loss[t] = o.before[t-o.first]
		}
	}
}
