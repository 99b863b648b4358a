package minibatch

import (
	"math"
	"slices"
)

// andersonDarling returns Stephens's modified Anderson–Darling statistic of
// values against the normal distribution of their own mean and standard
// deviation,
//
//	A² = −n − (1/n) Σᵢ (2i − 1) [log Φ(xᵢ) + log(1 − Φ(xₙ₊₁₋ᵢ))],
//
// x being the sorted standardized values, times 1 + 0.75/n + 2.25/n².
func andersonDarling(values []float64, mean, deviation float64) float64 {
	x := slices.Clone(values)
	slices.Sort(x)
	n := float64(len(x))
	sum := 0.0
	for i := range x {
		low := (x[i] - mean) / deviation
		high := (x[len(x)-1-i] - mean) / deviation
		sum += float64(2*i+1) * (logNormalCDF(low) + logNormalCDF(-high))
	}
	return (-n - sum/n) * (1 + 0.75/n + 2.25/(n*n))
}

// logNormalCDF returns log Φ(x).
func logNormalCDF(x float64) float64 {
	if x < -30 {
		// Erfc would underflow soon. The next term is 5/(2x⁴), below 10⁻⁵.
		return -x*x/2 - math.Log(-x) - math.Log(2*math.Pi)/2 - 1/(x*x)
	}
	if x > 5 {
		return math.Log1p(-math.Erfc(x/math.Sqrt2) / 2)
	}
	return math.Log(math.Erfc(-x/math.Sqrt2) / 2)
}

// andersonDarlingPValue returns the probability that the modified statistic of
// a normal sample exceeds a (D'Agostino and Stephens, Goodness-of-Fit
// Techniques, 1986, table 4.9, for unknown mean and variance).
func andersonDarlingPValue(a float64) float64 {
	switch {
	case a <= 0.2:
		return 1 - math.Exp(-13.436+101.14*a-223.73*a*a)
	case a <= 0.34:
		return 1 - math.Exp(-8.318+42.796*a-59.938*a*a)
	case a < 0.6:
		return math.Exp(0.9177 - 4.279*a - 1.38*a*a)
	}
	// The fitted parabola turns at 153.
	a = min(a, 153)
	return math.Exp(1.2937 - 5.709*a + 0.0186*a*a)
}
