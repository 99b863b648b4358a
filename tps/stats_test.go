package tps

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/minibatch"
)

// A doubter is a test of which every third decision is doubtful.
type doubter struct{ decisions int }

func (d *doubter) Decide(minibatch.Differences, float64, rand.Source) (minibatch.Decision, error) {
	d.decisions++
	return minibatch.Decision{By: minibatch.Correction, Estimate: minibatch.Weighted, Samples: 10, Cost: 20, UniformCost: 55.4, Doubtful: d.decisions%3 == 0}, nil
}

// What decisions took and which are doubtful is counted, added up, and kept in
// checkpoints.
func TestStatsOfEstimates(t *testing.T) {
	config := Config{Tau: 2, Sigma: 0.1, S: 10, Test: new(doubter)}
	chain := newChain(t, config, newLine(64, 1))
	require.NoError(t, chain.Run(context.Background(), 10))
	stats := chain.Stats()
	assert.Equal(t, 3, stats.Doubtful)
	assert.Equal(t, 200, stats.Cost)
	assert.Equal(t, 550, stats.UniformCost)
	assert.Equal(t, 10, stats.Estimates[minibatch.Weighted])

	resumed := newChain(t, config, newLine(64, 1))
	restore(t, resumed, save(t, chain))
	assert.Equal(t, stats, resumed.Stats())

	double := stats
	double.Add(stats)
	assert.Equal(t, [3]int{6, 400, 1100}, [3]int{double.Doubtful, double.Cost, double.UniformCost})

	text, err := json.Marshal(stats)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"Cost":200,"UniformCost":550,"Doubtful":3,`)
	var back Stats
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, stats, back)
}

// A test that draws uniformly has no doubt about losses that are alike, and has
// some where one sample has nearly all the variance.
func TestFewLargeDifferencesAreDoubtful(t *testing.T) {
	const n = 400
	for large, doubtful := range map[float64]bool{1: false, 500: true} {
		losses := newRegression(n, 3, 0.5, 9)
		for a := range 3 {
			losses.x[a] *= large
			losses.x[3+a] *= -large
		}
		config := Config{Tau: 1, Sigma: 0.05, S: 10, Seed: 1, Test: adaptive(t, n, minibatch.AdaptiveConfig{Chunk: 100, Estimate: minibatch.Uniform})}
		chain := newChain(t, config, losses)
		require.NoError(t, chain.Run(context.Background(), 3000))
		stats := chain.Stats()
		t.Logf("%v: %d of %d", large, stats.Doubtful, stats.Steps)
		assert.Equal(t, doubtful, stats.Doubtful > stats.Steps/100, "%d", stats.Doubtful)
	}
}
