package correction

import (
	"fmt"
	"math"
)

// MinSigma and MaxSigma bound the σ_c for which Solve and For work. Below
// MinSigma a test would need four times as many samples as at σ_c = 1 for an
// accuracy that nobody can see. Above MaxSigma nothing can be done: σ_c² must
// stay below the logistic's variance π²/3, so σ_c below 1.8138.
//
// AccurateSigma is the largest σ_c whose error, 6.4e-4, a test should have.
const (
	MinSigma      = 0.5
	AccurateSigma = 1.4
	MaxSigma      = 1.8
)

// A Method says how a correction distribution was found.
type Method int

const (
	// NonNegative fits the weights of atoms on a grid by least squares with
	// weights that may not become negative. It is the default.
	NonNegative Method = iota
	// Ridge fits the weights by ridge regression and then sets the negative
	// ones to zero (Seita et al., arXiv 1610.06848; Mair, Causer
	// and Garrahan, arXiv 2306.13442, appendix A).
	Ridge
	// Custom marks a distribution made by FromAtoms.
	Custom
)

var methodNames = [...]string{NonNegative: "non-negative", Ridge: "ridge", Custom: "custom"}

// String returns "non-negative", "ridge" or "custom".
func (m Method) String() string {
	if m < 0 || int(m) >= len(methodNames) {
		return fmt.Sprintf("Method(%d)", int(m))
	}
	return methodNames[m]
}

// A Config says which distribution Solve computes, and how. Every zero value
// but that of Sigma stands for a default.
type Config struct {
	// Sigma is σ_c, the standard deviation of the normal noise that the
	// correction turns into logistic noise, from MinSigma to MaxSigma.
	Sigma float64
	// Method is NonNegative (the zero value) or Ridge.
	Method Method
	// Grid is for the method NonNegative.
	Grid Grid
	// Ridge is for the method Ridge.
	Ridge RidgeGrid
}

// A Grid says where the method NonNegative may put atoms and where it
// compares CDFs. Both grids are symmetric about zero, and so is the solution.
type Grid struct {
	// Range: the candidates for atoms lie on [−Range, Range], in (0, 100].
	// 0 means 32. The logistic's tail beyond it, which has the probability
	// e^−Range on either side, cannot be fitted.
	Range float64
	// Step between candidates, in [2⁻¹⁰, Range]. 0 means 1/8.
	Step float64
	// PointRange: the CDFs are compared on [−PointRange, PointRange], in
	// [Range, 200]. 0 means Range + 8.
	PointRange float64
	// PointStep between the points of comparison, in [2⁻¹⁰, 1]. 0 means 1/16.
	PointStep float64
	// Rounds is how often least squares are repeated with larger weights
	// where the error was large, up to 1000, which brings the solution closer
	// to that with the smallest possible maximum of the error. 16 rounds get
	// nearly all there is: a quarter less. The default is 0, plain least
	// squares, all the same, because its error fades in the tails: at σ_c =
	// 1.3 and x = −7, where the logistic is 9e-4, it is off by 3 % of that,
	// the other by 12 %; and the variance by 5e-6 of itself, not by 3e-3.
	Rounds int
}

// A RidgeGrid has the parameters of the method Ridge, named as in appendix A
// of Mair, Causer and Garrahan: the atoms are 2N + 1 equidistant numbers on
// [−V, V], the points of comparison 4N + 1 on [−2V, 2V].
type RidgeGrid struct {
	V      float64 // in (0, 100]; 0 means 10
	N      int     // from 1 to 10⁵; 0 means 4000
	Lambda float64 // the regularisation λ, in (0, 10¹²]; 0 means 10
}

// Solve computes the distribution of X_corr for which N(0, Sigma²) + X_corr
// is as nearly logistic as the method can make it. It takes from a few
// milliseconds to a second. Unlike For it keeps nothing.
func Solve(config Config) (*Distribution, error) {
	if err := checkSigma(config.Sigma); err != nil {
		return nil, err
	}
	switch config.Method {
	case NonNegative:
		return solveNonNegative(config.Sigma, config.Grid)
	case Ridge:
		return solveRidge(config.Sigma, config.Ridge)
	}
	return nil, fmt.Errorf("correction: Method = %v, want %v or %v", config.Method, NonNegative, Ridge)
}

func checkSigma(sigma float64) error {
	if !(sigma >= MinSigma && sigma <= MaxSigma) {
		return fmt.Errorf("correction: Sigma = %v, want a number in [%v, %v]", sigma, MinSigma, MaxSigma)
	}
	return nil
}

// normal returns the standard normal CDF, accurate in its lower tail too.
func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// logistic returns the logistic CDF, accurate in its lower tail too.
func logistic(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}
