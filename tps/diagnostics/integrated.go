package diagnostics

import (
	"math"
	"time"
)

const (
	// defaultWindow is Sokal's constant c.
	defaultWindow = 5
	// longEnough is how many τ_int a series should hold for the estimate to be
	// trusted; the rule of emcee (Foreman-Mackey et al., PASP 125, 306 (2013)).
	longEnough = 50
)

// An AutocorrelationTime tells how many values of a correlated series are
// worth one independent value.
type AutocorrelationTime struct {
	// Tau is the integrated autocorrelation time in the convention
	//
	//	τ_int = 1 + 2 Σₜ ρ(t),   t = 1 … ∞,
	//
	// in values of the series: 1 for independent values, (1+a)/(1−a) for an
	// AR(1) of coefficient a. Sokal's own τ_int is half of it.
	Tau float64
	// StandardError is that of Tau.
	StandardError float64
	// Window is M, the lag at which the sum ended.
	Window int
	// Values is N, the number of values, of all chains.
	Values int

	// longRun is C = τ_int times the variance: N times the squared standard
	// error of the mean.
	longRun float64
}

// IntegratedTime estimates the integrated autocorrelation time of a stationary
// series. c = 0 stands for 5.
//
// The sum over ρ(t) ends at the smallest M ≥ c·max(1, τ_int(M)), which Sokal
// (Monte Carlo methods in statistical mechanics, 1997, section 3) found to
// balance noise and bias: what is left out is e^(−2c) of τ_int if correlations
// decay exponentially. As his τ_int is half of this one, c = 5 here is 10
// there. The standard error, √(2(2M+1)/N) τ_int, is that of Madras and Sokal
// (J. Stat. Phys. 50, 109 (1988), eq. 3.19): with c = 5 it is 5 % of τ_int for a
// series of 8000 τ_int. The bias from measuring the mean on the same series is
// taken out to first order (Wolff, Comput. Phys. Commun. 156, 143 (2004), eq.
// 49).
//
// An estimate below 1/log₁₀ N, which only a series that alternates can have,
// is raised to it (Vehtari et al., Bayesian Analysis 16, 667 (2021)).
//
// Tau is NaN for fewer than 2 values, for a constant series, and for one with
// a value that is not finite. IntegratedTime panics if c is negative or NaN.
// It takes O(N log M) time and O(M) memory.
func IntegratedTime(series []float64, c float64) AutocorrelationTime {
	return IntegratedTimeOfChains([][]float64{series}, c)
}

// IntegratedTimeOfChains is IntegratedTime from several independent chains of
// any lengths: their autocovariances, each about the chain's own mean, are
// averaged before the window is found. Chains that disagree are not noticed;
// that is for SplitRHat.
func IntegratedTimeOfChains(chains [][]float64, c float64) AutocorrelationTime {
	if !(c >= 0) {
		panic("diagnostics: the window's constant must not be negative")
	}
	if c == 0 {
		c = defaultWindow
	}
	longest, values, used := 0, 0, 0
	means := make([]float64, len(chains))
	for k, chain := range chains {
		longest = max(longest, len(chain))
		values += len(chain)
		if len(chain) > 0 {
			used++
		}
		means[k] = meanOf(chain)
	}
	result := AutocorrelationTime{Tau: math.NaN(), StandardError: math.NaN(), Values: values, longRun: math.NaN()}
	if longest < 2 {
		return result
	}

	// Most windows are short: begin with few lags.
	for lags := 512; ; lags *= 8 {
		lags = min(lags, longest)
		covariance := make([]float64, lags)
		for k, chain := range chains {
			if len(chain) > 0 {
				addProducts(covariance, chain, means[k])
			}
		}
		variance := covariance[0] / float64(values)
		if !(variance > 0) || math.IsInf(variance, 1) {
			if variance == 0 {
				result.longRun = 0
			}
			return result
		}
		normalize(covariance)
		tau, window, found := sumToWindow(covariance, c)
		if !found && lags < longest {
			continue
		}
		result.Window = window
		result.unbias(tau, variance, used)
		return result
	}
}

// sumToWindow returns 1 + 2 Σ ρ(t) up to the smallest window M ≥ c·τ(M).
func sumToWindow(rho []float64, c float64) (tau float64, window int, found bool) {
	tau = 1
	for t := 1; t < len(rho); t++ {
		tau += 2 * rho[t]
		if float64(t) >= c*max(1, tau) {
			return tau, t, true
		}
	}
	return tau, len(rho) - 1, false
}

// unbias fills in the result from the raw τ_int and variance of that many
// chains.
func (a *AutocorrelationTime) unbias(tau, variance float64, chains int) {
	n := float64(a.Values)
	tau = max(tau, 1/max(1, math.Log10(n)))
	k := float64(chains)
	a.longRun = variance * tau * (1 + k*float64(2*a.Window+1)/n)
	a.Tau = a.longRun / (variance + k*a.longRun/n)
	a.StandardError = a.Tau * math.Sqrt(2*float64(2*a.Window+1)/n)
}

// LongEnough says whether the series held more than 50 τ_int; if not, Tau is
// likely too small.
func (a AutocorrelationTime) LongEnough() bool {
	return float64(a.Values) > longEnough*a.Tau
}

// EffectiveSize returns N/τ_int, the number of independent values that would
// give the mean as well as the series does.
func (a AutocorrelationTime) EffectiveSize() float64 { return float64(a.Values) / a.Tau }

// PerStep returns the effective size over the number of steps that the series
// took, which is more than its length if not each step was recorded.
func (a AutocorrelationTime) PerStep(steps int) float64 {
	return a.EffectiveSize() / float64(steps)
}

// PerSecond returns the effective size over the time that the series took.
func (a AutocorrelationTime) PerSecond(elapsed time.Duration) float64 {
	return a.EffectiveSize() / elapsed.Seconds()
}
