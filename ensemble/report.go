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
	// MemberAccuracy and MemberNLL are those of each member alone.
	MemberAccuracy, MemberNLL []float64

	// Of a regression: Loss is half the squared error of the mean output,
	// summed over the outputs.
	Loss float64
	// MemberLoss is that of each member alone.
	MemberLoss []float64
}

// newReport returns a report with nothing measured yet.
func newReport(task Task, samples int) *Report {
	nan := math.NaN()
	return &Report{Task: task, Samples: samples, Accuracy: nan, MeanProbabilityAccuracy: nan, NLL: nan, Loss: nan}
}

// MemberAccuracyMean returns the mean of MemberAccuracy, NaN for a regression.
func (r *Report) MemberAccuracyMean() float64 { return mean(r.MemberAccuracy) }

// MemberNLLMean returns the mean of MemberNLL, NaN for a regression.
func (r *Report) MemberNLLMean() float64 { return mean(r.MemberNLL) }

// MemberLossMean returns the mean of MemberLoss, NaN for a classification.
func (r *Report) MemberLossMean() float64 { return mean(r.MemberLoss) }

// mean returns NaN if there are no numbers.
func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
