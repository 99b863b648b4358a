package metrics

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// A DeepEnsembleCurve is how the calibrated log-likelihood of ensembles of
// independent networks grows with their number. It turns the log-likelihood of
// any other method into the number of independent networks that reach it, the
// deep ensemble equivalent (DEE) of Ashukha et al. (arXiv 2002.06470).
type DeepEnsembleCurve struct {
	sizes      []float64
	means      []float64
	deviations []float64 // NaN for one repeat
}

// NewDeepEnsembleCurve returns the curve of ensembles of the given sizes, which
// rise from 1. For each there are the calibrated log-likelihoods of one or more
// ensembles, finite numbers, such as −CalibratedNLL. Nothing is kept.
func NewDeepEnsembleCurve(sizes []int, logLikelihoods [][]float64) (*DeepEnsembleCurve, error) {
	if len(sizes) == 0 || sizes[0] != 1 {
		return nil, fmt.Errorf("metrics: sizes = %v, want sizes that rise from 1", sizes)
	}
	if len(logLikelihoods) != len(sizes) {
		return nil, fmt.Errorf("metrics: log-likelihoods of %d sizes, want %d", len(logLikelihoods), len(sizes))
	}
	d := new(DeepEnsembleCurve)
	for i, size := range sizes {
		if i > 0 && size <= sizes[i-1] {
			return nil, fmt.Errorf("metrics: size %d follows size %d, want sizes that rise", size, sizes[i-1])
		}
		repeats := logLikelihoods[i]
		if len(repeats) == 0 {
			return nil, fmt.Errorf("metrics: size %d has no log-likelihood", size)
		}
		for _, logLikelihood := range repeats {
			if logLikelihood-logLikelihood != 0 {
				return nil, fmt.Errorf("metrics: a log-likelihood of size %d is %v, want a finite number", size, logLikelihood)
			}
		}
		d.sizes = append(d.sizes, float64(size))
		d.means = append(d.means, mean(repeats))
		d.deviations = append(d.deviations, standardDeviation(repeats))
	}
	return d, nil
}

// Equivalent returns the smallest number of independent networks, 1 or more and
// interpolated between sizes, whose mean log-likelihood is at least the given
// one. It is 1 for all that one network reaches, and +Inf for more than any
// ensemble of the curve does: the curve is not extrapolated. A log-likelihood
// of NaN is an error.
func (d *DeepEnsembleCurve) Equivalent(logLikelihood float64) (float64, error) {
	if math.IsNaN(logLikelihood) {
		return math.NaN(), errNaNLogLikelihood
	}
	return d.reach(d.means, logLikelihood), nil
}

// Bounds returns the equivalents by the curve of the means plus, and minus, one
// standard deviation between repeats (that of n−1 degrees of freedom): how far
// chance among the independent networks moves the equivalent. Sizes of one
// repeat have no standard deviation, which is an error.
func (d *DeepEnsembleCurve) Bounds(logLikelihood float64) (low, high float64, err error) {
	if math.IsNaN(logLikelihood) {
		return math.NaN(), math.NaN(), errNaNLogLikelihood
	}
	if i := slices.IndexFunc(d.deviations, math.IsNaN); i >= 0 {
		return math.NaN(), math.NaN(), fmt.Errorf("metrics: size %v has one log-likelihood, want at least 2 for bounds", d.sizes[i])
	}
	above, below := slices.Clone(d.means), slices.Clone(d.means)
	for i, deviation := range d.deviations {
		above[i] += deviation
		below[i] -= deviation
	}
	return d.reach(above, logLikelihood), d.reach(below, logLikelihood), nil
}

var errNaNLogLikelihood = errors.New("metrics: the log-likelihood is NaN, want a number")

// reach returns where a curve of straight lines first reaches a value.
func (d *DeepEnsembleCurve) reach(curve []float64, value float64) float64 {
	for i, y := range curve {
		switch {
		case y < value:
		case i == 0:
			return d.sizes[0]
		default:
			share := (value - curve[i-1]) / (y - curve[i-1])
			return d.sizes[i-1] + share*(d.sizes[i]-d.sizes[i-1])
		}
	}
	return math.Inf(1)
}

// standardDeviation returns that of a population from numbers drawn of it, NaN
// for one number.
func standardDeviation(x []float64) float64 {
	center, sum := mean(x), 0.0
	for _, v := range x {
		sum += (v - center) * (v - center)
	}
	return math.Sqrt(sum / float64(len(x)-1))
}
