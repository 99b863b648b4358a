package moves

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

func TestConfigErrors(t *testing.T) {
	l, other := newLine(t, 16), newLine(t, 17)
	g := l.gradients
	var missing *nn.Gradients
	nan := math.NaN()
	for text, move := range map[string]tps.Move{
		"moves: Langevin.Gradient is nil": Langevin{},
		"moves: Barker.Gradient is nil":   Barker{Gradient: missing},
		"moves: Langevin.Gradient is of 17 samples and 2 parameters, want the losses' 16 and 2": Langevin{Gradient: other.gradients},
		"moves: Hamiltonian.Gradient is of 17 samples":                                          Hamiltonian{Gradient: other.gradients},
		"moves: Langevin.Beta = 1.5, want a number in (0, 1]":                                   Langevin{Gradient: g, Beta: 1.5},
		"moves: Langevin.Beta = NaN, want":                                                      Langevin{Gradient: g, Beta: nan},
		"moves: Langevin.Batch = 17, want 1 to the number of samples, 16":                       Langevin{Gradient: g, Batch: 17},
		"moves: Barker.Batch = -1, want":                                                        Barker{Gradient: g, Batch: -1},
		"moves: Barker.Step = -1, want a number in (0, 1000]":                                   Barker{Gradient: g, Step: -1},
		"moves: Barker.Step = NaN, want":                                                        Barker{Gradient: g, Step: nan},
		"moves: Hamiltonian.Step = -1, want a finite number > 0":                                Hamiltonian{Gradient: g, Step: -1},
		"moves: Hamiltonian.Step = +Inf, want":                                                  Hamiltonian{Gradient: g, Step: math.Inf(1)},
		"moves: Hamiltonian.Steps = -1, want at least 1, or 0 for the default":                  Hamiltonian{Gradient: g, Steps: -1},
		"moves: Hamiltonian.Jitter = 1, want a number below 1":                                  Hamiltonian{Gradient: g, Jitter: 1},
		"moves: Hamiltonian.Jitter = NaN, want":                                                 Hamiltonian{Gradient: g, Jitter: nan},
		"moves: Hamiltonian.Speed = -2, want a finite number > 0":                               Hamiltonian{Gradient: g, Speed: -2},
	} {
		_, err := tps.NewChain(tps.Config{Tau: 2, Sigma: 1, Move: move}, l.losses())
		assert.ErrorContains(t, err, text)
	}
	_, err := tps.NewChain(tps.Config{Tau: 2, Sigma: 1, Move: Hamiltonian{}}, l.Linear)
	assert.ErrorContains(t, err, "moves: Hamiltonian.Gradient is nil, and the losses, a *exact.Linear, have no slopes")
}

func TestStrings(t *testing.T) {
	g := newLine(t, 16).gradients
	for text, move := range map[string]tps.Move{
		"langevin(beta 0.1, batch 32)":                                        Langevin{Gradient: g},
		"langevin(beta 0.5, batch 7)":                                         Langevin{Beta: 0.5, Batch: 7},
		"barker(step 0.1, batch 32)":                                          Barker{Gradient: g},
		"hamiltonian(one model, step 0.1, steps 10, jitter 0.2, speed sigma)": Hamiltonian{Gradient: g},
		"hamiltonian(whole, step 0.5, steps 3, jitter 0, speed 2)":            Hamiltonian{Step: 0.5, Steps: 3, Jitter: -1, Speed: 2, Whole: true},
	} {
		assert.Equal(t, text, move.(interface{ String() string }).String())
	}
}

// A Hamiltonian without a gradient takes that of the losses: the same chain, up to
// rounding.
func TestHamiltonianTakesTheLossesGradient(t *testing.T) {
	l := newLine(t, 16)
	run := func(g Gradient) []float32 {
		chain := newChain(t, tps.Config{Tau: 3, Sigma: sigma, S: 100, Seed: 2, Move: Hamiltonian{Gradient: g, Step: 0.3, Steps: 2, Whole: true}}, l.losses())
		require.NoError(t, chain.Run(context.Background(), 20))
		assert.Positive(t, chain.Stats().Acceptance())
		return chain.Trajectory().Values()
	}
	assert.InDeltaSlice(t, run(l.gradients), run(nil), 1e-3)
}

// A well has the loss x² within its walls, another one at them and beyond.
type well struct{ wall, beyond float64 }

func (w well) Samples() int { return 4 }
func (w well) Params() int  { return 1 }

