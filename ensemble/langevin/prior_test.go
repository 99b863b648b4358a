package langevin_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/langevin"
)

var priorsOfTests = map[string]langevin.Prior{
	"gaussian": langevin.Gaussian{Mean: []float32{1, 0, -2}, Sigma: 0.7},
	"sigmas":   langevin.Gaussian{Sigmas: []float32{0.5, 1, 2}},
	"laplace":  langevin.Laplace{Mean: []float32{0.1, 0.2, 0.3}, Scale: 0.4},
	"walls":    langevin.Walls{Lower: -0.5, Upper: 0.25, Stiffness: 3},
	"cubic":    langevin.Walls{Lower: math.Inf(-1), Upper: 0.25, Stiffness: 3, Power: 3},
	"tether":   langevin.Tether{To: []float32{1, 2, 3}, Parameters: []int{2, 0}, Stiffness: 2},
	"quartic":  langevin.Tether{Stiffness: 2, Power: 4},
	"sum":      langevin.Priors{langevin.Gaussian{Sigma: 2}, langevin.Laplace{Scale: 3}, langevin.Tether{Stiffness: 1, Power: 1}},
}

// The gradient is the derivative of V, and is added.
func TestGradientsOfPriors(t *testing.T) {
	value := func(prior langevin.Prior, params []float32) float64 {
		return prior.AddGradient(make([]float32, len(params)), params)
	}
	for name, prior := range priorsOfTests {
		params := []float32{-1.5, 0.125, 0.75}
		gradient := []float32{10, 20, 30}
		prior.AddGradient(gradient, params)
		for i := range params {
			const h = 1.0 / 1024 // exact in float32
			x := params[i]
			params[i] = x + h
			above := value(prior, params)
			params[i] = x - h
			below := value(prior, params)
			params[i] = x
			assert.InDelta(t, (above-below)/(2*h), gradient[i]-10*float32(i+1), 1e-4, "%s, parameter %d", name, i)
		}
	}
}

func TestValuesOfPriors(t *testing.T) {
	params := []float32{-1.5, 0.125, 0.75}
	for name, want := range map[string]float64{
		"gaussian": (2.5*2.5 + 0.125*0.125 + 2.75*2.75) / (2 * 0.49),
		"sigmas":   (3*3 + 0.125*0.125 + 0.375*0.375) / 2,
		"laplace":  (1.6 + 0.075 + 0.45) / 0.4,
		"walls":    3 * (1 + 0.25) / 2,
		"cubic":    3 * 0.125 / 3,
		"tether":   2.25*2.25 + 2.5*2.5,
		"quartic":  2 * (math.Pow(1.5, 4) + math.Pow(0.125, 4) + math.Pow(0.75, 4)) / 4,
		"sum":      (2.25+0.015625+0.5625)/8 + 2.375/3 + 2.375,
	} {
		assert.InDelta(t, want, priorsOfTests[name].AddGradient(make([]float32, 3), params), 1e-6, name)
	}
	gradient := make([]float32, 1)
	assert.Zero(t, langevin.Laplace{Scale: 1}.AddGradient(gradient, []float32{0}))
	assert.Zero(t, langevin.Tether{Stiffness: 1, Power: 1}.AddGradient(gradient, []float32{0}))
	assert.Zero(t, gradient[0])
}

// The prior is in the target: a harmonic one with a harmonic loss, and Laplace's, whose
// E|θ − μ| and E(θ − μ)² are quadratures.
func TestChainsOfPriors(t *testing.T) {
	const n = 4000
	config := langevin.Config{
		Sampler: langevin.BAOAB{Step: 0.4, Friction: 1}, S: 2, Beta: 1.5,
		Prior: langevin.Gaussian{Sigma: 0.8},
	}
	chain := newChain(t, config, newHarmonic(1, 0, equal(n, 0.5)...))
	theta, _ := moments(t, chain, 100, 1000)
	theta.check(t, "E[θ²]", 1/(1.5*(2*0.5+1/0.64)), 0.005)

	// Two step sizes, to leave out the error of second order.
	var estimates [2]estimate
	for k, step := range []float64{0.1, 0.05} {
		config.Prior, config.Sampler = langevin.Laplace{Scale: 0.5}, langevin.BAOAB{Step: step, Friction: 1}
		chain = newChain(t, config, newHarmonic(1, 0, equal(3000, 0.5)...))
		estimates[k], _ = moments(t, chain, int(20/step), int(400/step))
	}
	theta = estimate{(4*estimates[1].mean - estimates[0].mean) / 3, math.Hypot(4*estimates[1].err, estimates[0].err) / 3}
	weight, square := 0.0, 0.0
	for x := 0.0; x < 8; x += 1e-4 {
		w := math.Exp(-1.5 * (2*0.5*x*x/2 + x/0.5))
		weight, square = weight+w, square+w*x*x
	}
	theta.check(t, "E[θ²]", square/weight, 0.005)
}

func TestPriorErrors(t *testing.T) {
	var missing *langevin.Gaussian
	for text, prior := range map[string]langevin.Prior{
		"Gaussian.Sigma = 0, want a finite number > 0":      langevin.Gaussian{},
		"Gaussian.Mean has 1 numbers, want":                 langevin.Gaussian{Sigma: 1, Mean: []float32{1}},
		"Gaussian.Mean[1] = NaN":                            langevin.Gaussian{Sigma: 1, Mean: []float32{1, float32(math.NaN())}},
		"Gaussian.Sigma = 1 beside Sigmas":                  langevin.Gaussian{Sigma: 1, Sigmas: []float32{1, 1}},
		"Gaussian.Sigmas[1] = 0":                            langevin.Gaussian{Sigmas: []float32{1, 0}},
		"Laplace.Scale = -1":                                langevin.Laplace{Scale: -1},
		"Walls.Lower = 1 and Upper = 0, want Lower < Upper": langevin.Walls{Lower: 1, Stiffness: 1},
		"Walls.Power = 0.5, want a finite number ≥ 1":       langevin.Walls{Upper: 1, Stiffness: 1, Power: 0.5},
		"Walls.Stiffness = 0":                               langevin.Walls{Upper: 1},
		"Tether.Parameters[0] = 2, want 0 to 1":             langevin.Tether{Stiffness: 1, Parameters: []int{2}},
		"Tether.To has 3 numbers":                           langevin.Tether{Stiffness: 1, To: make([]float32, 3)},
		"Priors[1] is nil":                                  langevin.Priors{langevin.Gaussian{Sigma: 1}, nil},
		"Config.Prior is a nil *langevin.Gaussian":          missing,
	} {
		_, err := langevin.NewChain(langevin.Config{Prior: prior}, newHarmonic(1, 0, 1, 1))
		require.ErrorContains(t, err, text)
	}
}
