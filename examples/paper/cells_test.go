package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/cli"
)

// outcomeOf makes an outcome whose blocks scatter about a loss.
func outcomeOf(sampler string, tau int, s float64, seed uint64, loss, batch float64) outcome {
	c := usual
	c.Sampler, c.Tau, c.S, c.Seed = sampler, tau, s, seed
	r := result{Loss: cli.Number(loss), Stderr: 0.01, MeanBatch: cli.Number(batch), Samples: 1000, Accuracy: 0.9, Members: 0.8}
	noise := rand.New(rand.NewPCG(seed, uint64(tau)))
	for range 100 {
		r.Outline = append(r.Outline, cli.Number(loss+0.1*noise.NormFloat64()))
	}
	return outcome{c, r}
}

func TestCells(t *testing.T) {
	cells := cellsOf([]outcome{
		outcomeOf("best", 4, 10, 1, 2, 50),
		outcomeOf("paper", 8, 10, 1, 1, 50), outcomeOf("paper", 8, 10, 2, 1.01, 50), outcomeOf("paper", 8, 10, 3, 0.99, 50),
		outcomeOf("paper", 4, 30, 1, 1, 50), outcomeOf("paper", 4, 10, 1, 2, 50), outcomeOf("paper", 4, 10, 2, 3, 50),
	})
	require.Len(t, cells, 4)
	require.Equal(t, []int{4, 4, 8, 4}, []int{cells[0].config.Tau, cells[1].config.Tau, cells[2].config.Tau, cells[3].config.Tau})
	require.Equal(t, "best", cells[3].config.Sampler)

	apart, together := cells[0], cells[2]
	require.InDelta(t, 2.5, apart.loss().Mean, 1e-12)
	require.InDelta(t, 0.5, apart.loss().Between, 1e-12, "half of the difference of two")
	require.InDelta(t, 0.01/math.Sqrt2, apart.loss().Within, 1e-12)
	require.InDelta(t, 0.5, apart.loss().bar(), 1e-12)
	require.False(t, apart.stationary())
	require.Greater(t, apart.rHat(), 3.0)
	require.True(t, together.stationary())
	require.InDelta(t, 1, together.rHat(), 0.05)
	require.True(t, math.IsNaN(cells[1].loss().Between))
	require.Equal(t, 0.01, cells[1].loss().bar(), "of one run, what it knows itself")
}

// A single run that drifts is not stationary.
func TestDrift(t *testing.T) {
	o := outcomeOf("paper", 4, 10, 1, 2, 50)
	for k := range o.result.Outline {
		o.result.Outline[k] -= cli.Number(0.005 * float64(k))
	}
	require.False(t, cellsOf([]outcome{o})[0].stationary())
}

func TestStatements(t *testing.T) {
	cells := cellsOf([]outcome{
		outcomeOf("paper", 4, 10, 1, 2, 100), outcomeOf("paper", 4, 30, 1, 1, 400), outcomeOf("paper", 4, 90, 1, 1.5, 900),
		outcomeOf("paper", 8, 10, 1, 1.8, 60), outcomeOf("paper", 8, 30, 1, 0.5, 200),
		outcomeOf("best", 8, 30, 1, 0.52, 20),
	})
	var b bytes.Buffer
	printStatements(&b, cells)
	text := b.String()
	require.Contains(t, text, "From one s to the next the loss falls in 2 of 3 cases, in 2 by more than 2 standard errors.")
	require.Contains(t, text, "From one τ to the next the loss falls in 2 of 2 cases, in 2 by more than 2 standard errors.")
	require.Contains(t, text, "N/⟨b⟩ is 1.11 to 16.7.")
	require.Contains(t, text, "τ = 8: the best accuracy by vote is 0.900, at s = 10, that of its members 0.800.")
	require.Contains(t, text, "τ = 8, s = 30: loss 0.5 by paper, 0.52 by best, which is -1.41 standard errors of the difference.")
	require.Contains(t, text, "The samplers are both stationary in 1 of 1 cells. There they differ by 1.41 standard errors (root mean square).")
}

// Where nothing is stationary there is no number for how samplers agree.
func TestNoAgreement(t *testing.T) {
	cells := cellsOf([]outcome{
		outcomeOf("paper", 4, 10, 1, 2, 50), outcomeOf("paper", 4, 10, 2, 3, 50), outcomeOf("best", 4, 10, 1, 2, 50),
	})
	var b bytes.Buffer
	printAgreement(&b, cells)
	require.Equal(t, "\nThe samplers are both stationary in 0 of 1 cells.\n", b.String())
}

func TestCurves(t *testing.T) {
	short, long := outcomeOf("paper", 2, 10, 1, 1, 50), outcomeOf("paper", 4, 10, 1, 1, 50)
	short.result.Curve = []point{{Step: 1, DataUse: 20, Loss: 2, Accuracy: 0.1}, {Step: 9, DataUse: 2000, Loss: 1, Accuracy: 0.5}}
	long.result.Curve = []point{{Step: 1, DataUse: 40, Loss: 2.2, Accuracy: 0.1}, {Step: 9, DataUse: 400, Loss: 0.5, Accuracy: 0.7}}
	var b bytes.Buffer
	printCurves(&b, cellsOf([]outcome{short, long}))
	require.Equal(t, "\nSampler paper, at D/τ = 100:\n  τ = 2: loss 1.5, accuracy by vote 0.300.\n  τ = 4: loss 0.5, accuracy by vote 0.700.\n", b.String())
}

func TestInterpolate(t *testing.T) {
	points := []lossBatch{{0, 1}, {1, 3}, {3, -1}}
	for loss, want := range map[float64]float64{0: 1, 0.5: 2, 1: 3, 2: 1, 3: -1} {
		require.InDelta(t, want, interpolate(points, loss), 1e-12)
	}
}

func TestLogTicks(t *testing.T) {
	labels := func(low, high float64) (all []string) {
		for _, tick := range logTicks(low, high) {
			if tick.Label != "" {
				all = append(all, tick.Label)
			}
		}
		return all
	}
	require.Equal(t, []string{"1", "10", "100", "1000"}, labels(0.9, 1100))
	require.Equal(t, []string{"0.3", "0.35", "0.4", "0.45", "0.5"}, labels(0.3, 0.53))
	require.Equal(t, []string{"5", "10", "20", "50", "100", "200"}, labels(4, 300))
}

// Titles say how long the runs of all cells are.
func TestDescribeSaysTheSteps(t *testing.T) {
	short, long := outcomeOf("paper", 4, 10, 1, 2, 50), outcomeOf("paper", 8, 10, 1, 2, 50)
	short.config.Steps, long.config.Steps = 5000, 20_000
	s := &sheet{cells: cellsOf([]outcome{long, short})}
	require.Equal(t, "N = 1,000 of digits, 1 × 5,000 to 20,000 steps", s.describe("digits"))
	s.cells = s.cells[:1]
	require.Equal(t, "N = 1,000 of digits, 1 × 5,000 steps", s.describe("digits"))
}
