package tps

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// coordinates draws those that a move changes.
type coordinates struct {
	blocks [][]int        // none: all coordinates
	decks  []*random.Deck // of the places in a block
	drawn  []int
	counts []int // how many of each block
	all    []int // the one set there is, if it is not to be shuffled
}

// allCoordinates draws all coordinates, in their order: a random one costs more than
// the rest of a move.
func allCoordinates(params int) *coordinates {
	c := &coordinates{all: make([]int, params)}
	for i := range c.all {
		c.all[i] = i
	}
	return c
}

func newCoordinates(blocks [][]int, fraction float64, params int) *coordinates {
	c := &coordinates{blocks: blocks}
	add := func(size int) {
		c.decks = append(c.decks, random.NewDeck(size))
		c.counts = append(c.counts, max(1, int(math.Round(fraction*float64(size)))))
	}
	if blocks == nil {
		add(params)
		return c
	}
	for _, block := range blocks {
		add(len(block))
	}
	return c
}

// draw returns some coordinates, valid until the next call.
func (c *coordinates) draw(source rand.Source) []int {
	if c.all != nil {
		return c.all
	}
	k := 0
	if c.blocks != nil {
		k = random.Below(source, len(c.blocks))
	}
	if c.blocks != nil && c.counts[k] == len(c.blocks[k]) {
		return c.blocks[k]
	}
	deck := c.decks[k]
	deck.Reset()
	places := deck.Draw(c.counts[k], source)
	if c.blocks == nil {
		return places
	}
	c.drawn = c.drawn[:0]
	for _, place := range places {
		c.drawn = append(c.drawn, c.blocks[k][place])
	}
	return c.drawn
}

// checkBlocks returns an error unless each block has coordinates, none twice.
func checkBlocks(blocks [][]int, params int) error {
	if blocks != nil && len(blocks) == 0 {
		return fmt.Errorf("tps: Blocks is empty, want at least one block, or nil")
	}
	last := make([]int, 0)
	if blocks != nil {
		last = make([]int, params)
	}
	for k, block := range blocks {
		if len(block) == 0 {
			return fmt.Errorf("tps: Blocks[%d] has no coordinates", k)
		}
		for _, i := range block {
			if i < 0 || i >= params {
				return fmt.Errorf("tps: Blocks[%d] has the coordinate %d, want 0 to %d", k, i, params-1)
			}
			if last[i] == k+1 {
				return fmt.Errorf("tps: Blocks[%d] has the coordinate %d twice", k, i)
			}
			last[i] = k + 1
		}
	}
	return nil
}

func checksumOfBlocks(blocks [][]int) uint64 {
	sum := fnv.New64a()
	for _, block := range blocks {
		fmt.Fprintf(sum, "%d;", block)
	}
	return sum.Sum64()
}
