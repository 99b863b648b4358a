package tps_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// digitsChain returns a chain of the paper's CNN on drawn digits.
func digitsChain(t testing.TB, samples, workers int, config tps.Config) *tps.Chain {
	t.Helper()
	return estimatingChain(t, samples, workers, 0, config)
}

// estimatingChain is a digitsChain whose test estimates Δ in the given way.
func estimatingChain(t testing.TB, samples, workers int, estimate minibatch.Estimate, config tps.Config) *tps.Chain {
	t.Helper()
	digits, err := data.Digits(samples, random.Source(1))
	require.NoError(t, err)
	losses, err := nn.NewLosses(nn.MairCNN(), digits, nn.CrossEntropy, nn.Config{Workers: workers})
	require.NoError(t, err)
	t.Cleanup(losses.Close)
	config.Test, err = minibatch.NewAdaptive(samples, minibatch.AdaptiveConfig{Chunk: 60, Estimate: estimate})
	require.NoError(t, err)
	chain, err := tps.NewChain(config, losses)
	require.NoError(t, err)
	return chain
}

func TestWorkersDoNotMatter(t *testing.T) {
	config := tps.Config{Tau: 4, Sigma: 0.05, S: 50, Fraction: 0.25, Width: 2, Seed: 1}
	one := digitsChain(t, 1000, 1, config)
	require.NoError(t, one.Run(context.Background(), 100))
	for _, workers := range []int{2, 4} {
		several := digitsChain(t, 1000, workers, config)
		require.NoError(t, several.Run(context.Background(), 100))
		assert.Equal(t, one.Trajectory().Values(), several.Trajectory().Values())
		assert.Equal(t, one.Stats(), several.Stats())
		assert.Equal(t, one.LossEstimates(), several.LossEstimates())
	}
}

// Nor do they matter with references, which are of the models' losses and slopes.
func TestWorkersDoNotMatterWithReferences(t *testing.T) {
	for _, estimate := range []minibatch.Estimate{minibatch.Weighted, minibatch.Controlled} {
		config := tps.Config{Tau: 2, Sigma: 0.02, S: 200, Fraction: 0.25, Width: 2, Seed: 1}
		one := estimatingChain(t, 500, 1, estimate, config)
		require.NoError(t, one.Run(context.Background(), 30))
		require.Greater(t, one.Stats().Estimates[estimate], 20)
		var want bytes.Buffer
		require.NoError(t, one.WriteCheckpoint(&want))
		for _, workers := range []int{2, 3} {
			several := estimatingChain(t, 500, workers, estimate, config)
			require.NoError(t, several.Run(context.Background(), 15))
			var half, got bytes.Buffer
			require.NoError(t, several.WriteCheckpoint(&half))
			resumed := estimatingChain(t, 500, workers-1, estimate, config)
			require.NoError(t, resumed.ReadCheckpoint(&half))
			require.NoError(t, resumed.Run(context.Background(), 30))
			require.NoError(t, resumed.WriteCheckpoint(&got))
			assert.Equal(t, want.Bytes(), got.Bytes(), "%v, %d workers", estimate, workers)
		}
	}
}

// A chain learns: from a random start, which knows no more than that there are ten
// classes, digits that it was not trained on are classified far better than by
// chance. Seeds, and processors that round differently, differ in how soon.
func TestChainLearns(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	first := make([]float32, nn.MairCNN().Params())
	nn.InitUniform(first, nn.MairCNN(), random.Source(5))
	start, err := tps.RandomWalk(4, first, 0.02, random.Source(3))
	require.NoError(t, err)
	chain := digitsChain(t, 5000, 2, tps.Config{Tau: 4, Sigma: 0.02, S: 100, Fraction: 0.25, Seed: 5, Start: start})
	unseen, err := data.Digits(1000, random.Source(2))
	require.NoError(t, err)
	report := func() *ensemble.Report {
		committee, err := ensemble.New(nn.MairCNN(), chain.Trajectory().Models())
		require.NoError(t, err)
		r, err := committee.Evaluate(unseen)
		require.NoError(t, err)
		return r
	}
	before := report()
	assert.Less(t, before.Accuracy, 0.25)
	assert.Greater(t, before.NLL, 2.29) // ln 10 = 2.30
	require.NoError(t, chain.Run(context.Background(), 14_000))
	trained := report()
	t.Logf("accuracy %.3f, members %.3f, nll %.3f, mean batch %.0f", trained.Accuracy, trained.MemberAccuracyMean(), trained.NLL, chain.Stats().MeanBatch())
	assert.Less(t, trained.NLL, 2.0)
	assert.Greater(t, trained.Accuracy, 0.35)
}

func BenchmarkStep(b *testing.B) {
	for rule, name := range []string{minibatch.Planned: "perceptron", minibatch.Stopping: "perceptron, stopping"} {
		b.Run(name, func(b *testing.B) {
			line, _, err := data.Line(256, 0, random.Source(1))
			require.NoError(b, err)
			losses, err := nn.NewLosses(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{})
			require.NoError(b, err)
			test, err := minibatch.NewAdaptive(256, minibatch.AdaptiveConfig{Rule: minibatch.Rule(rule), Chunk: 32})
			require.NoError(b, err)
			chain, err := tps.NewChain(tps.Config{Tau: 8, Sigma: 0.1, S: 100, Test: test}, losses)
			require.NoError(b, err)
			steps(b, chain)
		})
	}
	b.Run("cnn", func(b *testing.B) {
		steps(b, digitsChain(b, 20_000, 1, tps.Config{Tau: 8, Sigma: 0.05, S: 50, Fraction: 0.25}))
	})
}

func steps(b *testing.B, chain *tps.Chain) {
	b.Helper()
	_, err := chain.Step()
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = chain.Step()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
	b.ReportMetric(float64(chain.Stats().Evaluations)/b.Elapsed().Seconds(), "losses/s")
}
