package tps

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

// sweeper returns a chain that sweeps with a number of workers.
func newSweeper(t testing.TB, config Config, losses Losses, workers int) *Chain {
	t.Helper()
	config.Sweep = true
	var further []Losses
	for range workers - 1 {
		further = append(further, losses) // which several goroutines may use
	}
	chain, err := NewChain(config, losses, further...)
	require.NoError(t, err)
	return chain
}

// A chain that sweeps is the same for any number of workers, and goes on from a
// checkpoint at any step as if it had not stopped.
func TestSweepsHaveTheSameBits(t *testing.T) {
	line := newLine(256, 1)
	for _, config := range []Config{
		{Tau: 1, Prior: &Gaussian{Sigma: 1}},
		{Tau: 2, Fraction: 0.5},
		{Tau: 7, Move: Autoregressive{Beta: 0.5, Surrogate: itsSurrogate(line)}},
		{Tau: 8, Test: adaptive(t, 256, minibatch.AdaptiveConfig{Estimate: minibatch.Weighted}),
			Move: Mix{{2, Autoregressive{Beta: 0.4}}, {1, RigidShift{Step: 0.1}}, {1, Autoregressive{}}}},
	} {
		t.Run(fmt.Sprint("τ=", config.Tau), func(t *testing.T) {
			config.Sigma, config.S, config.Seed = 0.1, 50, 3
			one := newSweeper(t, config, line, 1)
			var steps []Step
			note := func(to *[]Step) Observer {
				return EachStep(func(_ *Chain, step Step) error { *to = append(*to, step); return nil })
			}
			require.NoError(t, one.Run(context.Background(), 501, note(&steps)))
			for _, workers := range []int{2, 3, 8} {
				many := newSweeper(t, config, line, workers)
				var same []Step
				// In two parts, by a checkpoint, at any place of a sweep.
				at := 100 + workers
				require.NoError(t, many.Run(context.Background(), at, note(&same)))
				var file bytes.Buffer
				require.NoError(t, many.WriteCheckpoint(&file))
				resumed := newSweeper(t, config, line, 2)
				require.NoError(t, resumed.Run(context.Background(), 37))
				require.NoError(t, resumed.ReadCheckpoint(&file))
				require.Equal(t, many.Trajectory().Values(), resumed.Trajectory().Values())
				require.NoError(t, resumed.Run(context.Background(), 501, note(&same)))
				require.Equal(t, fmt.Sprint(steps), fmt.Sprint(same))
				require.Equal(t, one.Trajectory().Values(), resumed.Trajectory().Values())
				require.Equal(t, one.Stats(), resumed.Stats())
				require.Equal(t, fmt.Sprint(one.LossEstimates()), fmt.Sprint(resumed.LossEstimates()))
				require.Equal(t, resumed.current.Values(), resumed.proposed.Values())
			}
		})
	}
}

// itsSurrogate returns the loss of a perceptron as its own surrogate, in the steepest
// direction.
func itsSurrogate(l *exact.Linear) *Quadratic {
	a, v := steepest(l)
	return &Quadratic{Center: float32s(l.Minimizer), Curvatures: []float64{a}, Directions: [][]float64{v}}
}

// steepest returns the eigenvector of the largest eigenvalue of a perceptron with two
// parameters.
func steepest(l *exact.Linear) (float64, []float64) {
	a := l.Eigenvalues[1]
	x, y := l.Hessian.At(0, 1), a-l.Hessian.At(0, 0)
	norm := math.Hypot(x, y)
	return a, []float64{x / norm, y / norm}
}

func float32s(x []float64) []float32 {
	y := make([]float32, len(x))
	for i := range x {
		y[i] = float32(x[i])
	}
	return y
}

// sweptLoss returns the mean loss of the models of a chain relative to the exact one,
// and its standard error.
func sweptLoss(t testing.TB, chain *Chain, l *exact.Linear, steps int) (ratio, standardError float64) {
	config := chain.Config()
	require.NoError(t, chain.Run(context.Background(), steps/10))
	losses := make([]float64, config.Tau)
	var series []float64
	every := max(config.Tau, 4)
	require.NoError(t, chain.Run(context.Background(), steps, Every(every, func(c *Chain) error {
		if err := c.MeanLosses(losses); err != nil {
			return err
		}
		mean := 0.0
		for _, loss := range losses {
			mean += loss / float64(config.Tau)
		}
		series = append(series, mean)
		return nil
	})))
	mean, e := estimate.Mean(series)
	want := l.MeanLoss(config.Tau, config.S, config.Sigma)
	return mean / want, e / want
}

