package metrics

import (
	"fmt"
	"math"
)

// LowestTemperature and HighestTemperature are the limits of a fitted temperature.
const (
	LowestTemperature  = 0.01
	HighestTemperature = 100.0
)

// FitTemperature returns the temperature T of LowestTemperature to HighestTemperature
// at which the tempered predictions have the smallest NLL (Guo et al.,
// arXiv 1706.04599, section 4.2). Above 1, the predictions were too sure. Fit it on
// held-out samples, apply it by Tempered to others. The logits of a network have
// the same temperature as its log-probabilities.
//
// NLL is convex in 1/T, so the minimum is unique unless NLL does not depend on T,
// where T is 1. If NLL falls up to a limit, T is that limit: the lowest if all
// predictions are right, the highest if they are worse than chance. A label of
// probability zero is an error: NLL is +Inf at any temperature.
func (c *Classification) FitTemperature() (float64, error) {
	if i := c.certainlyWrong(); i >= 0 {
		return math.NaN(), fmt.Errorf("metrics: the label of sample %d has the probability zero at any temperature", i)
	}
	return 1 / c.fitInverse(everySample(c.Len())), nil
}

// Tempered returns the predictions at a temperature, positive and finite: their
// probabilities are proportional to p_k^(1/T). Below 1 they are surer, above 1 less
// sure.
func (p *Predictions) Tempered(temperature float64) (*Predictions, error) {
	if !(temperature > 0 && temperature <= math.MaxFloat64) {
		return nil, fmt.Errorf("metrics: temperature = %v, want a finite number > 0", temperature)
	}
	tempered := &Predictions{
		logProbabilities: make([]float64, len(p.logProbabilities)),
		classes:          p.classes,
		predicted:        p.predicted, // the order of the classes stays
	}
	for i, class := range p.predicted {
		row, out := p.LogProbabilities(i), tempered.LogProbabilities(i)
		for k, logProbability := range row {
			// Relative to the largest: no overflow, whatever T is.
			out[k] = (logProbability - row[class]) / temperature
		}
		total := logSumExp(out)
		for k := range out {
			out[k] -= total
		}
	}
	return tempered, nil
}

// fitInverse returns the 1/T that minimizes the NLL of some samples, none of whose
// labels has the probability zero.
func (c *Classification) fitInverse(samples []int) float64 {
	// The slope does not fall with 1/T. Its root is between low and high.
	low, high := 1/HighestTemperature, 1/LowestTemperature
	inverse := 1.0
	slope, curvature := c.slope(samples, inverse)
	switch {
	case slope == 0:
		return inverse
	case slope < 0:
		if limit, _ := c.slope(samples, high); limit <= 0 { // 0 by underflow
			return high
		}
	default:
		if limit, _ := c.slope(samples, low); limit >= 0 {
			return low
		}
	}
	for step := high - low; ; slope, curvature = c.slope(samples, inverse) {
		if slope > 0 {
			high = inverse
		} else {
			low = inverse
		}
		// Newton's steps that leave the bracket or do not shrink fast halve the
		// bracket instead.
		next := inverse - slope/curvature
		if !(next >= low && next <= high && math.Abs(next-inverse) <= step/2) {
			next = math.Sqrt(low * high)
		}
		step = math.Abs(next - inverse)
		inverse = next
		// The error of a Newton step is about the square of the step.
		if step <= 1e-9*inverse {
			return inverse
		}
	}
}

// slope returns the first and the second derivative of the mean NLL of some samples
// by β = 1/T: with z the log-probabilities and the probabilities tempered,
// they are the mean of z less that of the label, and the variance of z.
func (c *Classification) slope(samples []int, beta float64) (slope, curvature float64) {
	for _, i := range samples {
		row := c.LogProbabilities(i)
		top := row[c.predicted[i]]
		var total, first, second float64
		for _, logProbability := range row {
			z := logProbability - top
			weight := math.Exp(beta * z)
			if weight == 0 { // −Inf, too
				continue
			}
			total += weight
			first += weight * z
			second += weight * z * z
		}
		first /= total
		slope += first - (c.logLabel(i) - top)
		curvature += second/total - first*first
	}
	n := float64(len(samples))
	return slope / n, curvature / n
}

// temperedNLL returns the mean NLL of some samples at 1/T = β.
func (c *Classification) temperedNLL(samples []int, beta float64) float64 {
	sum := 0.0
	for _, i := range samples {
		row := c.LogProbabilities(i)
		top := row[c.predicted[i]]
		total := 0.0
		for _, logProbability := range row {
			total += math.Exp(beta * (logProbability - top))
		}
		sum += math.Log(total) - beta*(c.logLabel(i)-top)
	}
	return sum / float64(len(samples))
}
