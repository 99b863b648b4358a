// Package estimate has means and standard errors of correlated series.
package estimate

import "math"

// Mean returns the mean of a series and its standard error by blocking
// (Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989)): the series is cut
// into blocks, whose means are nearly independent if they are long enough.
// Blocks double until B³ > 2n (σ_B/σ₁)⁴, σ_B being the error that blocks of B
// values give (the criterion of Lee et al., Phys. Rev. E 83, 066706 (2011),
// eq. 18). A series too short for that gets the error from its longest blocks
// with at least 8 of them; the error is NaN for fewer than two values.
func Mean(series []float64) (mean, standardError float64) {
	for _, x := range series {
		mean += x / float64(len(series))
	}
	if len(series) < 2 {
		if len(series) == 0 {
			mean = math.NaN()
		}
		return mean, math.NaN()
	}
	naive := blockError(series, mean, 1)
	standardError = naive
	for size := 1; len(series)/size >= 8 || size == 1; size *= 2 {
		standardError = blockError(series, mean, size)
		ratio := standardError / naive
		b := float64(size)
		if naive == 0 || b*b*b > 2*float64(len(series))*ratio*ratio*ratio*ratio {
			break
		}
	}
	return mean, standardError
}

// blockError returns the standard error of the mean from blocks of a size; an
// incomplete block at the end is left out.
func blockError(series []float64, mean float64, size int) float64 {
	blocks := len(series) / size
	squares := 0.0
	for b := range blocks {
		block := 0.0
		for _, x := range series[b*size : (b+1)*size] {
			block += x - mean
		}
		block /= float64(size)
		squares += block * block
	}
	return math.Sqrt(squares / float64(blocks) / float64(blocks-1))
}
