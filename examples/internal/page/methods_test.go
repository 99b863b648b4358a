package page

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// An image is judged at the temperature of the other half: its label does not matter
// for it, but for all images of the other half.
func TestTemperedByTheOtherHalf(t *testing.T) {
	c, test := committee(t, 2), digits(t, 100)
	j, err := newJudgment(Subject{Committee: c, Test: test, Seed: 1})
	require.NoError(t, err)
	before := j.methods.tempered
	const changed = 17
	j.labels[changed] = (j.labels[changed] + 1) % 10
	mean, err := j.method("", j.predictions.LogProbabilities)
	require.NoError(t, err)
	after, err := j.temper(mean, "")
	require.NoError(t, err)

	require.Equal(t, before.LogProbabilities(changed), after.LogProbabilities(changed))
	others := 0
	for i := range test.Len() {
		if !slices.Equal(before.LogProbabilities(i), after.LogProbabilities(i)) {
			others++
		}
	}
	require.Equal(t, 50, others)
	require.Less(t, before.NLL(), 1.01*j.methods.mean.NLL())
}

// Metrics of samples in the order of their confidence are those in any order.
func TestMetricsOfRankedSamples(t *testing.T) {
	j, err := newJudgment(Subject{Committee: committee(t, 2), Test: digits(t, 300)})
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(7, 7))
	for _, c := range []*method{j.methods.mean, j.methods.vote} { // votes have many ties
		order := byConfidence(c.Classification)
		ranked := c.Subset(order)
		require.True(t, slices.IsSorted(ranked.ConfidencePerSample()))
		drawn, original := make([]int, c.Len()), make([]int, c.Len())
		for i := range drawn {
			drawn[i] = rng.IntN(c.Len())
			original[i] = order[drawn[i]]
		}
		for _, m := range columns {
			if m.ofAll != nil {
				want := m.ofAll(c.Subset(original))
				require.InDelta(t, want, m.ofAll(ranked.Subset(sorted(drawn))), 1e-12, m.name)
				require.NotEqual(t, want, m.ofAll(c.Classification), m.name)
			}
		}
	}
}
