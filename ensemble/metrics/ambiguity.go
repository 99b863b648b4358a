package metrics

import (
	"fmt"
	"math"
)

// A Decomposition says what a committee gains by combining its members:
//
//	Committee = Members − Ambiguity
//
// for each sample, and so for the means over the samples that stand here.
type Decomposition struct {
	// Committee is the loss of the combined prediction.
	Committee float64
	// Members is the mean loss of the members.
	Members float64
	// Ambiguity is how much the members differ, which does not depend on what is
	// true: 0 or more.
	Ambiguity float64
}

// SquaredErrorAmbiguity returns the decomposition of the squared error of the mean
// of the members (Krogh and Vedelsby, NIPS 7 (1995)): the ambiguity is the
// variance of the members,
//
//	(f̄ − y)² = (1/M) Σ_m (f_m − y)² − (1/M) Σ_m (f_m − f̄)².
//
// Means f̄, variances and targets y are finite and one a sample, or one an
// output of each sample. The variances are divided by M, not M−1. The slices
// are not kept.
func SquaredErrorAmbiguity(means, variances, targets []float64) (Decomposition, error) {
	if len(means) == 0 || len(variances) != len(means) || len(targets) != len(means) {
		return Decomposition{}, fmt.Errorf("metrics: %d means, %d variances and %d targets, want as many of each and at least 1", len(means), len(variances), len(targets))
	}
	if err := checkFinite("mean", means); err != nil {
		return Decomposition{}, err
	}
	if err := checkFinite("target", targets); err != nil {
		return Decomposition{}, err
	}
	var a Decomposition
	for i, variance := range variances {
		if !(variance >= 0 && variance <= math.MaxFloat64) {
			return Decomposition{}, fmt.Errorf("metrics: the variance of sample %d is %v, want a finite number ≥ 0", i, variance)
		}
		a.Committee += (means[i] - targets[i]) * (means[i] - targets[i])
		a.Ambiguity += variance
	}
	a.Committee /= float64(len(means))
	a.Ambiguity /= float64(len(means))
	a.Members = a.Committee + a.Ambiguity
	return a, nil
}

// NLLAmbiguity returns the decomposition of the negative log-likelihood, in nats,
// of the normalized geometric mean of the members' probabilities, which is the
// softmax of their mean log-probabilities (Heskes, Neural Computation 10 (1998);
// Wood et al., arXiv 2301.03962): the ambiguity is the mean divergence
// of the members from the committee,
//
//	−log p̄(y) = (1/M) Σ_m −log p_m(y) − (1/M) Σ_m KL(p̄ ‖ p_m),
//	(1/M) Σ_m KL(p̄ ‖ p_m) = −log Σ_k exp((1/M) Σ_m log p_m(k)).
//
// The arithmetic mean has no such decomposition: its gain depends on the label.
//
// Given are the mean over the members of their log-probabilities, samples ×
// classes, and the labels. −Inf is a class to which a member gives probability
// zero: if it is the label, Committee and Members are +Inf. If for some sample
// it is all classes, there is no geometric mean, which is an error. The slices
// are not kept.
func NLLAmbiguity(meanLogProbabilities []float64, classes int, labels []int) (Decomposition, error) {
	if err := checkRows(len(meanLogProbabilities), classes); err != nil {
		return Decomposition{}, err
	}
	n := len(meanLogProbabilities) / classes
	if len(labels) != n {
		return Decomposition{}, fmt.Errorf("metrics: %d labels for %d samples", len(labels), n)
	}
	var a Decomposition
	for i, label := range labels {
		if label < 0 || label >= classes {
			return Decomposition{}, fmt.Errorf("metrics: label %d of sample %d, want 0 to %d", label, i, classes-1)
		}
		row := meanLogProbabilities[i*classes : (i+1)*classes]
		total := logSumExp(row)
		if math.IsInf(total, -1) {
			return Decomposition{}, fmt.Errorf("metrics: sample %d has no class to which all members give a probability above zero: there is no geometric mean", i)
		}
		if !(total <= normalization) {
			return Decomposition{}, fmt.Errorf("metrics: the geometric means of the probabilities of sample %d sum to %v, want at most 1", i, math.Exp(total))
		}
		ambiguity := max(0-total, 0)
		a.Members += 0 - row[label]
		a.Committee += 0 - row[label] - ambiguity
		a.Ambiguity += ambiguity
	}
	a.Members /= float64(n)
	a.Committee /= float64(n)
	a.Ambiguity /= float64(n)
	return a, nil
}
