package minibatch

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
// its sum is not finite.
func (m *moments) add(chunk []float64) bool {
	sum := 0.0
	for _, x := range chunk {
		sum += x
	}
	if sum-sum != 0 {
		return false
	}
	k := float64(len(chunk))
	mean := sum / k
	deviations := 0.0
	for _, x := range chunk {
		deviations += (x - mean) * (x - mean)
	}

	if m.n == 0 {
		*m = moments{len(chunk), mean, deviations}
		return true
	}
	n := float64(m.n)
	step := mean - m.mean
	m.n += len(chunk)
	m.mean += step * (k / (n + k))
	m.deviations += deviations + step*step*(n*k/(n+k))
	return true
}

// variance returns the unbiased sample variance, for n ≥ 2.
func (m *moments) variance() float64 { return m.deviations / float64(m.n-1) }
