package diagnostics

import (
	"fmt"
	"math"
)

// A Stationarity is the result of a test whether a series has the same mean at
// its beginning as at its end.
type Stationarity struct {
	// Z is the difference of the means in standard errors, positive if the
	// series falls.
	Z float64
	// P is the probability of a larger |Z| in a stationary series.
	P float64
	// Reason says why Z and P are NaN, such as "12 values, want at least 100".
	// Reason is empty if Z and P are numbers.
	Reason string
}

// String returns P and Z, such as "p = 0.31 (z = -1.02)", or why there are none,
// such as "no p: 12 values, want at least 100".
func (s Stationarity) String() string {
	if s.Reason != "" {
		return "no p: " + s.Reason
	}
	return fmt.Sprintf("p = %.2g (z = %.2f)", s.P, s.Z)
}

// fewestValues is how many values Geweke needs.
const fewestValues = 100

// Geweke compares the mean of the first 10 % of a series with that of the last
// 50 % (Geweke, in Bayesian Statistics 4, 1992). The variance is
// the spectral density at zero, estimated as in IntegratedTime; for both parts
// from the last one about a fitted line, where Geweke has one estimate from
// each about its mean: in a stationary series these are equal, and in others a
// drift would hide behind the variance that it causes.
//
// In a stationary series Z has nearly a t distribution of n/20τ_int degrees of
// freedom, and P takes it for normal: with n = 1000 τ_int, false alarms at
// 5 % are 5.6 % in truth.
//
// Z and P are NaN for fewer than 100 values, for a constant series and if a
// value is not finite. The Reason then says so.
func Geweke(series []float64) Stationarity {
	if reason := noGeweke(series); reason != "" {
		return Stationarity{Z: math.NaN(), P: math.NaN(), Reason: reason}
	}
	n := len(series)
	first, last := series[:n/10], series[n-n/2:]
	end := fitLine(last, make([]float64, len(last)))
	difference := meanOf(first) - end.mean
	z := difference / math.Sqrt(end.longRun*(1/float64(len(first))+1/float64(len(last))))
	if math.IsNaN(z) {
		return Stationarity{Z: z, P: z, Reason: "the values are too large for their variance to be a float64"}
	}
	return Stationarity{Z: z, P: math.Erfc(math.Abs(z) / math.Sqrt2)}
}

// noGeweke says why a series cannot be tested, or nothing if it can.
func noGeweke(series []float64) string {
	if len(series) < fewestValues {
		return fmt.Sprintf("%d values, want at least %d", len(series), fewestValues)
	}
	constant := true
	for i, x := range series {
		if x-x != 0 {
			return fmt.Sprintf("value %d is %v, want finite numbers", i, x)
		}
		constant = constant && x == series[0]
	}
	if constant {
		return fmt.Sprintf("all values are %v", series[0])
	}
	return ""
}