// Sweeps find the exact mean loss of the perceptron within 4 standard errors of 0.5 %.
// Sweeps in which neighbors move at the same time do not.
func TestSweepsAreExact(t *testing.T) {
	const n = 32
	line := newLine(n, 1)
	for _, c := range []struct {
		name  string
		tau   int
		sigma float64
		s     float64
		move  Move
		test  minibatch.Test
		steps int
		long  bool // only with the flag -long
	}{
		{"paper's", 2, 0.4, 100, Autoregressive{}, barker(t, n), 1_000_000, false},
		{"small steps", 8, 0.3, 100, Autoregressive{Beta: 0.9}, barker(t, n), 1_200_000, true},
		{"surrogate", 8, 0.3, 400, Autoregressive{Surrogate: itsSurrogate(line)}, barker(t, n), 400_000, false},
		{"surrogate and shift", 64, 0.1, 400, Mix{{20, Autoregressive{Surrogate: itsSurrogate(line)}}, {1, RigidShift{Step: 0.03, Surrogate: itsSurrogate(line)}}}, barker(t, n), 800_000, false},
		{"adaptive", 8, 0.3, 100, Autoregressive{Surrogate: itsSurrogate(line)}, adaptive(t, n, minibatch.AdaptiveConfig{Chunk: 10}), 800_000, true},
	} {
		if c.long && !*long {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config := Config{Tau: c.tau, Sigma: c.sigma, S: c.s, Move: c.move, Test: c.test, Seed: 5}
			ratio, e := sweptLoss(t, newSweeper(t, config, line, 2), line, c.steps)
			t.Logf("%s: %.4f ± %.4f", c.name, ratio, e)
			assert.LessOrEqual(t, math.Abs(ratio-1), 0.005+4*e)
			assert.Less(t, e, 0.005)
		})
	}
	t.Run("neighbors that move", func(t *testing.T) {
		t.Parallel()
		chain := newSweeper(t, Config{Tau: 8, Sigma: 0.1, S: 100, Move: Autoregressive{Beta: 0.7}, Test: barker(t, n), Seed: 5}, line, 1)
		chain.sweep.stride = 1
		ratio, e := sweptLoss(t, chain, line, 400_000)
		t.Logf("neighbors that move: %.4f ± %.4f", ratio, e)
		assert.Greater(t, math.Abs(ratio-1), 0.005+4*e)
	})
}

// Sweeps leave the path measure unchanged.
func TestSweepsWithoutTilt(t *testing.T) {
	for _, neighborsMove := range []bool{false, true} {
		chain := newSweeper(t, Config{Tau: 3, Sigma: invarianceSigma, Prior: &Gaussian{Sigma: 1}, Move: Autoregressive{Beta: 0.8}, Test: barker(t, 2)}, none{invarianceParams}, 1)
		if neighborsMove {
			chain.sweep.stride = 1
		}
		score, p := departure(3, chain.config.path(), replicas, func(trajectory *Trajectory) {
			require.NoError(t, chain.SetTrajectory(trajectory))
			for range 6 {
				_, err := chain.Step()
				require.NoError(t, err)
			}
			copy(trajectory.values, chain.current.values)
		})
		if neighborsMove {
			assert.True(t, score > largestScore || p < smallestP, "score %.1f, p %.2g", score, p)
			continue
		}
		assert.Less(t, score, float64(largestScore))
		assert.Greater(t, p, smallestP)
	}
}

func TestSweepDoesNotAllocate(t *testing.T) {
	line := newLine(256, 1)
	for _, workers := range []int{1, 2} {
		chain := newSweeper(t, Config{Tau: 8, Sigma: 0.1, S: 50, Move: Autoregressive{Beta: 0.5, Surrogate: itsSurrogate(line)}}, line, workers)
		require.NoError(t, chain.Run(context.Background(), 20_000))
		assert.Zero(t, testing.AllocsPerRun(2000, func() {
			if _, err := chain.Step(); err != nil {
				panic(err)
			}
		}), "%d workers", workers)
	}
}

func TestSweepsThatAreRefused(t *testing.T) {
	line, other := newLine(256, 1), newLine(64, 1)
	bad := &ill{Linear: line}
	for _, c := range []struct {
		config  Config
		losses  Losses
		further []Losses
		problem string
	}{
		{Config{}, line, []Losses{line}, "tps: there are 1 further losses, want none without Sweep"},
		{Config{Sweep: true, Width: 2}, line, nil, "tps: Sweep is set, but autoregressive(beta 1, fraction 1, width 2) cannot change one given model alone: it makes no LocalProposer"},
		{Config{Sweep: true, Move: Mix{{1, RigidShift{Step: 1}}}}, line, nil, "cannot change one given model alone"},
		{Config{Sweep: true}, line, []Losses{other}, "tps: further losses 1: they have 64 samples and 2 parameters, want 256 and 2 as the first"},
		{Config{Sweep: true}, line, []Losses{nil}, "tps: further losses 1: they are nil"},
		{Config{Sweep: true}, bad, []Losses{bad}, "tps: further losses 1: two goroutines would use them at once"},
		{Config{Sweep: true, Test: &ownTest{}}, line, nil, "has no method Clone() minibatch.Test: each model needs its own"},
	} {
		c.config.Tau, c.config.Sigma = 3, 0.1
		_, err := NewChain(c.config, c.losses, c.further...)
		require.ErrorContains(t, err, c.problem)
	}
}
