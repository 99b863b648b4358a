package diagnostics

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
)

// perceptron is the linear perceptron w·x + c in three dimensions.
type perceptron struct{ *exact.Linear }

func newPerceptron(t testing.TB) *perceptron {
	t.Helper()
	d, _, err := data.Linear(256, 3, random.Source(90), data.LinearConfig{Bias: true, Noise: 0.3})
	require.NoError(t, err)
	solution, err := exact.NewLinear(d)
	require.NoError(t, err)
	return &perceptron{solution}
}

func (p *perceptron) adaptive(t testing.TB) minibatch.Test {
	t.Helper()
	test, err := minibatch.NewAdaptive(p.Samples(), minibatch.AdaptiveConfig{Chunk: 32})
	require.NoError(t, err)
	return test
}

const (
	perceptronTau   = 4
	perceptronS     = 100.0
	perceptronSigma = 0.05
)

// chain returns a chain that starts at a distance from the minimum, in another
// direction for each seed.
func (p *perceptron) chain(t testing.TB, seed uint64, distance float64) *tps.Chain {
	t.Helper()
	normal := normalSource(91, seed)
	first := make([]float32, p.Params())
	for i := range first {
		first[i] = float32(p.Minimizer[i] + distance*normal.NormFloat64())
	}
	start, err := tps.RandomWalk(perceptronTau, first, perceptronSigma, random.Source(92, seed))
	require.NoError(t, err)
	chain, err := tps.NewChain(tps.Config{
		Tau: perceptronTau, Sigma: perceptronSigma, S: perceptronS, Start: start, Seed: seed, Test: p.adaptive(t),
	}, p)
	require.NoError(t, err)
	return chain
}

// record runs a chain and returns what the model at time 0 gives of one
// coordinate and the mean loss, after each k-th step.
func record(t testing.TB, chain *tps.Chain, burnIn, steps, k int) (coordinate, loss []float64) {
	t.Helper()
	ctx := context.Background()
	require.NoError(t, chain.Run(ctx, burnIn))
	require.NoError(t, chain.Run(ctx, burnIn+steps, tps.Every(k, func(c *tps.Chain) error {
		coordinate = append(coordinate, float64(c.Trajectory().Model(0)[0]))
		loss = append(loss, meanLoss(c))
		return nil
	})))
	return coordinate, loss
}

func meanLoss(c *tps.Chain) float64 {
	losses := make([]float64, perceptronTau)
	if err := c.MeanLosses(losses); err != nil {
		panic(err)
	}
	return meanOf(losses)
}

// Chains that start far from the minimum, with hardly any burn-in, must be
// flagged by all; the same with enough burn-in must pass all, and have the
// exact mean loss.
func TestPerceptron(t *testing.T) {
	t.Parallel()
	const chains = 4
	p := newPerceptron(t)
	run := func(burnIn, steps, k int) (coordinates, losses [][]float64) {
		for seed := range uint64(chains) {
			c, l := record(t, p.chain(t, seed, 3), burnIn, steps, k)
			coordinates, losses = append(coordinates, c), append(losses, l)
		}
		return coordinates, losses
	}

	t.Run("not converged", func(t *testing.T) {
		coordinates, losses := run(10, 500, 1) // loss falls for 700 steps and more
		assert.Greater(t, SplitRHat(coordinates), 1.1)
		assert.Greater(t, RankRHat(coordinates), 1.1)
		assert.Greater(t, SplitRHat(losses), 1.1)
		for _, loss := range losses {
			found := Geweke(loss)
			assert.Less(t, found.P, 0.001)
			assert.Positive(t, found.Z)
			_, settled := BurnIn(loss)
			assert.False(t, settled)
			detector := newConvergence(t, ConvergenceConfig{Window: 100, RelativeError: 0.1, RelativeGradient: 0.4})
			for _, x := range loss {
				require.False(t, detector.Add(x), "%+v", detector.Last())
			}
		}
	})

	t.Run("converged", func(t *testing.T) {
		coordinates, losses := run(20_000, 200_000, 10)
		t.Logf("R̂ %.4f, %.4f, τ_int %.0f", SplitRHat(coordinates), SplitRHat(losses), 10*IntegratedTimeOfChains(coordinates, 0).Tau)
		for _, series := range [][][]float64{coordinates, losses} {
			assert.Less(t, SplitRHat(series), 1.02)
			assert.Less(t, RankRHat(series), 1.02)
			for _, one := range series {
				assert.Greater(t, Geweke(one).P, 0.005)
				values, settled := BurnIn(one)
				assert.True(t, settled)
				assert.Less(t, values, len(one)/4)
			}
		}
		expected := p.MeanLoss(perceptronTau, perceptronS, perceptronSigma)
		merged := new(Accumulator)
		for _, loss := range losses {
			merged.Merge(accumulate(loss))
		}
		t.Logf("%.5f ± %.5f, exact %.5f", merged.Mean(), merged.StandardError(), expected)
		assert.InDelta(t, expected, merged.Mean(), 4*merged.StandardError())
		assert.Less(t, merged.StandardError(), 0.01*expected)
	})
}

// A run that ends when it has converged has forgotten its far start: the mean
// of its last window is the exact loss, up to the relative error asked for.
func TestConvergenceEndsARun(t *testing.T) {
	t.Parallel()
	p := newPerceptron(t)
	expected := p.MeanLoss(perceptronTau, perceptronS, perceptronSigma)
	var off sample
	for seed := range uint64(8) {
		chain := p.chain(t, 100+seed, 3)
		detector := newConvergence(t, ConvergenceConfig{Window: 2000, RelativeError: 0.02, RelativeGradient: 0.1})
		require.NoError(t, chain.Run(context.Background(), 2_000_000, detector.Observer(10, meanLoss)))
		found := detector.Last()
		assert.True(t, found.Converged)
		assert.Equal(t, chain.Steps(), 10*found.Values)
		assert.Less(t, chain.Steps(), 1_000_000)
		assert.InDelta(t, expected, found.Mean, 5*found.StandardError)
		off.add(found.Mean/expected - 1)
	}
	t.Logf("off by %.4f ± %.4f", off.mean, off.standardError())
	assert.InDelta(t, 0, off.mean, 4*off.standardError())
}
