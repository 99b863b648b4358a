package moves

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

// A Gradient is what a move needs to know of a model and its data.
// [github.com/trajens/trajens/nn.Gradients] is one.
type Gradient interface {
	// Samples returns the number of samples, at least 1.
	Samples() int

	// Params returns the number of parameters, at least 1.
	Params() int

	// Gradient writes the gradient of the mean loss over the given samples, with
	// respect to the parameters, to dst, which has the length of params. It
	// returns that mean loss. It must not keep its arguments, nor change params
	// and samples. The same arguments give the same result, bit for bit.
	Gradient(dst, params []float32, samples []int) (loss float64)
}

// gradientPrice is what the gradient of a sample costs, in losses: for the
// convolutional network of package nn 4.0 to 4.4, measured.
const gradientPrice = 4

// checkGradient returns an error unless a gradient is there and is of the target's
// losses, as far as one sees.
func checkGradient(name string, g Gradient, target tps.Target) error {
	if null.Is(g) {
		return fmt.Errorf("moves: %s.Gradient is nil", name)
	}
	if g.Samples() != target.Losses.Samples() || g.Params() != target.Losses.Params() {
		return fmt.Errorf("moves: %s.Gradient is of %d samples and %d parameters, want the losses' %d and %d",
			name, g.Samples(), g.Params(), target.Losses.Samples(), target.Losses.Params())
	}
	return nil
}

// defaultBatch is how many samples a gradient is of, if there are so many.
const defaultBatch = 32

// A batchGradient computes gradients on a minibatch.
type batchGradient struct {
	Gradient
	size  int
	deck  *random.Deck
	batch []int
}

// newBatchGradient returns gradients on batch samples, 0 for the default.
func newBatchGradient(name string, g Gradient, batch int, target tps.Target) (*batchGradient, error) {
	if err := checkGradient(name, g, target); err != nil {
		return nil, err
	}
	n := g.Samples()
	if batch < 0 || batch > n {
		return nil, fmt.Errorf("moves: %s.Batch = %d, want 1 to the number of samples, %d, or 0 for the default", name, batch, n)
	}
	if batch == 0 {
		batch = min(defaultBatch, n)
	}
	return &batchGradient{Gradient: g, size: batch, deck: random.NewDeck(n)}, nil
}

// draw draws the minibatch.
func (b *batchGradient) draw(source rand.Source) {
	b.deck.Reset()
	b.batch = b.deck.Draw(b.size, source)
}

// at writes the gradient on the minibatch at a model to dst, or zeros if it is not
// finite, and returns what that cost. Any function of the model and the minibatch will
// do for a proposal.
func (b *batchGradient) at(dst, model []float32) (cost float64) {
	b.Gradient.Gradient(dst, model, b.batch)
	if !finite(dst) {
		clear(dst)
	}
	return gradientPrice * float64(b.size)
}

// finite says whether all numbers are.
func finite(numbers []float32) bool {
	sum := float32(0)
	for _, x := range numbers {
		sum += x - x // 0 or NaN
	}
	return sum == 0
}

// settle makes known the part of Δ that takes no samples, or rejects the proposal if
// that is no finite number. Then it is none for the way back, either.
func settle(p *tps.Proposal, known float64) {
	p.Known = known
	if known-known != 0 || !finite(p.Proposed.Model(p.First)) {
		reject(p)
	}
}

// reject makes a proposal one that is rejected without a look at a loss.
func reject(p *tps.Proposal) { p.Known, p.Exact = -math.MaxFloat64, true }
