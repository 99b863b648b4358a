package tps

import (
	"math"
	"slices"

	"github.com/trajens/trajens/minibatch"
)

// Stats sums up steps of a chain.
type Stats struct {
	// Steps is how many there were.
	Steps int
	// Moves counts them by kind of move.
	Moves [Kinds]Outcomes
	// Decisions counts them by what the decision rested on. Reasons that
	// package minibatch does not know count as minibatch.Other.
	Decisions [minibatch.Reasons]int
	// Estimates counts decisions by how Δ was estimated: those of other tests than
	// the adaptive one at 0.
	Estimates [minibatch.Estimates]int
	// Cost and UniformCost sum up what these decisions took, and what uniform
	// draws were expected to take, in losses for each model that a step changes
	// (minibatch.Decision), to the next whole number. What the references took is
	// no part of them.
	Cost, UniformCost int
	// Doubtful counts decisions whose acceptance probability may be off, as a few
	// samples have most of the variance of the differences
	// (minibatch.Decision.Doubtful).
	Doubtful int
	// References is how many references the chain has made for the test: each
	// is a pass over all samples.
	References int
	// DataUse is D, the number of samples drawn in acceptance tests, each
	// counted once although two models are evaluated on it.
	DataUse int
	// Evaluations is how many losses were computed in tests: each sample
	// drawn counts twice for each model of the window.
	Evaluations int
	// Slopes is how many slopes were computed with them.
	Slopes int
	// Proposals is what the proposals themselves took, such as gradients, in losses,
	// to the next whole number (Proposal.Cost).
	Proposals int
}

// Outcomes says how often a kind of step was proposed and accepted.
type Outcomes struct {
	Proposed, Accepted int
}

// Acceptance returns Accepted/Proposed, NaN if none was proposed.
func (o Outcomes) Acceptance() float64 { return ratio(o.Accepted, o.Proposed) }

// Acceptance returns the share of the steps that were accepted, NaN before
// the first.
func (s Stats) Acceptance() float64 {
	accepted := 0
	for _, move := range s.Moves {
		accepted += move.Accepted
	}
	return ratio(accepted, s.Steps)
}

// MeanBatch returns ⟨b⟩, the mean number of samples drawn in a step, NaN
// before the first.
func (s Stats) MeanBatch() float64 { return ratio(s.DataUse, s.Steps) }

// DecidedBy returns the share of the steps that were decided by a reason, NaN
// before the first.
func (s Stats) DecidedBy(reason minibatch.Reason) float64 {
	return ratio(s.Decisions[min(reason, minibatch.Other)], s.Steps)
}

func ratio(part, whole int) float64 { return float64(part) / float64(whole) }

func (s *Stats) count(step *Step) {
	s.Steps++
	move := &s.Moves[step.Kind]
	move.Proposed++
	accepted := 0
	if step.Accepted {
		accepted = 1
	}
	move.Accepted += accepted
	s.Decisions[min(step.By, minibatch.Other)]++
	if step.Estimate < minibatch.Estimates {
		s.Estimates[step.Estimate]++
	}
	s.Cost += int(math.Round(step.Cost))
	s.UniformCost += int(math.Round(step.UniformCost))
	if step.Doubtful {
		s.Doubtful++
	}
	s.Proposals += int(math.Round(step.ProposalCost))
	s.References += step.References
	s.DataUse += step.Samples
	s.Evaluations += step.Evaluations
	s.Slopes += step.Slopes
}

// Add adds the statistics of other steps, such as those of another chain.
func (s *Stats) Add(other Stats) {
	s.Steps += other.Steps
	for i, move := range other.Moves {
		s.Moves[i].Proposed += move.Proposed
		s.Moves[i].Accepted += move.Accepted
	}
	for i, n := range other.Decisions {
		s.Decisions[i] += n
	}
	for i, n := range other.Estimates {
		s.Estimates[i] += n
	}
	s.Cost += other.Cost
	s.UniformCost += other.UniformCost
	s.Doubtful += other.Doubtful
	s.References += other.References
	s.Slopes += other.Slopes
	s.Proposals += other.Proposals
	s.DataUse += other.DataUse
	s.Evaluations += other.Evaluations
}

// Stats returns the statistics since the chain was made or ResetStats was
// called.
func (c *Chain) Stats() Stats { return c.stats }

// ResetStats forgets the statistics, as at the end of a burn-in. It leaves the
// loss estimates alone.
func (c *Chain) ResetStats() { c.stats = Stats{} }

// LossEstimates returns for each model the mean loss on the last minibatch
// that the model was evaluated on, as the paper tracks it, and NaN for a model
// that has not been evaluated yet, as all are at s = 0. The estimates cost
// nothing but are noisy, and biased downwards: the minibatch that a model was
// accepted on favored it.
func (c *Chain) LossEstimates() []float64 { return slices.Clone(c.loss) }

// LossEstimate returns the mean of LossEstimates over the models that have
// been evaluated, NaN if none has. It does not allocate.
func (c *Chain) LossEstimate() float64 {
	sum, known := 0.0, 0
	for _, loss := range c.loss {
		if !math.IsNaN(loss) {
			sum += loss
			known++
		}
	}
	return sum / float64(known)
}
