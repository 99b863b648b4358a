package langevin_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/ensemble/langevin"
)

// euler returns E[p²] and E[θ²] after a step of p ← keep·p − e(hθ + η) + noise and
// θ ← θ + e·p/m, in this order or the other one, for noise of a variance in all, that of
// eη included.
func euler(h, step, keep, mass, noise float64, driftFirst bool) (momentum, theta float64) {
	drift := []float64{1, step / mass, 0, 0, 1, 0, 0, 0, 0}
	kick := []float64{1, 0, 0, -step * h, keep, 0, 0, 0, 0}
	l := newLinear()
	if driftFirst {
		l = l.then(drift, 0, 0).then(kick, 1, noise)
	} else {
		l = l.then(kick, 1, noise).then(drift, 0, 0)
	}
	c := stationary(l.m, l.q)
	return c.At(1, 1), c.At(0, 0)
}

// SGHMC has its exact variances; what it is told of the noise it leaves out of its own.
func TestSGHMCOfHarmonicLoss(t *testing.T) {
	const n, s = 500, 2.0
	for _, test := range []struct {
		h, step, gamma, beta, mass, spread float64
		batch                              int
		told                               float64
	}{
		{1, 0.3, 1, 1, 1, 0, 1, 0},
		{2, 0.2, 2, 0.5, 2, 0, 1, 0},
		{1, 0.2, 1.5, 1, 1, 6, 10, 0},
		{1, 0.2, 1.5, 1, 1, 6, 10, 1},
	} {
		t.Run(fmt.Sprintf("%+v", test), func(t *testing.T) {
			samples, noise := 1, 0.0
			if test.batch > 1 {
				samples = 100
				noise = batchVariance(s, test.h/s, test.spread, samples, test.batch)
			}
			sampler := langevin.SGHMC{Step: test.step, Friction: test.gamma, Noise: test.told * noise}
			if test.mass != 1 {
				sampler.Masses = equal(n, float32(test.mass))
			}
			e := test.step
			total := 2*e*test.gamma*test.mass/test.beta + e*e*noise*(1-test.told)
			momentum, theta := euler(test.h, e, 1-e*test.gamma, test.mass, total, true)
			chain := newChain(t, langevin.Config{Sampler: sampler, S: s, Beta: test.beta, Batch: test.batch},
				newHarmonic(samples, test.spread, equal(n, float32(test.h/s))...))
			squares, kinetic := moments(t, chain, 200, 6000)
			squares.check(t, "E[θ²]", theta, 0.005)
			kinetic.check(t, "E[p²]", momentum, 0.005)
		})
	}
}

// What the thermostats are tested on: half of the parameters have noise from minibatches.
const (
	thermostated    = 1600
	thermostatStep  = 0.1
	thermostatA     = 1.0
	thermostatS     = 2.0
	thermostatN     = 120
	thermostatBatch = 10
	thermostatBeta  = 1.5
)

// newHalfNoisy returns a harmonic model with U = θ²/2 whose second half of parameters
// has noise, and the variance of its gradients.
func newHalfNoisy(spread float64) (*harmonic, float64) {
	model := newHarmonic(thermostatN, spread, equal(thermostated, 1/thermostatS)...)
	for i := range thermostatN {
		clear(model.centers[i*thermostated : i*thermostated+thermostated/2])
	}
	return model, batchVariance(thermostatS, 1/thermostatS, spread, thermostatN, thermostatBatch)
}

// thermostatted returns β E[p²] and β E[θ²] of either half, for the friction ξ at which
// their mean is that of the temperature 1/β, and that friction. With many parameters it
// hardly moves.
func thermostatted(noise, control float64, driftFirst bool) (momentum, theta [2]float64, xi float64) {
	e := thermostatStep
	low, high := -1.0, 8.0
	for range 60 {
		xi = (low + high) / 2
		for half, variance := range []float64{0, noise} {
			keep := 1 - e*xi - control*e*e/2*thermostatBeta*variance
			p, x := euler(1, e, keep, 1, 2*e*thermostatA/thermostatBeta+e*e*variance, driftFirst)
			momentum[half], theta[half] = thermostatBeta*p, thermostatBeta*x
		}
		if momentum[0]+momentum[1] > 2 {
			low = xi
		} else {
			high = xi
		}
	}
	return momentum, theta, xi
}

