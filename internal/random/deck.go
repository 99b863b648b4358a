package random

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A Deck draws from the integers 0 to n−1 without replacement. A draw of b
// integers costs O(b), whatever n is, and so does the Reset after it: the
// order that the last round left behind has no influence on the next one.
//
// The zero value is an empty deck; NewDeck makes one of n.
type Deck struct {
	order []int // those not yet drawn, from place len(drawn) on
	drawn []int
}

// MaxDeck is the largest size of a deck.
const MaxDeck = math.MaxInt32

// NewDeck returns a deck of the integers 0 to n−1. It panics if n is negative
// or above MaxDeck.
func NewDeck(n int) *Deck {
	if n < 0 || n > MaxDeck {
		panic("random: deck size out of range")
	}
	d := &Deck{order: make([]int, n)}
	for i := range d.order {
		d.order[i] = i
	}
	return d
}

// Len returns n.
func (d *Deck) Len() int { return len(d.order) }

// Drawn returns how many integers have been drawn since the last Reset.
func (d *Deck) Drawn() int { return len(d.drawn) }

// Reset puts all integers back.
func (d *Deck) Reset() {
	// Where another integer than i came to lie, i was drawn.
	order := d.order
	for _, i := range d.drawn {
		order[i] = i
	}
	d.drawn = d.drawn[:0]
}

// Draw draws m more integers, each of those left being equally likely, and
// returns all that were drawn since the last Reset, in the order of their
// drawing; the last m are the new ones. The slice is valid until the next
// Reset and must not be changed. Draw panics if fewer than m are left.
func (d *Deck) Draw(m int, source rand.Source) []int {
	from, n := len(d.drawn), len(d.order)
	to := from + m
	if m < 0 || to > n {
		panic("random: more drawn than the deck holds")
	}
	d.drawn = slices.Grow(d.drawn, m)[:to]
	// Fisher–Yates, two draws from each 64 bits: what is drawn leaves its place
	// to the first integer that is left.
	order, drawn := d.order, d.drawn
	for j := from; j < to; {
		word := source.Uint64()
		j += deal(order, drawn, j, uint32(word))
		if j < to {
			j += deal(order, drawn, j, uint32(word>>32))
		}
	}
	return drawn[:to:to]
}

// deal draws the j-th integer and returns 1, or 0 if half is one of those that
// would favor some places. It reduces half to the range by Lemire's method.
func deal(order, drawn []int, j int, half uint32) int {
	left := uint32(len(order) - j)
	product := uint64(half) * uint64(left)
	if low := uint32(product); low < left && low < -left%left {
		return 0
	}
	k := j + int(product>>32)
	drawn[j], order[k] = order[k], order[j]
	return 1
}
