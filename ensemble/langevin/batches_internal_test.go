package langevin

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// Fresh batches have m distinct samples, all equally often.
func TestFreshBatches(t *testing.T) {
	b, source := newBatches(7, 3, false), random.Source(1)
	counts := make([]int, 7)
	const draws = 20_000
	for range draws {
		batch := slices.Clone(b.draw(source))
		slices.Sort(batch)
		require.Len(t, slices.Compact(batch), 3)
		for _, i := range batch {
			counts[i]++
		}
	}
	p := 3.0 / 7
	for _, n := range counts {
		assert.InDelta(t, draws*p, n, 4*math.Sqrt(draws*p*(1-p)))
	}
}

// The batches of an epoch are a permutation, in sizes that differ by at most one.
func TestEpochs(t *testing.T) {
	for _, size := range []int{1, 2, 3, 4, 6} {
		b, source := newBatches(7, size, true), random.Source(1)
		var before []int
		for range 50 {
			var epoch []int
			smallest, largest := 7, 0
			for range b.perEpoch() {
				batch := b.draw(source)
				smallest, largest = min(smallest, len(batch)), max(largest, len(batch))
				epoch = append(epoch, batch...)
			}
			assert.LessOrEqual(t, largest, size)
			assert.LessOrEqual(t, largest-smallest, 1)
			assert.NotEqual(t, before, epoch)
			before = slices.Clone(epoch)
			slices.Sort(epoch)
			require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6}, epoch)
		}
	}
}

// All samples need no random numbers.
func TestFullBatches(t *testing.T) {
	b := newBatches(3, 3, true)
	for range 3 {
		assert.Equal(t, []int{0, 1, 2}, b.draw(nil))
	}
}
