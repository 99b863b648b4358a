package engine

import "github.com/trajens/trajens/internal/kernel"

// gradientRound returns how many blocks are in hand at a time, for gradients of
// so many numbers: 16, or more where these are short, so that a round has work
// enough to be shared, and the blocks of a round stay in the second cache. Sums
// do not depend on it.
func gradientRound(length int) int { return max(16, min(256, 1<<16/max(length, 1))/16*16) }

// A gradientPhase says what the numbers of a part of the work are, and what to do
// with them.
type gradientPhase int

const (
	phaseBlocks     gradientPhase = iota // blocks: compute their gradients
	phaseAdd                             // places in the blocks: add these up
	phaseEach                            // samples: write their gradients
	phaseDirections                      // samples: write their derivatives in directions
)

// A gradientCall is what the goroutines of a team share of a call of Gradients.
type gradientCall struct {
	plan  *gradientPlan
	phase gradientPhase

	params  []float32
	samples []int

	// Blocks.
	gradients [][]float32 // the gradient of each block, in the order of the plan
	losses    []float64   // and its sum of losses
	ends      []int       // block b has the samples from ends[b] to ends[b+1]
	total     []float64   // the sum over blocks

	// What to add.
	blocks int
	first  bool // there is nothing in the total yet

	// With the last blocks, where the multiple of the total goes, in the order of
	// the parameters.
	dst   []float32
	scale float64

	// Of each sample.
	each     []float32 // [sample][parameter]
	eachLoss []float64 // nil if nobody asks for them

	// Of each sample, [direction][sample].
	directions  [][]float32
	derivatives [][]float64
}

// newGradientCall returns a call with so many blocks in hand at a time.
func newGradientCall(plan *gradientPlan, round int) *gradientCall {
	c := &gradientCall{
		plan: plan, total: make([]float64, plan.length),
		gradients: make([][]float32, round), losses: make([]float64, round), ends: make([]int, round+1),
	}
	for b := range c.gradients {
		c.gradients[b] = make([]float32, plan.length)
	}
	return c
}

// forget gives up what the caller owns.
func (c *gradientCall) forget() {
	c.params, c.samples, c.dst = nil, nil, nil
	c.each, c.eachLoss, c.directions, c.derivatives = nil, nil, nil, nil
}

// addPiece is how many numbers are added at a time: their total stays in the nearest
// cache.
const addPiece = 1024

// A gradientAdder adds for one goroutine.
type gradientAdder struct {
	kernel.Accumulate
	piece [addPiece]float64 // the total where nobody needs it afterwards
}

// add adds the blocks to the total, from one place to another, and in the end writes
// its multiple.
func (c *gradientCall) add(from, to int, sums *gradientAdder) {
	next := c.plan.stretchAt(from)
	for ; from < to; from += addPiece {
		end := min(from+addPiece, to)
		sums.Dst = c.total[from:end]
		if c.first && c.dst != nil { // all blocks are here
			sums.Dst = sums.piece[:end-from]
		}
		if c.first {
			clear(sums.Dst)
		}
		for _, gradient := range c.gradients[:c.blocks] {
			sums.X = gradient[from:end]
			sums.Run()
		}
		if c.dst != nil {
			next = c.write(sums.Dst, from, next)
		}
	}
}

// write writes the multiple of a piece of the total, which starts at a place of it
// and whose first stretch is number next, and returns the number of the first
// stretch of the next piece.
func (c *gradientCall) write(piece []float64, from, next int) int {
	end := from + len(piece)
	for ; next < len(c.plan.stretches); next++ {
		s := &c.plan.stretches[next]
		start, stop := max(from, s.from), min(end, s.from+s.length)
		if start >= stop {
			break
		}
		dst := c.dst[s.to+start-s.from:][:stop-start]
		for i, x := range piece[start-from : stop-from] {
			dst[i] = float32(x * c.scale)
		}
		if stop < s.from+s.length {
			break
		}
	}
	return next
}
