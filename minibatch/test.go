package minibatch

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// Differences is what a test needs to know of a proposal.
type Differences interface {
	// Samples returns N, the number of samples.
	Samples() int

	// Differences writes ℓᵢ(Θ′) − ℓᵢ(Θ) of each sample i of samples to dst,
	// which has the same length. Within one decision no sample is asked for
	// twice. Neither slice is to be kept, nor samples to be changed.
	Differences(dst []float64, samples []int)
}

// A Test accepts or rejects proposals.
type Test interface {
	// Decide returns what is to become of the proposal with differences d in
	// a target of weight exp(−s Σ L). All randomness comes from source. If
	// there is an error, which is a NaNError for the tests of this package,
	// nothing was decided.
	Decide(d Differences, s float64, source rand.Source) (Decision, error)
}

// A Decision tells what a test did.
type Decision struct {
	// Accepted says whether the proposal is the new state.
	Accepted bool
	// By says what the decision rests on.
	By Reason
	// Samples is b, how many samples were drawn.
	Samples int
	// Delta is Δ*, or Δ if all samples were drawn. If By is InfiniteLoss it
	// is −Inf or +Inf.
	Delta float64
	// Variance is ρ², the estimated variance of Delta, 0 if all samples were
	// drawn.
	Variance float64
}

// A Reason is what a decision rests on.
type Reason uint8

const (
	// FullData: all samples were drawn and Δ is exact.
	FullData Reason = iota
	// CutOffReached: Δ* was so far from zero that its sign decided.
	CutOffReached
	// Correction: Δ* plus a normal and a correction variable decided.
	Correction
	// InfiniteLoss: a sample's loss was infinite in one of the two states.
	InfiniteLoss
	// Reasons is the number of reasons.
	Reasons = iota
)

// String returns the reason in words.
func (r Reason) String() string {
	switch r {
	case FullData:
		return "full data"
	case CutOffReached:
		return "cut-off"
	case Correction:
		return "correction"
	case InfiniteLoss:
		return "infinite loss"
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// A NaNError says that a difference was not a number.
type NaNError struct {
	// Sample is the sample that had it.
	Sample int
}

// Error names the sample.
func (e *NaNError) Error() string {
	return fmt.Sprintf("minibatch: the loss difference of sample %d is NaN", e.Sample)
}

// infinite decides a proposal of whose differences on samples at least one is
// not finite, or whose sum overflows. With a NaN it decides nothing.
func infinite(differences []float64, samples []int, drawn int) (Decision, error) {
	mean, weightless := 0.0, false
	for j, d := range differences {
		if math.IsNaN(d) {
			return Decision{}, &NaNError{Sample: samples[j]}
		}
		weightless = weightless || math.IsInf(d, 1)
		mean += d / float64(len(differences))
	}
	accepted := !weightless && mean < 0
	decision := Decision{Accepted: accepted, By: InfiniteLoss, Samples: drawn, Delta: math.Inf(-1)}
	if accepted {
		decision.Delta = math.Inf(1)
	}
	return decision, nil
}

// barker accepts with probability 1/(1 + e^−Δ) (Barker 1965).
func barker(delta float64, source rand.Source) bool {
	return delta+logistic(source) > 0
}

func checkSamples(samples int) error {
	if samples < 1 {
		return fmt.Errorf("minibatch: samples = %d, want at least 1", samples)
	}
	if samples > maxSamples {
		return fmt.Errorf("minibatch: samples = %d, want at most %d", samples, maxSamples)
	}
	return nil
}

var errMismatch = errors.New("minibatch: the differences are over another number of samples than the test was made for")
