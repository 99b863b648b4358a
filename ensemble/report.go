package ensemble

import (
	"fmt"
	"math"
)

// A Task is what a committee is measured at.
type Task int

const (
	// Classification is of samples with labels; outputs are logits.
	Classification Task = iota + 1
	// Regression is of samples with real targets.
	Regression
)

// String returns the name of the task.
func (t Task) String() string {
	switch t {
	case Classification:
		return "classification"
	case Regression:
		return "regression"
	}
	return fmt.Sprintf("Task(%d)", int(t))
}

// A Report says how good a committee is on a dataset. All means are over its
// samples. What the other task would have is NaN, or nil.
type Report struct {
	// Task is what was measured.
	Task Task

	// Samples is the number of samples.
	Samples int

	// Of a classification: Accuracy is the share of samples that the majority
	// vote gets right.
	Accuracy float64
	// MeanProbabilityAccuracy is the share of samples whose label has the
	// largest mean probability.
	MeanProbabilityAccuracy float64
	// NLL is the negative log-likelihood, −log of the label's mean
	// probability, in nats.
	NLL float64
	// Brier is the Brier score of the mean probabilities, Σ_k (p_k − y_k)² over
	// the classes with y_k = 1 for the label and 0 elsewhere, 0 to 2 (Brier,
	// Monthly Weather Review 78 (1950)).
	Brier float64
	// Entropy is that of the mean probabilities, −Σ_k p_k log p_k, and
	// MemberEntropy the mean over the members of the entropies of their
	// probabilities, in nats, 0 to the logarithm of the number of classes. What
	// Entropy has more than MemberEntropy is the mutual information of class and
	// member.
	Entropy, MemberEntropy float64
	// MemberAccuracy and MemberNLL are those of each member alone.
	MemberAccuracy, MemberNLL []float64

	// Of a regression: Loss is half the squared error of the mean output,
	// summed over the outputs.
	Loss float64
	// MemberLoss is that of each member alone.
	MemberLoss []float64

	// MemberWeights are the weights of the members, whose sum is 1. They are nil
	// if all are equal.
	MemberWeights []float64
}

// newReport returns a report with nothing measured yet.
func newReport(task Task, samples int, c *Committee) *Report {
	nan := math.NaN()
	return &Report{
		Task: task, Samples: samples, MemberWeights: c.Weights(),
		Accuracy: nan, MeanProbabilityAccuracy: nan, NLL: nan, Brier: nan, Entropy: nan, MemberEntropy: nan, Loss: nan,
	}
}

// MemberAccuracyMean returns the mean of MemberAccuracy by the members' weights,
// NaN for a regression.
func (r *Report) MemberAccuracyMean() float64 { return r.mean(r.MemberAccuracy) }

// MemberNLLMean returns the mean of MemberNLL by the members' weights, NaN for a
// regression.
func (r *Report) MemberNLLMean() float64 { return r.mean(r.MemberNLL) }

// MemberLossMean returns the mean of MemberLoss by the members' weights, NaN for a
// classification.
func (r *Report) MemberLossMean() float64 { return r.mean(r.MemberLoss) }

// mean returns NaN if there are no numbers.
func (r *Report) mean(x []float64) float64 {
	sum, total := 0.0, float64(len(x))
	if r.MemberWeights != nil && len(x) > 0 {
		total = 0
	}
	for i, v := range x {
		if r.MemberWeights != nil {
			v *= r.MemberWeights[i]
			total += r.MemberWeights[i]
		}
		sum += v
	}
	return sum / total
}
