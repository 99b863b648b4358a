package minibatch

import "fmt"

// An Estimate is a way to estimate Δ from a few samples. Whatever the reference,
// the expectation of Δ* is Δ; a reference near by makes its noise small.
type Estimate uint8

const (
	// Uniform: the mean over samples drawn uniformly, without replacement.
	Uniform Estimate = iota + 1
	// Weighted: samples whose differences are expected to be large, from their
	// losses at a reference, are drawn more often, with replacement, and count
	// for less.
	Weighted
	// Controlled: weighted, and the change of each loss to first order, by its
	// slope at the reference, is subtracted, as its mean over all samples is
	// known: a control variate.
	Controlled
	// Estimates is one more than the number of them.
	Estimates = iota + 1
)

// String returns the estimate in a word.
func (e Estimate) String() string {
	switch e {
	case 0:
		return "cheapest"
	case Uniform:
		return "uniform"
	case Weighted:
		return "weighted"
	case Controlled:
		return "controlled"
	}
	return fmt.Sprintf("Estimate(%d)", uint8(e))
}

// A Referenced is a Differences that knows the losses at references: models near
// those of the proposal, one for each that the proposal changes. The test may use
// it for the estimates Weighted and Controlled. References may be learned from the
// past of a chain at any time, as they change the noise of Δ* only; they must not
// depend on the draws of the decision that they are used in.
type Referenced interface {
	Differences

	// Strata returns the samples by their losses at each reference, none if
	// there is no reference at present. The result is valid until the decision
	// has been made.
	Strata() []*Strata

	// Slope returns the mean over all samples of the change of the losses to
	// first order, Σ ĝ·(θ′ − θ) over the references, ĝ being the gradient of the
	// mean loss at a reference; and a scale as that of Scaler for what
	// differences are beyond it, such as |θ′ − θ| times the distance from the
	// reference. It returns false if slopes are not known.
	Slope() (mean, scale float64, known bool)

	// Weighted does what Differences does, for samples that may be asked for
	// several times. Unless slopes is nil it writes the change of each sample's
	// loss to first order to slopes. The mean over the samples of a quantity
	// times weights is an estimate of its mean over all samples. No slice is to
	// be kept, nor weights to be changed.
	Weighted(dst, slopes []float64, samples []int, weights []float64) error
}

// An Offset is a Differences whose Δ has a part that takes no samples, such as
// what a proposal that is not symmetric adds: all tests add it to Δ.
type Offset interface {
	// Offset returns the known part of Δ, a finite number. It is not
	// multiplied by s.
	Offset() float64
}

// offsetOf returns the known part of Δ.
func offsetOf(d Differences) float64 {
	if o, ok := d.(Offset); ok {
		return o.Offset()
	}
	return 0
}

// Costs of what an estimate takes for a sample and a model that a proposal
// changes, in losses.
const (
	pairCost  = 2.0 // of the losses before and after
	slopeCost = 2.0 // of a slope, computed with them
)

// costOf returns the cost of a sample.
func costOf(e Estimate) float64 {
	if e == Controlled {
		return pairCost + slopeCost
	}
	return pairCost
}
