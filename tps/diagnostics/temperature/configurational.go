package temperature

import (
	"math"

	"github.com/trajens/trajens/tps/diagnostics"
)

// Configurational returns the configurational temperature
//
//	T = ⟨|∇U|²⟩ / ⟨ΔU⟩
//
// (Rugh, Phys. Rev. Lett. 78, 772 (1997); Butler et al., J. Chem. Phys. 109, 6519 (1998)) with its
// standard error, from the series of |∇U|² and of the Laplacian ΔU, the trace of the Hessian, at
// the same states of a run. An unbiased estimate of the trace is as good as the trace, such as
// v·Hv with the signs v drawn afresh for each state (Hutchinson, Comm. Stat. Sim. 18, 1059
// (1989)); package nn/hessian has products with the Hessian. A gradient by minibatches is not: its
// noise adds to |∇U|². The error is by autocorrelation, to first order in it. Results are NaN for
// fewer than 2 values, or if one is not finite. Configurational panics if the lengths differ.
func Configurational(squaredGradients, laplacians []float64) diagnostics.Estimate {
	if len(squaredGradients) != len(laplacians) {
		panic("temperature: series of squared gradients and of Laplacians differ in length")
	}
	n := float64(len(laplacians))
	squares, laplacian := 0.0, 0.0
	for i, x := range laplacians {
		squares += squaredGradients[i] / n
		laplacian += x / n
	}
	if n < 2 {
		return diagnostics.Estimate{Mean: math.NaN(), StandardError: math.NaN()}
	}
	temperature := squares / laplacian
	residuals := make([]float64, len(laplacians))
	for i, x := range laplacians {
		residuals[i] = (squaredGradients[i] - temperature*x) / laplacian
	}
	return diagnostics.Estimate{Mean: temperature, StandardError: diagnostics.MeanByAutocorrelation(residuals).StandardError}
}