// Without a thermostat the noise of minibatches heats; SGNHT brings the mean temperature
// back, and CCAdL that of each direction.
func TestThermostats(t *testing.T) {
	model, noise := newHalfNoisy(6)
	config := langevin.Config{S: thermostatS, Beta: thermostatBeta, Batch: thermostatBatch}
	measure := func(t *testing.T, sampler langevin.Sampler, gradient langevin.Gradient, want, wantTheta [2]float64, xi float64) (temperatures [2]float64) {
		config.Sampler = sampler
		chain := newChain(t, config, gradient)
		run(t, chain, 1000)
		var theta, momentum [2][]float64
		var frictions []float64
		run(t, chain, 4000, langevin.Every(1, func(*langevin.Chain) error {
			frictions = append(frictions, chain.State().Friction)
			for half := range 2 {
				from, to := half*thermostated/2, (half+1)*thermostated/2
				theta[half] = append(theta[half], meanSquare(chain.State().Params[from:to]))
				momentum[half] = append(momentum[half], meanSquare(chain.State().Momentum[from:to]))
			}
			return nil
		}))
		if xi != 0 {
			estimateOf(frictions).check(t, "ξ", xi, 0.005)
		}
		for half := range 2 {
			p := estimateOf(momentum[half])
			p.check(t, fmt.Sprintf("E[p²] of half %d", half), want[half]/thermostatBeta, 0.005)
			estimateOf(theta[half]).check(t, fmt.Sprintf("E[θ²] of half %d", half), wantTheta[half]/thermostatBeta, 0.005)
			temperatures[half] = p.mean * thermostatBeta
		}
		return temperatures
	}
	t.Run("SGHMC", func(t *testing.T) {
		e := thermostatStep
		var want, wantTheta [2]float64
		for half, variance := range []float64{0, noise} {
			p, x := euler(1, e, 1-e*thermostatA, 1, 2*e*thermostatA/thermostatBeta+e*e*variance, true)
			want[half], wantTheta[half] = thermostatBeta*p, thermostatBeta*x
		}
		got := measure(t, langevin.SGHMC{Step: thermostatStep, Friction: thermostatA}, model, want, wantTheta, 0)
		assert.Greater(t, got[1], 1.2)
	})
	t.Run("SGNHT", func(t *testing.T) {
		want, wantTheta, xi := thermostatted(noise, 0, false)
		got := measure(t, langevin.SGNHT{Step: thermostatStep, Friction: thermostatA}, model, want, wantTheta, xi)
		assert.InDelta(t, 2, got[0]+got[1], 0.01)
		assert.Less(t, got[0], 0.95)
		assert.Greater(t, got[1], 1.05)
	})
	// Of four groups, of single samples, and of two groups of which few steps are remembered.
	for _, sampler := range []langevin.CCAdL{{}, {Groups: thermostatBatch}, {Groups: 2, Kappa: 0.1}} {
		t.Run(fmt.Sprintf("CCAdL, groups %d, kappa %v", sampler.Groups, sampler.Kappa), func(t *testing.T) {
			want, wantTheta, xi := thermostatted(noise, 1, true)
			sampler.Step, sampler.Friction = thermostatStep, thermostatA
			got := measure(t, sampler, perSample{model}, want, wantTheta, xi)
			assert.InDelta(t, 1, got[0], 0.02)
			assert.InDelta(t, 1, got[1], 0.02)
		})
	}
}

// The gradients of single samples, one at a time or several at once, give the same chain.
func TestCCAdLPerSample(t *testing.T) {
	model, _ := newHalfNoisy(6)
	config := langevin.Config{Sampler: langevin.CCAdL{Step: 0.1, Kappa: 0.1, Groups: 20}, S: thermostatS, Batch: 20}
	a, b := newChain(t, config, model), newChain(t, config, perSample{model})
	run(t, a, 20)
	run(t, b, 20)
	assert.Equal(t, a.Params(), b.Params())
	assert.Equal(t, a.State().Momentum, b.State().Momentum)
	assert.Equal(t, 400, a.Stats().Samples)
}

// Without minibatches there is no noise to be controlled.
func TestThermostatsWithoutMinibatches(t *testing.T) {
	for _, sampler := range []langevin.Sampler{
		langevin.CCAdL{Step: thermostatStep, Friction: thermostatA},
		langevin.SGNHT{Step: thermostatStep, Friction: thermostatA},
	} {
		_, driftFirst := sampler.(langevin.CCAdL)
		want, wantTheta, xi := thermostatted(0, 0, driftFirst)
		chain := newChain(t, langevin.Config{Sampler: sampler, S: thermostatS, Beta: thermostatBeta},
			newHarmonic(1, 0, equal(thermostated, 1/thermostatS)...))
		theta, momentum := moments(t, chain, 500, 4000)
		momentum.check(t, "E[p²]", want[0]/thermostatBeta, 0.005)
		theta.check(t, "E[θ²]", wantTheta[0]/thermostatBeta, 0.005)
		assert.InDelta(t, xi, chain.State().Friction, 0.2)
	}
}

// Masses do not change the distribution of θ but for the error of the step size, and the
// momenta have variances m/β.
func TestThermostatsWithMasses(t *testing.T) {
	masses := append(equal(500, 1), equal(500, 4)...)
	for _, sampler := range []langevin.Sampler{
		langevin.CCAdL{Step: 0.05, Friction: 1, Masses: masses},
		langevin.SGNHT{Step: 0.05, Friction: 1, Masses: masses},
	} {
		chain := newChain(t, langevin.Config{Sampler: sampler, S: 1}, newHarmonic(1, 0, equal(1000, 1)...))
		theta, momentum := moments(t, chain, 500, 6000, 500, 1000)
		assert.InDelta(t, 4, momentum.mean, 0.08, "%T", sampler)
		assert.InDelta(t, 1, theta.mean, 0.06, "%T", sampler)
	}
}
