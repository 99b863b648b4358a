package langevin

import (
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// batches draws the samples of each step.
type batches struct {
	samples, size int
	epochs        bool
	deck          *random.Deck
	order         []int // all samples: of this epoch, or in their own order
	// Where the next batch of the epoch begins, and how many were drawn in it.
	next, drawn int
}

// newBatches returns batches of a size, from 1 to the number of samples.
func newBatches(samples, size int, epochs bool) *batches {
	b := &batches{samples: samples, size: size, epochs: epochs && size < samples, deck: random.NewDeck(samples), next: samples}
	b.order = make([]int, samples)
	for i := range b.order {
		b.order[i] = i
	}
	return b
}

// all returns all samples, in any order. The slice is not to be changed.
func (b *batches) all() []int { return b.order }

// draw returns the samples of a step. The slice is valid until the next call and not to
// be changed.
func (b *batches) draw(source rand.Source) []int {
	switch {
	case b.size == b.samples:
		return b.order
	case !b.epochs:
		b.deck.Reset()
		return b.deck.Draw(b.size, source)
	}
	if b.next == b.samples {
		b.deck.Reset()
		copy(b.order, b.deck.Draw(b.samples, source))
		b.next, b.drawn = 0, 0
	}
	// ⌈N/m⌉ batches of an epoch, whose sizes differ by at most one.
	b.drawn++
	from, to := b.next, b.drawn*b.samples/b.perEpoch()
	b.next = to
	return b.order[from:to:to]
}

// perEpoch returns the number of batches of an epoch.
func (b *batches) perEpoch() int { return (b.samples + b.size - 1) / b.size }
