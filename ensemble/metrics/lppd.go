package metrics

import (
	"errors"
	"fmt"
	"math"
)

// An LPPD is the log pointwise predictive density of a committee, as its members
// are added one by one (Gelman, Hwang and Vehtari, arXiv 1307.5928, eq. 5): with
// M members,
//
//	lppd = Σ_i log (1/M) Σ_m p_m(y_i),
//
// in nats, of which more is better. p is a probability of a label or a density of
// a target. Of a classification whose probabilities are the arithmetic mean of
// the members', lppd is −NLL times the number of samples.
//
// Memory is one number a sample and one a member. A committee that is evaluated
// by blocks of samples has an LPPD for each block, and joins them by Merge. An
// LPPD is for one goroutine.
type LPPD struct {
	logSums []float64 // for each sample, log Σ_m p_m
	running []float64 // lppd of the first m+1 members
}

// NewLPPD returns an LPPD of no members yet for at least one sample.
func NewLPPD(samples int) (*LPPD, error) {
	if samples < 1 {
		return nil, fmt.Errorf("metrics: samples = %d, want at least 1", samples)
	}
	l := &LPPD{logSums: make([]float64, samples)}
	for i := range l.logSums {
		l.logSums[i] = math.Inf(-1)
	}
	return l, nil
}

// Samples returns the number of samples.
func (l *LPPD) Samples() int { return len(l.logSums) }

// Members returns the number of members that were added.
func (l *LPPD) Members() int { return len(l.running) }

// Add adds a member by the logarithm of the probability or density that it gives
// the truth of each sample. −Inf is a probability of zero; NaN and +Inf are errors,
// and leave the LPPD as it was. The slice is not kept.
func (l *LPPD) Add(logDensities []float64) error {
	if len(logDensities) != len(l.logSums) {
		return fmt.Errorf("metrics: %d log-densities for %d samples", len(logDensities), len(l.logSums))
	}
	for i, logDensity := range logDensities {
		if !(logDensity <= math.MaxFloat64) {
			return fmt.Errorf("metrics: the log-density of sample %d is %v, want a finite number or -Inf", i, logDensity)
		}
	}
	sum := 0.0
	logMembers := math.Log(float64(l.Members() + 1))
	for i, logDensity := range logDensities {
		l.logSums[i] = logAddExp(l.logSums[i], logDensity)
		sum += l.logSums[i] - logMembers
	}
	l.running = append(l.running, sum)
	return nil
}

// Merge adds other samples, of the same members in the same order. The other LPPD
// is not changed.
func (l *LPPD) Merge(other *LPPD) error {
	if other == nil {
		return errors.New("metrics: the LPPD to merge is nil")
	}
	if other.Members() != l.Members() {
		return fmt.Errorf("metrics: an LPPD of %d members merged with one of %d", l.Members(), other.Members())
	}
	l.logSums = append(l.logSums, other.logSums...)
	for member, lppd := range other.running {
		l.running[member] += lppd
	}
	return nil
}

// Running returns the running lppd, summed over the samples: entry m−1 is that of
// the first m members. It is −Inf as long as some truth has probability zero.
func (l *LPPD) Running() []float64 { return append([]float64(nil), l.running...) }

// Sum returns the lppd of all members, summed over the samples. It is NaN without
// members.
func (l *LPPD) Sum() float64 {
	if l.Members() == 0 {
		return math.NaN()
	}
	return l.running[l.Members()-1]
}

// Mean returns the lppd of all members divided by the number of samples. It is NaN
// without members.
func (l *LPPD) Mean() float64 { return l.Sum() / float64(l.Samples()) }

// PerSample returns what each sample adds to the lppd of all members. It is NaN
// without members.
func (l *LPPD) PerSample() []float64 {
	logMembers := math.Log(float64(l.Members()))
	densities := make([]float64, len(l.logSums))
	for i, logSum := range l.logSums {
		densities[i] = logSum - logMembers // −Inf + Inf is NaN
	}
	return densities
}
