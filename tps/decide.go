package tps

import (
	"math"

	"github.com/trajens/trajens/minibatch"
)

// decide lets the acceptance test decide on a proposal, level by level: the
// proposal is accepted if each level is. As the test accepts a change of Δ with a
// rate that is e^Δ times that of the way back, so does a product of such rates.
func (c *Chain) decide(p *Proposal, step *Step) error {
	*step = Step{S: p.S, Kind: p.Kind, Choice: p.Choice, First: p.First, Width: p.Width, ProposalCost: p.Cost}
	c.outcome.clear()
	if p.Exact {
		step.Decision = minibatch.Known(p.Known, p.Source)
		c.outcome.know(p)
		return nil
	}
	levels := p.Levels
	if levels == nil {
		c.levels[0] = c.times[p.First : p.First+p.Width]
		levels = c.levels[:]
	}
	for k, times := range levels {
		known := 0.0
		switch {
		case p.KnownAt != nil:
			known = p.KnownAt[k]
		case k == 0:
			known = p.Known
		}
		c.comparison.set(p, times, known)
		decision, err := c.test.Decide(c.comparison, p.S, p.Source)
		if err != nil {
			return err
		}
		c.outcome.add(c.comparison)
		c.settleReferences(p, &decision)
		step.add(&decision, len(times))
		if !decision.Accepted {
			break
		}
	}
	return nil
}

// settleReferences lets references learn from a decision.
func (c *Chain) settleReferences(p *Proposal, decision *minibatch.Decision) {
	references := c.comparison.references
	if references == nil {
		return
	}
	now := p.Current
	if decision.Accepted {
		now = p.Proposed
	}
	c.stats.References += references.settle(decision, now)
}

// add takes the decision at a level into account.
func (s *Step) add(decision *minibatch.Decision, models int) {
	before := s.Decision
	s.Decision = *decision
	s.Samples += before.Samples
	s.Cost += before.Cost
	s.UniformCost += before.UniformCost
	s.Doubtful = s.Doubtful || before.Doubtful
	s.Evaluations += 2 * models * decision.Samples
	if decision.Estimate == minibatch.Controlled {
		s.Slopes += models * decision.Samples
	}
}

// An outcome has the mean losses over the minibatches of a step: those of the models
// as they were and as they were proposed, by time. What is not known is NaN.
type outcome struct {
	times         []int
	before, after []float64
}

func newOutcome(tau int) outcome {
	return outcome{times: make([]int, 0, tau), before: make([]float64, tau), after: make([]float64, tau)}
}

func (o *outcome) clear() { o.times = o.times[:0] }

// add notes the losses of a comparison.
func (o *outcome) add(c *comparison) {
	for k, t := range c.times {
		o.times = append(o.times, t)
		o.before[t], o.after[t] = math.NaN(), math.NaN()
		if c.count > 0 {
			o.before[t] = c.sums[oldRow(k)] / float64(c.count)
			o.after[t] = c.sums[newRow(k)] / float64(c.count)
		}
	}
}

// know notes the losses that a move knows.
func (o *outcome) know(p *Proposal) {
	for k, loss := range p.MeanLosses {
		t := p.First + k
		o.times = append(o.times, t)
		o.before[t], o.after[t] = math.NaN(), loss
	}
}

// settle writes the losses of the models as they are now. A new model that no sample
// was drawn for has none; an old one keeps what it had.
func (o *outcome) settle(loss []float64, accepted bool) {
	for _, t := range o.times {
		switch {
		case accepted:
			loss[t] = o.after[t]
		case !math.IsNaN(o.before[t]):
			loss[t] = o.before[t]
		}
	}
}
