package metrics

import "math"

const (
	rootPi     = 1.77245385090551602729816748334114518279754945612239 // √π
	rootTau    = 2.50662827463100050241576528481104525300698674060994 // √(2π)
	logRootTau = 0.91893853320467274178032973640561763986139747363778 // log √(2π)
)

// logDensity returns that of a Gaussian.
func logDensity(y, mean, scale float64) float64 {
	z := (y - mean) / scale
	return -z*z/2 - math.Log(scale) - logRootTau
}

// meanSize returns E|X| of a Gaussian, its scale 0 or more.
func meanSize(mean, scale float64) float64 {
	z := math.Abs(mean) / scale
	if !(z < 9) { // the rest is below 1e-18 of it; also of scale 0
		return math.Abs(mean)
	}
	return math.Abs(mean)*math.Erf(z/math.Sqrt2) + scale*math.Exp(-z*z/2)*2/rootTau
}
