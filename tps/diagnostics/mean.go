package diagnostics

import (
	"math"

	"github.com/trajens/trajens/internal/estimate"
)

// An Estimate is a mean with its standard error.
type Estimate struct {
	Mean, StandardError float64
}

// Score returns how many standard errors the mean is above what was expected, the z-score. It is
// NaN if the mean is what was expected and the error is 0.
func (e Estimate) Score(expected float64) float64 { return (e.Mean - expected) / e.StandardError }

// MeanByBlocking returns the mean of a correlated series with a standard error
// by blocking (Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989)), block
// lengths being doubled as Lee et al. say (Phys. Rev. E 83, 066706 (2011), eq.
// 18). It assumes nothing about the correlations and is the noisier of the
// two. The error is NaN for fewer than 2 values and if a value is not finite.
func MeanByBlocking(series []float64) Estimate {
	mean, standardError := estimate.Mean(series)
	return Estimate{mean, standardError}
}

// MeanByAutocorrelation returns the mean of a correlated series with the
// standard error √(σ² τ_int/N), τ_int as from IntegratedTime. The error is NaN
// for fewer than 2 values and if a value is not finite, 0 for a constant
// series.
func MeanByAutocorrelation(series []float64) Estimate {
	time := IntegratedTime(series, 0)
	return Estimate{meanOf(series), math.Sqrt(time.longRun / float64(time.Values))}
}
