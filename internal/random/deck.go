package random

import (
	"math"
	"math/rand/v2"
)

// A Deck draws from the integers 0 to n−1 without replacement. A draw of b
// integers costs O(b), whatever n is, and so does the Reset after it: the
// order that the last round left behind has no influence on the next one.
//
// The zero value is an empty deck; NewDeck makes one of n.
type Deck struct {
	order []int // drawn integers first, then the others
	swaps []int // draw j exchanged places j and swaps[j]
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
func (d *Deck) Drawn() int { return len(d.swaps) }

// Reset puts all integers back.
func (d *Deck) Reset() {
	for j, k := range d.swaps {
		d.order[j], d.order[k] = j, k
	}
	d.swaps = d.swaps[:0]
}

// Draw draws m more integers, each of those left being equally likely, and
// returns all that were drawn since the last Reset, in the order of their
// drawing; the last m are the new ones. The slice is valid until the next
// Reset and must not be changed. Draw panics if fewer than m are left.
func (d *Deck) Draw(m int, source rand.Source) []int {
	from, n := len(d.swaps), len(d.order)
	to := from + m
	if m < 0 || to > n {
		panic("random: more drawn than the deck holds")
	}
	order, swaps := d.order, d.swaps
	// Fisher–Yates, two draws from each 64 bits. Each half is reduced to the
	// range by Lemire's method, without bias.
	for j := from; j < to; {
		word := source.Uint64()
		for range 2 {
			left := uint32(n - j)
			product := uint64(uint32(word)) * uint64(left)
			word >>= 32
			if low := uint32(product); low < left && low < -left%left {
				continue
			}
			k := j + int(product>>32)
			order[j], order[k] = order[k], order[j]
			swaps = append(swaps, k)
			if j++; j == to {
				break
			}
		}
	}
	d.swaps = swaps
	return order[:to:to]
}
