package page

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// outline returns the outline of steps of which a share is accepted: those whose number
// is a multiple of every.
func outline(t *testing.T, steps, every int) *diagnostics.Blocks {
	t.Helper()
	o, err := diagnostics.NewBlocks(1024)
	require.NoError(t, err)
	for k := range steps {
		if k%every == 0 {
			o.Add(1)
		} else {
			o.Add(0)
		}
	}
	return o
}

func TestAcceptance(t *testing.T) {
	for _, c := range []struct {
		steps, every []int
		block        string
		blocks       float64
	}{
		{[]int{100}, []int{4}, "32 steps", 3},
		{[]int{31}, []int{4}, "32 steps", 0},
		{nil, nil, "32 steps", 0},
		{[]int{100_000}, []int{2}, "512 steps", 195},
		{[]int{100_000, 600}, []int{2, 2}, "512 steps", 196},
		{[]int{32 * 10, 32 * 10}, []int{2, 4}, "32 steps", 20},
	} {
		var outlines []*diagnostics.Blocks
		for k := range c.steps {
			outlines = append(outlines, outline(t, c.steps[k], c.every[k]))
		}
		h := Acceptance(outlines)
		require.Contains(t, h.Caption, c.block)
		sum := 0.0
		for _, n := range h.Counts {
			sum += n
		}
		require.Equal(t, c.blocks, sum, "%v", c)
		if sum > 0 {
			require.Len(t, h.Edges, len(h.Counts)+1)
			share := 1 / float64(c.every[len(c.every)-1])
			require.Less(t, h.Edges[0], share)
			require.Greater(t, h.Edges[len(h.Edges)-1], share)
		}
	}
}

func TestBatches(t *testing.T) {
	tally, err := diagnostics.NewTally(diagnostics.TallyConfig{Tau: 1, Samples: 1000, Chunk: 10})
	require.NoError(t, err)
	require.Empty(t, Batches(tally).Counts)
	for range 5 {
		tally.Add(tps.Step{Width: 1, Decision: minibatch.Decision{Samples: 40}})
	}
	h := Batches(tally)
	require.Equal(t, []float64{30, 40}, h.Edges, "from above 30 to 40 samples")
	require.Equal(t, []float64{5}, h.Counts)
	tally.Add(tps.Step{Width: 1, Decision: minibatch.Decision{Samples: 1000}})
	h = Batches(tally)
	require.LessOrEqual(t, len(h.Counts), mostBars)
	require.Equal(t, 5.0, h.Counts[0])
	require.Equal(t, 1.0, h.Counts[len(h.Counts)-1])
	require.GreaterOrEqual(t, h.Edges[len(h.Edges)-1], 1000.0)
}

func TestSpread(t *testing.T) {
	require.Equal(t, []int{1}, spread(1))
	require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8}, spread(8))
	sizes := spread(1000)
	require.Equal(t, 1000, sizes[len(sizes)-1])
	require.Less(t, len(sizes), 30)
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1906: "1,906", 1_000_000: "1,000,000", -1234: "−1,234"} {
		require.Equal(t, want, Grouped(n))
	}
}
