package minibatch

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A planned batch holds no sample twice, whatever the pilot, what follows it and
// what is drawn beyond that are; one that grew to N holds each once.
func TestPlannedBatchesHoldNoSampleTwice(t *testing.T) {
	const n = 200
	test, err := NewAdaptive(n, AdaptiveConfig{Chunk: 8, CutOff: CutOff{Rule: NoCutOff}})
	require.NoError(t, err)
	source := newSource(67)
	partial, whole, parts := 0, 0, 0
	for i := range 2000 {
		// Sizes that change keep the test drawing in several parts.
		spread := []float64{2, 6, 10, 14, 60}[i%5]
		d := &parted{fixed: proposalOf(n, 0.5, spread, source)}
		d.asked = []int{}
		decision, err := test.Decide(d, 1, source)
		require.NoError(t, err)
		require.Len(t, d.asked, decision.Samples)
		seen := map[int]bool{}
		for _, k := range d.asked {
			require.False(t, seen[k], "sample %d twice", k)
			seen[k] = true
		}
		parts = max(parts, d.parts)
		if decision.Samples == n {
			whole++
			require.Equal(t, FullData, decision.By)
		} else {
			partial++
		}
	}
	assert.Greater(t, whole, 100)
	assert.Greater(t, partial, 100)
	assert.GreaterOrEqual(t, parts, 3)
}

// parted counts the parts of a batch.
type parted struct {
	*fixed
	parts int
}

func (p *parted) Differences(dst []float64, samples []int) error {
	p.parts++
	return p.fixed.Differences(dst, samples)
}
