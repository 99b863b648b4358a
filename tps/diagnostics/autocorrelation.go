package diagnostics

import (
	"math"
	"math/bits"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Autocorrelation returns the autocorrelation function ρ(t) of a series for
// the lags t = 0 … lags−1, lags being at most the length n:
//
//	ρ(t) = c(t)/c(0),   c(t) = (1/n) Σᵢ (xᵢ − x̄)(xᵢ₊ₜ − x̄).
//
// The divisor n at each lag makes it small where few pairs are left. It is NaN
// if the series is constant or holds a value that is not finite. The cost is
// O(n log lags). Autocorrelation panics if lags is not in the range 0 to n.
func Autocorrelation(series []float64, lags int) []float64 {
	if lags < 0 || lags > len(series) {
		panic("diagnostics: Autocorrelation needs 0 to len(series) lags")
	}
	if lags == 0 {
		return nil
	}
	rho := make([]float64, lags)
	addProducts(rho, series, meanOf(series))
	normalize(rho)
	return rho
}

// meanOf returns the mean, exactly so if all values are equal.
func meanOf(series []float64) float64 {
	if len(series) == 0 {
		return math.NaN()
	}
	shift, sum := series[0], 0.0
	for _, x := range series {
		sum += x - shift
	}
	return shift + sum/float64(len(series))
}

// normalize divides by the first element; 0/0 is NaN on purpose.
func normalize(dst []float64) {
	first := dst[0]
	for t := range dst {
		dst[t] /= first
	}
}

// addProducts adds Σᵢ (xᵢ − mean)(xᵢ₊ₜ − mean) to dst[t], for each t. The
// series is cut into blocks no shorter than dst. Each is padded with zeros to
// twice its length and transformed once: its products with itself and with the
// block before it, which has a phase of (−1)ᵏ for being one block away, are all
// that lags below the block's length have. So memory is O(len(dst)), whatever
// the length of the series.
func addProducts(dst, series []float64, mean float64) {
	block := 1 << bits.Len(uint(max(len(dst), 2)-1))
	transform := fourier.NewFFT(2 * block)
	padded := make([]float64, 2*block)
	previous := make([]complex128, block+1)
	current := make([]complex128, block+1)
	spectrum := make([]complex128, block+1)
	for len(series) > 0 {
		n := min(block, len(series))
		for i, x := range series[:n] {
			padded[i] = x - mean
		}
		clear(padded[n:])
		series = series[n:]
		transform.Coefficients(current, padded)
		addSpectrum(spectrum, previous, current)
		previous, current = current, previous
	}
	transform.Sequence(padded, spectrum)
	for t := range dst {
		dst[t] += padded[t] / float64(2*block)
	}
}

// addSpectrum adds current* · current + (−1)ᵏ previous* · current. In complex
// arithmetic written out, because the compiler's checks for infinities cost
// more than the transform does.
func addSpectrum(dst, previous, current []complex128) {
	previous, current = previous[:len(dst)], current[:len(dst)]
	sign := 1.0
	for k, c := range current {
		p := previous[k]
		re := real(c) + sign*real(p)
		im := imag(c) + sign*imag(p)
		dst[k] += complex(re*real(c)+im*imag(c), re*imag(c)-im*real(c))
		sign = -sign
	}
}
