package langevin_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/ensemble/langevin"
)

// Nearly without noise, the steps are those of a recursion in float64.
func TestPSGLDSteps(t *testing.T) {
	const s, e, alpha, lambda = 3, 0.01, 0.9, 1e-3
	h := []float64{1, 4}
	chain := newChain(t, langevin.Config{
		Sampler: langevin.PSGLD{Step: e, Alpha: alpha, Lambda: lambda, Adapt: 30},
		S:       s, Beta: 1e16, Start: []float32{1, -2},
	}, newHarmonic(1, 0, 1, 4))
	theta, squares := []float64{1, -2}, []float64{1, 64}
	for step := range 60 {
		for i := range theta {
			g := h[i] * theta[i]
			if step < 30 {
				squares[i] = alpha*squares[i] + (1-alpha)*g*g // at step 0 it is g² itself
			}
			theta[i] -= e / (lambda + math.Sqrt(squares[i])) * s * g
		}
		run(t, chain, 1)
		for i := range theta {
			assert.InDelta(t, theta[i], chain.Params()[i], 2e-5)
		}
	}
}

// With a preconditioner that no longer changes, PSGLD is SGLD with steps e·G.
func TestPSGLDAfterAdaptation(t *testing.T) {
	const n, s, e, h, beta = 2000, 2, 0.15, 1.5, 1.3
	start := equal(n, 0.8)
	chain := newChain(t, langevin.Config{
		Sampler: langevin.PSGLD{Step: e, Lambda: 0.1, Adapt: 1}, S: s, Beta: beta, Start: start,
	}, newHarmonic(1, 0, equal(n, h)...))
	metric := 1 / (0.1 + h*0.8)
	theta, _ := moments(t, chain, 200, 4000)
	theta.check(t, "E[θ²]", 1/(beta*s*h)/(1-e*metric*s*h/2), 0.005)
}

// With α near 1, G hardly changes: v = h²E[θ²], and E[θ²] is that of steps e·G. With a
// small α the missing term Γ shows.
func TestPSGLDWhileAdapting(t *testing.T) {
	const n, e, h, lambda = 500, 0.5, 1.0, 0.5
	variance := 1.0
	for range 100 {
		variance = 1 / (1 - e/(lambda+math.Sqrt(variance))*h/2)
	}
	estimates := make(map[float64]estimate)
	for _, alpha := range []float64{0.999, 0.9} {
		chain := newChain(t, langevin.Config{Sampler: langevin.PSGLD{Step: e, Alpha: alpha, Lambda: lambda}, S: 1}, newHarmonic(1, 0, equal(n, h)...))
		estimates[alpha], _ = moments(t, chain, 8000, 8000)
	}
	estimates[0.999].check(t, "E[θ²]", variance, 0.005)
	biased := estimates[0.9]
	t.Logf("α = 0.9: %.4f ± %.4f", biased.mean, biased.err)
	assert.Greater(t, biased.mean, variance+10*biased.err)
}
