package tps

import (
	"bytes"
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/estimate"
)

// tunedOf returns a tuned number of a chain.
func tunedOf(t testing.TB, chain *Chain, choice int, name string) float64 {
	t.Helper()
	for _, tuned := range chain.Tuned() {
		if tuned.Choice == choice && tuned.Name == name {
			return tuned.Value
		}
	}
	require.Fail(t, "not tuned", "%d %s", choice, name)
	return 0
}

// efficiency returns the squared jump of the losses for each loss evaluated, of a chain
// that is not tuned.
func efficiencyOf(t testing.TB, config Config, losses Losses, steps int) float64 {
	config.Tuning = Tuning{}
	chain := newChain(t, config, losses)
	require.NoError(t, chain.Run(context.Background(), 1000))
	watcher := newWatcher(chain)
	require.NoError(t, chain.Run(context.Background(), 1000+steps, EachStep(func(_ *Chain, step Step) error {
		watcher(step)
		return nil
	})))
	return watcher(Step{})
}

// newWatcher returns a function that takes steps into account, and returns the squared
// jump for each loss so far.
func newWatcher(chain *Chain) func(Step) float64 {
	all := make([]int, chain.comparison.losses.Samples())
	for i := range all {
		all[i] = i
	}
	losses := func() []float64 {
		rows := make([][]float64, chain.config.Tau)
		for t := range rows {
			rows[t] = make([]float64, len(all))
		}
		chain.comparison.losses.Losses(rows, chain.Trajectory().Models(), all)
		flat := []float64{}
		for _, row := range rows {
			flat = append(flat, row...)
		}
		return flat
	}
	before, jump, cost := losses(), 0.0, 0.0
	return func(step Step) float64 {
		after := losses()
		for i, x := range before {
			jump += (after[i] - x) * (after[i] - x)
		}
		before = after
		cost += float64(step.Evaluations)
		return jump / cost
	}
}

// Tuning finds a β that is nearly the best, from far too small and too large ones.
func TestTuningFindsTheBestSize(t *testing.T) {
	line := newLine(32, 1)
	config := func(beta float64) Config {
		return Config{Tau: 3, Sigma: 3, S: 400, Seed: 8, Move: Autoregressive{Beta: beta}, Test: barker(t, 32),
			Start: startAt(t, 3, append(append(append([]float64{}, line.Minimizer...), line.Minimizer...), line.Minimizer...))}
	}
	best, at := 0.0, 0.0
	for _, beta := range []float64{0.003, 0.006, 0.0125, 0.025, 0.05, 0.1, 0.2, 0.4} {
		if e := efficiencyOf(t, config(beta), line, 20_000); e > best {
			best, at = e, beta
		}
	}
	for _, start := range []float64{0.003, 0.9} {
		c := config(start)
		c.Tuning = Tuning{Steps: 20_000}
		chain := newChain(t, c, line)
		require.NoError(t, chain.Run(context.Background(), 20_000))
		beta := tunedOf(t, chain, 0, "Beta")
		tuned := config(beta)
		e := efficiencyOf(t, tuned, line, 20_000)
		t.Logf("from %v: β = %.3g, efficiency %.3g; the best, at %.3g: %.3g; not tuned %.3g", start, beta, e, at, best, efficiencyOf(t, config(start), line, 20_000))
		assert.Greater(t, e, 0.75*best)
		assert.Less(t, efficiencyOf(t, config(start), line, 20_000), 0.5*best)

		// Frozen afterwards.
		require.NoError(t, chain.Run(context.Background(), 25_000))
		assert.Equal(t, beta, tunedOf(t, chain, 0, "Beta"))
		assert.Equal(t, beta, chain.proposer.(*autoregressive).beta)
	}
}

// A size so large that nothing is accepted, with those that it is compared with, shrinks
// until something is.
func TestTuningShrinksWhatIsRejected(t *testing.T) {
	chain := newChain(t, Config{
		Tau: 3, Sigma: 0.3, S: 400, Seed: 8, Test: barker(t, 32), Move: RigidShift{Step: 100}, Tuning: Tuning{Steps: 1300},
	}, newLine(32, 1))
	require.NoError(t, chain.Run(context.Background(), 1300))
	step := tunedOf(t, chain, 0, "Step")
	assert.Less(t, step, 1.0)
	chain.ResetStats()
	require.NoError(t, chain.Run(context.Background(), 2300))
	t.Logf("step %.3g, acceptance %.2f", step, chain.Stats().Acceptance())
	assert.Greater(t, chain.Stats().Acceptance(), 0.05)
}

