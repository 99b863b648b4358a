package minibatch

// shape accumulates the first four moments of a stream, chunk by chunk. Chunks
// are merged by the formulas of Pébay (Sandia report SAND2008-6212, eqs. 2.1).
type shape struct {
	moments
	cubes   float64 // Σ (x − mean)³
	fourths float64 // Σ (x − mean)⁴
}

// add merges a chunk, and returns false, leaving the moments as they were, if
// one of its numbers is not finite.
func (m *shape) add(chunk []float64) bool {
	mean, finite := meanOf(chunk)
	switch deviations, cubes, fourths := sumsOfPowers(chunk, mean); {
	case !finite:
	case m.n == 0:
		m.n, m.mean, m.deviations, m.cubes, m.fourths = len(chunk), mean, deviations, cubes, fourths
	default:
		m.merge(&shape{moments{len(chunk), mean, deviations}, cubes, fourths})
	}
	return finite
}

// sumsOfPowers returns Σ (x − mean)², Σ (x − mean)³ and Σ (x − mean)⁴, in two
// sums each, as sumOfSquares does in four.
func sumsOfPowers(chunk []float64, mean float64) (squares, cubes, fourths float64) {
	var squares1, cubes1, fourths1 float64
	for len(chunk) >= 2 {
		d, d1 := chunk[0]-mean, chunk[1]-mean
		square, square1 := d*d, d1*d1
		squares += square
		squares1 += square1
		cubes += square * d
		cubes1 += square1 * d1
		fourths += square * square
		fourths1 += square1 * square1
		chunk = chunk[2:]
	}
	for _, x := range chunk {
		d := x - mean
		square := d * d
		squares += square
		cubes += square * d
		fourths += square * square
	}
	return squares + squares1, cubes + cubes1, fourths + fourths1
}

// merge adds the moments of other numbers.
func (m *shape) merge(other *shape) {
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
