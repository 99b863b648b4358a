package tps

import "math"

// Temperature returns the mean variance of the models of a trajectory of tau models at
// tilt s, in a direction in which the mean loss of the given number of samples is
// quadratic with the given curvature, in units of the variance that one model has
// there by Bayes' rule with the prior of the path. At 1 the models are as wide as in
// Bayesian inference, above it wider. With a flat prior it is
//
//	(N/s) · (1/τ) Σⱼ x / (x + 2 − 2 cos(πj/τ)),  j = 0 … τ−1,  x = s a σ²
//
// with N samples and the curvature a: N/s for stiff directions, x ≫ 4, and N/(s τ)
// for soft ones, x ≪ 1/τ², in which the models move as one. (The walk's normal modes,
// as for the mean loss in Mair, Causer and Garrahan, arXiv 2306.13442, Appendix B 1.)
//
// tau and samples are at least 1, and s, curvature and σ finite and above 0;
// otherwise Temperature returns NaN.
func (path Path) Temperature(tau int, s, curvature float64, samples int) float64 {
	if tau < 1 || samples < 1 {
		return math.NaN()
	}
	for _, x := range []float64{s, curvature, path.Sigma} {
		if !(x > 0) || math.IsInf(x, 1) {
			return math.NaN()
		}
	}
	// In units of 1/σ², the precision of a model is its own and what holds the
	// neighbors but for it, on either side: with p for a neighbor, p/(1 + p).
	pull := s * curvature * path.Sigma * path.Sigma
	right := make([]float64, tau)
	for t := tau - 2; t >= 0; t-- {
		beyond := path.pull(t+1) + pull + right[t+1]
		right[t] = beyond / (1 + beyond)
	}
	left, sum := 0.0, 0.0
	for t := range tau {
		own := path.pull(t) + pull
		sum += 1 / (own + left + right[t])
		left = (own + left) / (1 + own + left)
	}
	bayes := float64(samples)*curvature*path.Sigma*path.Sigma + path.pull(0)
	return bayes * sum / float64(tau)
}
