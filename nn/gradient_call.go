package nn

import "github.com/trajens/trajens/internal/kernel"

// gradientRound is how many blocks are in hand at a time.
const gradientRound = 16

// A gradientCall is what the workers share of a call of Gradients.
type gradientCall struct {
	plan   *gradientPlan
	slots  [gradientRound][]float32 // the gradient of each block, in the order of the plan
	losses [gradientRound]float64   // and its sum of losses
	ends   [gradientRound + 1]int   // block b has the samples from ends[b] to ends[b+1]
	total  []float64                // the sum over blocks

	// The workers are not to compute blocks, but to add so many to the total.
	adding bool
	blocks int
	first  bool // the total is what was before
}

func newGradientCall(plan *gradientPlan) *gradientCall {
	c := &gradientCall{plan: plan, total: make([]float64, plan.length)}
	for b := range c.slots {
		c.slots[b] = make([]float32, plan.length)
	}
	return c
}

// add adds the blocks to the total, from one place to another, by a kernel of
// the caller's.
func (c *gradientCall) add(from, to int, sums *kernel.Accumulate) {
	const piece = 1024 // whose total stays in the nearest cache
	for ; from < to; from += piece {
		end := min(from+piece, to)
		sums.Dst = c.total[from:end]
		if c.first {
			clear(sums.Dst)
		}
		for _, slot := range c.slots[:c.blocks] {
			sums.X = slot[from:end]
			sums.Run()
		}
	}
}

// write writes a multiple of the total to dst, in the order of the parameters.
func (c *gradientCall) write(dst []float32, scale float64) {
	for _, r := range c.plan.stretches {
		part := dst[r.to:][:r.length]
		for i, x := range c.total[r.from:][:len(part)] {
			part[i] = float32(x * scale)
		}
	}
}
