package correction

import "math"

// MaxCDFError returns the largest |CDF(x) − logistic(x)| over all real x: the
// largest error that an acceptance probability can have. The first call takes
// some milliseconds (about a second with the thousands of atoms of Ridge);
// later ones are free.
func (d *Distribution) MaxCDFError() float64 { return d.maxError() }

// deviation returns CDF(x) − logistic(x). Above zero it compares the upper
// tails instead, where the CDFs, near one, have lost their digits.
func (d *Distribution) deviation(x float64) float64 {
	if x > 0 {
		return logistic(-x) - d.survival(x)
	}
	return d.CDF(x) - logistic(x)
}

// findMaxError looks at a grid so fine that the deviation, which is smooth on
// the scales of Sigma and of the logistic, cannot hide a peak in it, and
// refines every peak within a tenth of the largest.
//
// The grid covers all x within nine standard deviations of an atom. Elsewhere
// the CDF is constant to 1e-19 and the logistic monotonic, so that the
// deviation is largest at an end of the gap; or, beyond the last atom, at the
// start of the tail.
func (d *Distribution) findMaxError() float64 {
	reach := 9 * d.sigma
	spacing := min(d.sigma, 1) / 32
	largest := 0.0
	var peaks []float64
	for k := 0; k < len(d.atoms); {
		low, high := d.atoms[k]-reach, d.atoms[k]+reach
		for k++; k < len(d.atoms) && d.atoms[k]-reach <= high; k++ {
			high = d.atoms[k] + reach
		}
		parts := math.Ceil((high - low) / spacing)
		step := (high - low) / parts
		before, at := 0.0, math.Abs(d.deviation(low))
		for i := 0.0; i <= parts; i++ {
			after := 0.0
			if i < parts {
				after = math.Abs(d.deviation(low + (i+1)*step))
			}
			if at >= before && at >= after && at >= 0.9*largest {
				largest = max(largest, at)
				peaks = append(peaks, low+i*step)
			}
			before, at = at, after
		}
	}
	for _, x := range peaks {
		if math.Abs(d.deviation(x)) >= 0.9*largest {
			largest = max(largest, d.peak(x-spacing, x+spacing))
		}
	}
	return largest
}

// peak returns the maximum of |deviation| between a and b by golden sections.
func (d *Distribution) peak(a, b float64) float64 {
	const section = 0.6180339887498949 // (√5 − 1)/2
	value := func(x float64) float64 { return math.Abs(d.deviation(x)) }
	left, right := b-section*(b-a), a+section*(b-a)
	atLeft, atRight := value(left), value(right)
	for range 40 {
		if atLeft > atRight {
			b, right, atRight = right, left, atLeft
			left = b - section*(b-a)
			atLeft = value(left)
		} else {
			a, left, atLeft = left, right, atRight
			right = a + section*(b-a)
			atRight = value(right)
		}
	}
	return max(atLeft, atRight)
}
