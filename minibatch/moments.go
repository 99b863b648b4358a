package minibatch

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// moments accumulates the mean and the sum of squared deviations of a stream,
// chunk by chunk. Each chunk is read twice and merged by the formulas of Chan,
// Golub and LeVeque (Stanford STAN-CS-79-773, 1979, eqs. 2.1), so that a large
// mean does not swallow a small variance.
type moments struct {
	n          int
	mean       float64
	deviations float64 // Σ (x − mean)²
}

// add merges a chunk, and returns false, leaving the moments as they were, if
// one of its numbers is not finite.
func (m *moments) add(chunk []float64) bool {
	mean, finite := meanOf(chunk)
	switch deviations := sumOfSquares(chunk, mean); {
	case !finite:
	case m.n == 0:
		m.n, m.mean, m.deviations = len(chunk), mean, deviations
	default:
		m.merge(&moments{len(chunk), mean, deviations})
	}
	return finite
}

// meanOf returns the mean of a chunk, and false if one of its numbers is not
// finite.
func meanOf(chunk []float64) (mean float64, finite bool) {
	k := float64(len(chunk))
	sum := floats.Sum(chunk)
	if sum-sum == 0 {
		return sum / k, true
	}
	// Finite numbers whose sum overflows have a mean all the same.
	for _, x := range chunk {
		if x-x != 0 {
			return 0, false
		}
		mean += x / k
	}
	return clamp(mean), true
}

// merge adds the moments of other numbers.
func (m *moments) merge(other *moments) {
	if other.n == 0 {
		return
	}
	if m.n == 0 {
		*m = *other
		return
	}
	n, k := float64(m.n), float64(other.n)
	step := other.mean - m.mean
	m.n += other.n
	if step-step != 0 {
		m.mean = clamp(m.mean*(n/(n+k)) + other.mean*(k/(n+k)))
	} else {
		m.mean += step * (k / (n + k))
	}
	m.deviations += other.deviations + step*step*(n*k/(n+k))
}

// clamp makes a number finite that overflowed by rounding.
func clamp(x float64) float64 { return max(-math.MaxFloat64, min(x, math.MaxFloat64)) }

// sumOfSquares returns Σ (x − mean)². Four sums at a time do not wait for one
// another, and are more accurate.
func sumOfSquares(chunk []float64, mean float64) float64 {
	var s0, s1, s2, s3 float64
	for len(chunk) >= 4 {
		d0, d1, d2, d3 := chunk[0]-mean, chunk[1]-mean, chunk[2]-mean, chunk[3]-mean
		s0 += d0 * d0
		s1 += d1 * d1
		s2 += d2 * d2
		s3 += d3 * d3
		chunk = chunk[4:]
	}
	for _, x := range chunk {
		s0 += (x - mean) * (x - mean)
	}
	return (s0 + s1) + (s2 + s3)
}

// variance returns the unbiased sample variance, for n ≥ 2.
func (m *moments) variance() float64 { return m.deviations / float64(m.n-1) }
