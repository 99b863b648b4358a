package tps

import (
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// Blocks are drawn uniformly, whatever their sizes, and so are the coordinates of the
// part of a block.
func TestBlocksAreDrawnUniformly(t *testing.T) {
	const draws = 12_000
	blocks := [][]int{{0, 1, 2, 3}, {4}, {7, 6, 5}}
	for _, fraction := range []float64{1, 0.5, 0.1} {
		c := newCoordinates(blocks, fraction, 8)
		source := random.Source(5)
		var counts [8]float64
		for range draws {
			drawn := c.draw(source)
			block := slices.IndexFunc(blocks, func(block []int) bool { return slices.Contains(block, drawn[0]) })
			require.Len(t, drawn, max(1, int(math.Round(fraction*float64(len(blocks[block]))))))
			for k, i := range drawn {
				require.Contains(t, blocks[block], i)
				require.NotContains(t, drawn[:k], i)
				counts[i]++
			}
		}
		for _, block := range blocks {
			p := max(1, math.Round(fraction*float64(len(block)))) / float64(len(block)) / 3
			for _, i := range block {
				assert.InDelta(t, p, counts[i]/draws, 4*math.Sqrt(p*(1-p)/draws))
			}
		}
	}
}

// The levels of a window have each place once, and are as few as bisection allows.
func TestBisection(t *testing.T) {
	assert.Equal(t, [][]int{{1}, {0, 2}}, bisection(3))
	for width := 1; width <= 40; width++ {
		levels := bisection(width)
		assert.Len(t, levels, bits.Len(uint(width)))
		var places []int
		for _, level := range levels {
			places = append(places, level...)
		}
		slices.Sort(places)
		for k, place := range places {
			assert.Equal(t, k, place)
		}
		assert.Len(t, places, width)
		assert.Equal(t, []int{width / 2}, levels[0])
	}
}