// The weights of a Mix become those of the better moves, and each keeps some.
func TestTuningWeighsMoves(t *testing.T) {
	line := newLine(32, 1)
	for _, sweep := range []bool{false, true} {
		chain := newChain(t, Config{
			Tau: 4, Sigma: 0.3, S: 400, Seed: 8, Test: barker(t, 32), Sweep: sweep, Tuning: Tuning{Steps: 20_000},
			Move: Mix{{1, Autoregressive{Beta: 0.2}}, {1, Autoregressive{Surrogate: itsSurrogate(line)}}, {1, RigidShift{Step: 1e-6}}},
		}, line)
		require.NoError(t, chain.Run(context.Background(), 20_000))
		frozen := chain.Tuned()
		require.NoError(t, chain.Run(context.Background(), 25_000))
		require.Equal(t, frozen, chain.Tuned())
		for k := range 3 {
			w := tunedOf(t, chain, k, "Weight")
			assert.GreaterOrEqual(t, w, leastWeight)
			assert.LessOrEqual(t, w, 1.0)
			if !sweep {
				assert.Equal(t, w, chain.proposer.(*mixProposer).weights[k])
			}
		}
		assert.Greater(t, tunedOf(t, chain, 1, "Weight"), tunedOf(t, chain, 2, "Weight"))
		assert.Greater(t, tunedOf(t, chain, 2, "Step"), 1e-5, "far too small a step grows")
		if sweep {
			assert.Equal(t, tunedOf(t, chain, 0, "Weight"), chain.sweep.workers[0].proposer.(*mixProposer).weights[0])
			whole := tunedOf(t, chain, 2, "Weight")
			all := whole + tunedOf(t, chain, 0, "Weight") + tunedOf(t, chain, 1, "Weight")
			assert.InDelta(t, whole/all, chain.sweep.wholeShare, 1e-12)
		}
	}
}

// A chain that is interrupted in its tuning, or after it, goes on bit for bit, by
// sweeps of any number of workers, too.
func TestTuningResumes(t *testing.T) {
	line := newLine(64, 1)
	for _, sweep := range []bool{false, true} {
		config := Config{
			Tau: 5, Sigma: 0.3, S: 200, Seed: 8, Sweep: sweep, Tuning: Tuning{Steps: 2000, Samples: 10},
			Move: Mix{{1, Autoregressive{Beta: 0.2, Fraction: 0.5}}, {1, Autoregressive{Surrogate: itsSurrogate(line)}}, {1, RigidShift{Step: 0.01}}},
		}
		whole := newChain(t, config, line)
		require.NoError(t, whole.Run(context.Background(), 3000))
		for _, at := range []int{3, 777, 1999, 2500} {
			part := newChain(t, config, line)
			require.NoError(t, part.Run(context.Background(), at))
			var file bytes.Buffer
			require.NoError(t, part.WriteCheckpoint(&file))
			var further []Losses
			if sweep {
				further = append(further, line)
			}
			resumed, err := NewChain(config, line, further...)
			require.NoError(t, err)
			require.NoError(t, resumed.Run(context.Background(), 123))
			require.NoError(t, resumed.ReadCheckpoint(&file))
			require.Equal(t, part.Tuned(), resumed.Tuned())
			require.NoError(t, resumed.Run(context.Background(), 3000))
			require.Equal(t, whole.Trajectory().Values(), resumed.Trajectory().Values())
			require.Equal(t, whole.Tuned(), resumed.Tuned())
			require.Equal(t, whole.Stats(), resumed.Stats())
		}
	}
}

// A tuned chain samples the target after its tuning.
func TestTunedChainIsExact(t *testing.T) {
	const n = 32
	line := newLine(n, 1)
	config := Config{Tau: 4, Sigma: 0.3, S: 200, Seed: 8, Test: barker(t, n), Tuning: Tuning{Steps: 5000},
		Move: Mix{{1, Autoregressive{Beta: 0.3}}, {1, Autoregressive{Surrogate: itsSurrogate(line)}}}}
	chain := newChain(t, config, line)
	require.NoError(t, chain.Run(context.Background(), 20_000))
	losses := make([]float64, config.Tau)
	var series []float64
	require.NoError(t, chain.Run(context.Background(), 600_000, Every(4, func(c *Chain) error {
		if err := c.MeanLosses(losses); err != nil {
			return err
		}
		series = append(series, (losses[0]+losses[1]+losses[2]+losses[3])/4)
		return nil
	})))
	mean, e := estimate.Mean(series)
	want := line.MeanLoss(config.Tau, config.S, config.Sigma)
	assert.LessOrEqual(t, math.Abs(mean/want-1), 0.005+4*e/want)
	assert.Less(t, e/want, 0.005)
}

func TestTuningIsRefused(t *testing.T) {
	for problem, tuning := range map[string]Tuning{
		"tps: Tuning.Steps = 10, want at least 300, or 0 for none":                            {Steps: 10},
		"tps: Tuning.Samples = 65, want 1 to the number of samples, 64, or 0 for the default": {Steps: 300, Samples: 65},
	} {
		_, err := NewChain(Config{Tau: 2, Sigma: 1, Tuning: tuning}, newLine(64, 1))
		require.EqualError(t, err, problem)
	}
}
