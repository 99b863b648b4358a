package laplace

import (
	"fmt"
	"math"
)

// Config has the settings of NewDiagonal and NewLastLayer. The zero value works.
type Config struct {
	// PriorPrecision is δ, the inverse variance of the prior of each parameter, finite
	// and positive. 0: the one of the largest evidence.
	PriorPrecision float64
}

// A spectrum is what the evidence depends on.
type spectrum struct {
	curvatures []float64 // eigenvalues of H, or its diagonal, at least 0
	norm2      float64   // the squared norm of the parameters
}

// prior returns the prior precision that a configuration asks for.
func (s *spectrum) prior(c Config) (float64, error) {
	if c.PriorPrecision == 0 {
		return s.bestPrior()
	}
	if !(c.PriorPrecision > 0 && c.PriorPrecision <= maxCurvature) {
		return 0, fmt.Errorf("laplace: Config.PriorPrecision = %v, want a number > 0 up to %v, or 0 for that of the largest evidence", c.PriorPrecision, maxCurvature)
	}
	return c.PriorPrecision, nil
}

// bestPrior returns the prior precision of the largest evidence. Its derivative with
// respect to ln δ is ½(γ − δ ‖θ‖²), where
//
//	γ = Σ_p h_p / (h_p + δ)
//
// is the effective number of parameters (MacKay, eq. 4.9). As γ falls and δ ‖θ‖² rises
// with δ, there is one root, which is at most P/‖θ‖².
func (s *spectrum) bestPrior() (float64, error) {
	rises := func(delta float64) bool {
		gamma := 0.0
		for _, h := range s.curvatures {
			gamma += h / (h + delta)
		}
		return gamma > delta*s.norm2
	}
	high := float64(len(s.curvatures)) / s.norm2
	low := 1e-30 * high
	if !(high <= maxCurvature) || !rises(low) {
		return 0, fmt.Errorf("laplace: no prior precision has the largest evidence, as parameters or curvatures are all zero; set Config.PriorPrecision")
	}
	for range 100 {
		if middle := math.Sqrt(low * high); rises(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Sqrt(low * high), nil
}

// logEvidence returns the logarithm of the evidence beyond that of the likelihood:
//
//	−½ δ ‖θ‖² + ½ Σ_p ln (δ / (h_p + δ))
func (s *spectrum) logEvidence(delta float64) float64 {
	sum := -delta * s.norm2
	for _, h := range s.curvatures {
		sum -= math.Log1p(h / delta)
	}
	return sum / 2
}
