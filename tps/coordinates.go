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
	blocks   [][]int        // none: all coordinates
	decks    []*random.Deck // of the places in a block
	drawn    []int
	fraction float64 // of a block
	counts   []int   // how many that is of each
	all      []int   // in their order, if they are not to be shuffled
}

func newCoordinates(blocks [][]int, fraction float64, params int) *coordinates {
	c := &coordinates{blocks: blocks}
	add := func(size int) {
		c.decks = append(c.decks, random.NewDeck(size))
	}
	if blocks == nil {
		add(params)
	}
	for _, block := range blocks {
		add(len(block))
	}
	c.counts = make([]int, len(c.decks))
	c.setFraction(fraction)
	return c
}

// inOrder makes draws of all coordinates those in their order: a random one costs more
// than the rest of a move.
func (c *coordinates) inOrder(params int) {
	c.all = make([]int, params)
	for i := range c.all {
		c.all[i] = i
	}
}

// setFraction sets the share of the coordinates of a block that is drawn.
func (c *coordinates) setFraction(fraction float64) {
	c.fraction = fraction
	for k, deck := range c.decks {
		c.counts[k] = max(1, int(math.Round(fraction*float64(deck.Len()))))
	}
}

// draw returns some coordinates, valid until the next call.
func (c *coordinates) draw(source rand.Source) []int {
	if c.all != nil && c.counts[0] == len(c.all) {
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
