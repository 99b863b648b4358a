package sampler_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

// statsOf returns statistics of a number of decisions by each estimate.
func statsOf(uniform, weighted, controlled, doubtful int) tps.Stats {
	n := uniform + weighted + controlled
	stats := tps.Stats{Steps: n + 5, References: 7, Cost: 300 * n, UniformCost: 4500 * n, Doubtful: doubtful}
	stats.Estimates[0] = 5 // of other tests, or at s = 0
	stats.Estimates[minibatch.Uniform], stats.Estimates[minibatch.Weighted], stats.Estimates[minibatch.Controlled] = uniform, weighted, controlled
	return stats
}

func TestPrintEstimates(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, sampler.PrintEstimates(&text, statsOf(500, 200, 1300, 5)))
	require.Equal(t, `
estimates of Δ   uniform 25.0 %, weighted 10.0 %, controlled 65.0 % of the decisions
references made  7
mean cost        300 losses a decision and model, without references; of uniform draws 4500 were expected
doubtful         0.25 % of the decisions
`, text.String())
	text.Reset()
	require.NoError(t, sampler.PrintEstimates(&text, tps.Stats{Steps: 3}))
	require.Empty(t, text.String())
}

// There is a warning when more than 1 % of at least 1000 decisions were doubtful,
// and once.
func TestDoubt(t *testing.T) {
	for _, stats := range []tps.Stats{{}, statsOf(2000, 0, 0, 0), statsOf(0, 1000, 1000, 20), statsOf(999, 0, 0, 999)} {
		require.Empty(t, new(sampler.Doubt).Warning(stats))
	}
	var doubt sampler.Doubt
	for _, stats := range []tps.Stats{statsOf(500, 0, 0, 500), statsOf(1000, 0, 0, 1)} {
		require.Empty(t, doubt.Warning(stats))
	}
	warning := doubt.Warning(statsOf(800, 100, 100, 50))
	require.Contains(t, warning, "in 5 % of the decisions a few samples")
	require.Contains(t, warning, "-test barker")
	require.Empty(t, doubt.Warning(statsOf(800, 100, 200, 800)), "said before")
}
