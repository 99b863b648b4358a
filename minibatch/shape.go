package minibatch

// shape accumulates the first four moments of a stream, chunk by chunk. Chunks
// are merged by the formulas of Pébay (Sandia report SAND2008-6212, eqs. 2.1).
type shape struct {
	moments
	cubes   float64 // Σ (x − mean)³
	fourths float64 // Σ (x − mean)⁴
}

// add merges a chunk, and its halves into halves. It returns false, leaving the
// moments as they were, if one of its numbers is not finite.
func (m *shape) add(chunk []float64, halves *[2]moments) (finite bool) {
	mean, finite := meanOf(chunk)
	if !finite {
		return false
	}
	// The halves go side by side: two sums do not wait for one another.
	middle := len(chunk) / 2
	first, second := chunk[:middle], chunk[middle:]
	var sum, squares, cubes, fourths [2]float64
	for i, x := range first {
		d, d1 := x-mean, second[i]-mean
		square, square1 := d*d, d1*d1
		sum[0] += d
		sum[1] += d1
		squares[0] += square
		squares[1] += square1
		cubes[0] += square * d
		cubes[1] += square1 * d1
		fourths[0] += square * square
		fourths[1] += square1 * square1
	}
	if len(second) > middle { // an odd number
		d := second[middle] - mean
		square := d * d
		sum[1] += d
		squares[1] += square
		cubes[1] += square * d
		fourths[1] += square * square
	}
	for i, n := range [2]int{middle, len(second)} {
		if n > 0 {
			off := sum[i] / float64(n)
			half := moments{n, mean + off, max(0, squares[i]-sum[i]*off)}
			halves[i].merge(&half)
		}
	}
	all := shape{moments{len(chunk), mean, squares[0] + squares[1]}, cubes[0] + cubes[1], fourths[0] + fourths[1]}
	m.merge(&all)
	return true
}

// merge adds the moments of other numbers.
func (m *shape) merge(other *shape) {
	if other.n == 0 {
		return
	}
	if m.n == 0 {
		*m = *other
		return
	}
	a, b := float64(m.n), float64(other.n)
	n := a + b
	step := other.mean - m.mean
	square := step * step
	m.fourths += other.fourths + square*square*a*b*(a*a-a*b+b*b)/(n*n*n) +
		6*square*(a*a*other.deviations+b*b*m.deviations)/(n*n) + 4*step*(a*other.cubes-b*m.cubes)/n
	m.cubes += other.cubes + square*step*a*b*(a-b)/(n*n) + 3*step*(a*other.deviations-b*m.deviations)/n
	m.moments.merge(&other.moments)
}

// third returns the unbiased estimate of the third cumulant, 0 for n < 3.
func (m *shape) third() float64 {
	if m.n < 3 {
		return 0
	}
	n := float64(m.n)
	return m.cubes * n / ((n - 1) * (n - 2))
}

// fourth returns the fourth central moment.
func (m *shape) fourth() float64 { return m.fourths / float64(m.n) }
