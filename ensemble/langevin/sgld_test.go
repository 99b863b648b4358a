package langevin_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/langevin"
)

// overdampedVariance returns β h E[θ²] of SGLD for U = hθ²/2 with gradients of a variance.
func overdampedVariance(h, step, beta, noise float64) float64 {
	keep := 1 - step*h
	return beta * h * (2*step/beta + step*step*noise) / (1 - keep*keep)
}

// SGLD has its exact variance, with and without minibatches.
func TestSGLDOfHarmonicLoss(t *testing.T) {
	for _, test := range []struct {
		h, step, beta, spread float64
		batch                 int
	}{
		{1, 0.2, 1, 0, 0},
		{2, 0.5, 3, 0, 0},
		{1, 0.3, 1, 6, 5},
		{0.5, 0.2, 2, 15, 10},
	} {
		t.Run(fmt.Sprintf("h=%v e=%v m=%d", test.h, test.step, test.batch), func(t *testing.T) {
			const n = 400
			s, samples := 2.0, 100
			if test.batch == 0 {
				samples = 1
			}
			model := newHarmonic(samples, test.spread, equal(n, float32(test.h/s))...)
			chain := newChain(t, langevin.Config{
				Sampler: langevin.SGLD{Step: test.step}, S: s, Beta: test.beta, Batch: test.batch,
			}, model)
			noise := 0.0
			if samples > 1 {
				noise = batchVariance(s, test.h/s, test.spread, samples, test.batch)
			}
			want := overdampedVariance(test.h, test.step, test.beta, noise)
			if noise == 0 {
				assert.InDelta(t, 1/(1-test.step*test.h/2), want, 1e-12) // the closed form
			} else {
				assert.Greater(t, want, 1.5/(1-test.step*test.h/2))
			}
			theta, _ := moments(t, chain, 100, 5000)
			theta.check(t, "E[θ²]", want/(test.beta*test.h), 0.005)
		})
	}
}

// A decay gives the step sizes of the paper, and their weighted averages the target.
func TestSGLDWithDecay(t *testing.T) {
	chain := newChain(t, langevin.Config{
		Sampler: langevin.SGLD{Step: 0.8, Decay: 0.6, Delay: 50}, S: 1,
	}, newHarmonic(1, 0, equal(2000, 1)...))
	v, weight, want := 0.01, 0.0, 0.0 // the exact variance of each step
	sum := 0.0
	run(t, chain, 4000, langevin.EachStep(func(c *langevin.Chain, step langevin.Step) error {
		e := 0.8 * math.Pow(1+float64(step.Number)/50, -0.6)
		v = (1-e)*(1-e)*v + 2*e
		if step.Number >= 20 {
			weight += e
			want += e * v
			sum += e * meanSquare(c.Params())
		}
		return nil
	}))
	// A chain in the time of its steps, Σe, has correlations of squares over 1/2 on
	// either side.
	err := want / weight * math.Sqrt(2/2000.0/weight)
	estimate{sum / weight, err}.check(t, "E[θ²]", want/weight, 0.005)
	assert.InDelta(t, 0.8*math.Pow(81, -0.6), chain.StepSize(), 1e-12)
}

// The variances in a cycle are exact ones at its phases; the exploration has no noise.
func TestCSGLDOfHarmonicLoss(t *testing.T) {
	const n, cycle, cycles = 2000, 40, 150
	sampler := langevin.CSGLD{Step: 0.5, Cycle: cycle, Exploration: 0.25}
	chain := newChain(t, langevin.Config{Sampler: sampler, S: 1}, newHarmonic(1, 0, equal(n, 1)...))
	want := make([]float64, cycle)
	v := 1.0
	for range 20 { // to the periodic state
		for k := range cycle {
			e := 0.25 * (1 + math.Cos(math.Pi*float64(k)/cycle))
			v *= (1 - e) * (1 - e)
			if k >= cycle/4 {
				v += 2 * e
			}
			want[k] = v
		}
	}
	run(t, chain, 5*cycle)
	series := make([][]float64, cycle)
	run(t, chain, cycle*cycles, langevin.EachStep(func(c *langevin.Chain, step langevin.Step) error {
		k := step.Number % cycle
		assert.Equal(t, k >= 10, sampler.Sampling(step.Number))
		assert.Equal(t, k == cycle-1, sampler.LastOfCycle(step.Number))
		series[k] = append(series[k], meanSquare(c.Params()))
		return nil
	}))
	for _, k := range []int{0, 9, 10, 15, 30, 39} {
		estimateOf(series[k]).check(t, fmt.Sprintf("E[θ²] at %d", k), want[k], 0.005)
	}
}

func TestSGLDErrors(t *testing.T) {
	for text, sampler := range map[string]langevin.Sampler{
		"SGLD.Step = -1":                             langevin.SGLD{Step: -1},
		"SGLD.Decay = 1.5, want 0 to 1":              langevin.SGLD{Decay: 1.5},
		"SGLD.Delay = -1, want a finite":             langevin.SGLD{Delay: -1},
		"CSGLD.Step = NaN":                           langevin.CSGLD{Step: math.NaN()},
		"CSGLD.Cycle = -2":                           langevin.CSGLD{Cycle: -2},
		"CSGLD.Exploration = 1":                      langevin.CSGLD{Exploration: 1},
		"PSGLD.Step = +Inf":                          langevin.PSGLD{Step: math.Inf(1)},
		"PSGLD.Alpha = 1, want a number in (0, 1)":   langevin.PSGLD{Alpha: 1},
		"PSGLD.Lambda = -1":                          langevin.PSGLD{Lambda: -1},
		"PSGLD.Adapt = -1":                           langevin.PSGLD{Adapt: -1},
		"SGHMC.Friction = 20, want at most 1/Step":   langevin.SGHMC{Step: 0.1, Friction: 20},
		"SGHMC.Noise = -1":                           langevin.SGHMC{Noise: -1},
		"SGHMC.Noise = 100, want at most 2γm/(βe) =": langevin.SGHMC{Step: 0.1, Friction: 1, Noise: 100},
		"SGNHT.Step = -0.1":                          langevin.SGNHT{Step: -0.1},
		"SGNHT.Inertia = -2":                         langevin.SGNHT{Inertia: -2},
		"SGNHT.Masses[0] = -1":                       langevin.SGNHT{Masses: []float32{-1}},
		"CCAdL.Kappa = 1":                            langevin.CCAdL{Kappa: 1},
		"CCAdL.Friction = NaN":                       langevin.CCAdL{Friction: math.NaN()},
	} {
		_, err := langevin.NewChain(langevin.Config{Sampler: sampler}, newHarmonic(1, 0, 1))
		require.ErrorContains(t, err, text)
	}
	for text, config := range map[string]langevin.Config{
		"SGHMC.Noise = 0.1 with Config.Epochs": {Sampler: langevin.SGHMC{Noise: 0.1}, Batch: 2, Epochs: true},
		"CCAdL with Config.Epochs":             {Sampler: langevin.CCAdL{}, Batch: 2, Epochs: true},
		"CCAdL with Config.Batch = 1":          {Sampler: langevin.CCAdL{}, Batch: 1},
	} {
		_, err := langevin.NewChain(config, newHarmonic(4, 1, 1))
		require.ErrorContains(t, err, text)
	}
}
