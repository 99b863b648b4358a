package engine

// inner returns the inner product of two vectors of the same length, in four
// interleaved sums of the precision asked for.
func inner[T float32 | float64](a, b []float32) T {
	var s0, s1, s2, s3 T
	a = a[:len(b)]
	for len(a) >= 4 && len(b) >= 4 {
		s0 += T(a[0]) * T(b[0])
		s1 += T(a[1]) * T(b[1])
		s2 += T(a[2]) * T(b[2])
		s3 += T(a[3]) * T(b[3])
		a, b = a[4:], b[4:]
	}
	for i, x := range b {
		s0 += T(a[i]) * T(x)
	}
	return (s0 + s1) + (s2 + s3)
}