func (w well) Losses(dst [][]float64, models [][]float32, samples []int) {
	var gradient [1]float32
	for k, model := range models {
		for j, i := range samples {
			dst[k][j] = w.Gradient(gradient[:], model, []int{i})
		}
	}
}

func (w well) Gradient(dst, model []float32, _ []int) float64 {
	x := float64(model[0])
	if math.Abs(x) < w.wall {
		dst[0] = float32(2 * x)
		return x * x
	}
	dst[0] = float32(math.NaN())
	return w.beyond
}

// Infinite losses are walls: the density within is the exact one. NaN is an error of the
// moves whose proposals the acceptance test sees, and a wall for a Hamiltonian.
func TestWalls(t *testing.T) {
	const s = 2.0
	norm, square := 0.0, 0.0
	for x := -0.9995; x < 1; x += 0.001 {
		norm += math.Exp(-s * x * x)
		square += x * x * math.Exp(-s*x*x)
	}
	for kind, beyond := range map[string]float64{"infinite": math.Inf(1), "NaN": math.NaN()} {
		w := well{1, beyond}
		for name, move := range map[string]tps.Move{
			"Langevin":    Langevin{Gradient: w, Beta: 0.9},
			"Barker":      Barker{Gradient: w, Step: 1.2},
			"Hamiltonian": Hamiltonian{Gradient: w, Step: 0.5, Steps: 3},
		} {
			t.Run(name+" "+kind, func(t *testing.T) {
				start, err := tps.NewTrajectory(1, 1)
				require.NoError(t, err)
				chain := newChain(t, tps.Config{Tau: 1, Sigma: 1, S: s, Seed: 1, Start: start, Move: move, Test: barkerTest(t, 4)}, w)
				var sum moments
				for range 30_000 {
					_, err := chain.Step()
					if kind == "NaN" && name != "Hamiltonian" {
						if err != nil {
							var loss *tps.LossError
							require.ErrorAs(t, err, &loss)
							assert.True(t, loss.Proposed)
							return
						}
						continue
					}
					require.NoError(t, err)
					x := float64(chain.Trajectory().Model(0)[0])
					require.Less(t, math.Abs(x), 1.0)
					sum.add(x * x)
				}
				sum.check(t, square/norm)
			})
		}
	}
}

// A model of the trajectory beyond the wall is an error if its loss is NaN, and is left
// to other moves if it is infinite.
func TestStartBeyondTheWall(t *testing.T) {
	start, err := tps.RandomWalk(2, []float32{3}, 0, random.Source(1))
	require.NoError(t, err)
	for _, whole := range []bool{false, true} {
		w := well{1, math.NaN()}
		config := tps.Config{Tau: 2, Sigma: 1, S: 1, Start: start, Move: Hamiltonian{Gradient: w, Whole: whole}}
		chain := newChain(t, config, w)
		_, err = chain.Step()
		var loss *tps.LossError
		require.ErrorAs(t, err, &loss)
		assert.False(t, loss.Proposed)
		assert.Equal(t, start.Values(), chain.Trajectory().Values())

		w.beyond = math.Inf(1)
		config.Move = tps.Mix{{Weight: 1, Move: Hamiltonian{Gradient: w, Whole: whole}}, {Weight: 1, Move: tps.Autoregressive{}}}
		chain = newChain(t, config, w)
		require.NoError(t, chain.Run(context.Background(), 1000))
		for _, x := range chain.Trajectory().Values() {
			assert.Less(t, math.Abs(float64(x)), 1.0)
		}
	}
}

// A gradient that throws a model beyond all numbers does no harm.
type catapult struct{ well }

func (c catapult) Gradient(dst, model []float32, samples []int) float64 {
	loss := c.well.Gradient(dst, model, samples)
	dst[0] = math.MaxFloat32
	return loss
}

func TestOverflow(t *testing.T) {
	c := catapult{well{wall: 1e30}}
	start, err := tps.NewTrajectory(1, 1)
	require.NoError(t, err)
	for _, move := range []tps.Move{Langevin{Gradient: c, Beta: 1}, Hamiltonian{Gradient: c, Step: 1e20}, Barker{Gradient: c, Step: 1000}} {
		chain := newChain(t, tps.Config{Tau: 1, Sigma: 1e10, S: 1e6, Start: start, Move: move, Test: barkerTest(t, 4)}, c)
		require.NoError(t, chain.Run(context.Background(), 100))
		assert.Less(t, chain.Stats().Acceptance(), 0.1)
	}
}
