package minibatch

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/memory"
)

// Differences is what a test needs to know of a proposal.
type Differences interface {
	// Samples returns N, the number of samples.
	Samples() int

	// Differences writes ℓᵢ(Θ′) − ℓᵢ(Θ) of each sample i of samples to dst,
	// which has the same length. Within one decision no sample is asked for
	// twice. Neither slice is to be kept, nor samples to be changed. An error,
	// such as that of a loss that is not a number, ends the decision; what is
	// in dst then has no meaning.
	Differences(dst []float64, samples []int) error
}

// A Test accepts or rejects proposals.
type Test interface {
	// Decide returns what is to become of the proposal with differences d in
	// a target of weight exp(−s Σ L). All randomness comes from source. If
	// there is an error, nothing was decided. An error of d is returned as it
	// is; the tests of this package have no other than a NaNError.
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
	// Delta is Δ*, or Δ if By is FullData. If By is InfiniteLoss it is −Inf or
	// +Inf.
	Delta float64
	// Variance is ρ², the estimated variance of Delta, 0 if By is FullData.
	Variance float64
	// Estimate is how Adaptive with the rule Planned estimated Δ, 0 for others.
	Estimate Estimate
	// Cost is what it took, in losses for each model that the proposal changes,
	// and UniformCost what uniform draws were expected to take: references pay
	// if that is more. Both are 0 if Estimate is.
	Cost, UniformCost float64
	// Doubtful says that Δ* may be far from normal, so that the acceptance
	// probability may be off: by the decisions so far, a few samples have most of
	// the variance of the differences. Adaptive with the rule Planned draws more
	// then, but cannot know how large those are that it has not drawn.
	Doubtful bool
}

// A Reason is what a decision rests on.
type Reason uint8

const (
	// FullData: Δ is exact. All samples were drawn, or none because s is 0.
	FullData Reason = iota
	// CutOffReached: Δ* was so far from zero that its sign decided.
	CutOffReached
	// Correction: Δ* plus a normal and a correction variable decided.
	Correction
	// InfiniteLoss: a sample's loss was infinite in one of the two states.
	InfiniteLoss
	// Other: anything else, for the tests of others. A Reason beyond it, which
	// such a test may use as its own, counts as Other in statistics.
	Other
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
	case Other:
		return "other"
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
// not finite. With a NaN it decides nothing.
func infinite(differences []float64, samples []int, drawn int) (Decision, error) {
	decision := Decision{Accepted: true, By: InfiniteLoss, Samples: drawn, Delta: math.Inf(1)}
	for j, d := range differences {
		if math.IsNaN(d) {
			return Decision{}, &NaNError{Sample: samples[j]}
		}
		if math.IsInf(d, 1) {
			decision.Accepted, decision.Delta = false, math.Inf(-1)
		}
	}
	return decision, nil
}

// barker accepts with probability 1/(1 + e^−Δ) (Barker 1965).
func barker(delta float64, source rand.Source) bool {
	return delta+logistic(source) > 0
}

// checkSamples returns an error unless there can be a test for so many
// samples, with so many bytes for each.
func checkSamples(samples, bytes int) error {
	if samples < 1 {
		return fmt.Errorf("minibatch: samples = %d, want at least 1", samples)
	}
	if samples > maxSamples {
		return fmt.Errorf("minibatch: samples = %d, want at most %d", samples, maxSamples)
	}
	if err := memory.Check(float64(bytes) * float64(samples)); err != nil {
		return fmt.Errorf("minibatch: samples = %d: the test %w", samples, err)
	}
	return nil
}

// checkDifferences panics if a test for the given number of samples cannot
// decide on d.
func checkDifferences(d Differences, samples int) {
	if n := d.Samples(); n != samples {
		panic(fmt.Sprintf("minibatch: differences of %d samples for a test of %d", n, samples))
	}
}
