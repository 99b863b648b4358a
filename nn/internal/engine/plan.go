package engine

import (
	"math"

	"github.com/trajens/trajens/internal/kernel"
)

// A plan is a network as a sequence of stages, each of which computes several
// layers in one pass over memory. It is immutable.
type plan struct {
	program *Program
	stages  []stagePlan

	// Between stages images are [height, width, channels]. Inputs are brought to
	// that order if a convolution or a pooling comes before any other change of
	// shape, outputs back to theirs if they are images still.
	input           extent
	transposeInput  bool
	transposeOutput bool

	blockSize int         // the most samples of a block
	sparse    *sparsePlan // for the first stage, nil if it can only be dense
}

// A stagePlan is one of
//   - a convolution, with an activation and a pooling after it, in either
//     order or missing,
//   - a dense layer, in groups or not, with an activation after it or not,
//   - a pooling alone,
//   - an activation alone.
//
// Activations are monotone, so they commute with the maximum, and come after
// the pooling, where there is less to do.
type stagePlan struct {
	kind   Kind      // of its first layer
	layer  Operation // convolution or dense, in groups or not
	pool   window2D  // 1×1 if there is none
	active bool      // has an activation
	tanh   bool
	floor  float32 // 0 for ReLU, else −Inf

	input, convolved, output extent // convolved: before the pooling

	from, to int     // its parameters
	packing  packing // of them, for the kernels
}

// A window2D is a sliding window.
type window2D struct{ kernel, stride int }

func (w window2D) reach(outputs int) int { return (outputs-1)*w.stride + w.kernel }

func newPlan(program *Program) *plan {
	p := &plan{program: program}
	needed := neededExtents(program.Operations)
	channelsLast := false // whether the stages so far keep images with their channels last
	p.input = extent{1, 1, Product(program.Input...)}
	for i := 0; i < len(program.Operations); {
		op := program.Operations[i]
		if op.Kind == KindFlatten {
			i++
			continue // the same numbers in the same place
		}
		if (op.Kind == KindConv2D || op.Kind == KindMaxPool2D) && !channelsLast {
			// Only activations came before.
			channelsLast, p.transposeInput, p.input = true, true, needed[0]
			for j := range p.stages {
				p.stages[j].input, p.stages[j].output = needed[0], needed[0]
			}
		}
		s := stagePlan{kind: op.Kind, pool: window2D{1, 1}, floor: float32(math.Inf(-1)), input: p.end(), output: p.end()}
		i = s.fuse(program.Operations, needed, i)
		s.convolved = s.output
		s.convolved.height, s.convolved.width = s.pool.reach(s.output.height), s.pool.reach(s.output.width)
		switch op.Kind {
		case KindDense:
			s.packing = packLinear(&s.layer, s.input.pixels(), s.input.channels)
			channelsLast = false
		case KindGroupedDense:
			s.packing = packLinear(&s.layer, 1, s.layer.Weight[1])
		case KindConv2D:
			s.packing = packLinear(&s.layer, s.layer.Kernel*s.layer.Kernel, s.input.channels)
		}
		p.stages = append(p.stages, s)
	}
	p.transposeOutput = channelsLast && p.end().pixels() > 1 && p.end().channels > 1
	if len(p.stages) > 0 {
		p.sparse = newSparsePlan(p)
	}
	p.blockSize = p.chooseBlockSize()
	return p
}

// end returns the extent of what the stages so far give.
func (p *plan) end() extent {
	if len(p.stages) == 0 {
		return p.input
	}
	return p.stages[len(p.stages)-1].output
}

// copyInput copies what is needed of an input to the place of sample j in the
// buffer of the first stage.
func (p *plan) copyInput(b *buffer, j int, x []float32) {
	dst := b.of(j)
	if !p.transposeInput {
		copy(dst[:b.size()], x)
		return
	}
	height, width := p.program.Input[1], p.program.Input[2]
	for c := range b.channels {
		for y := range b.height {
			row, at := x[(c*height+y)*width:][:b.width], b.at(y, 0)+c
			for _, v := range row {
				dst[at] = v
				at += b.channels
			}
		}
	}
}

// fuse makes one stage of the operation at i and those after it that fit in,
// and returns the index of the first that does not.
func (s *stagePlan) fuse(operations []Operation, needed []extent, i int) int {
	op := operations[i]
	switch op.Kind {
	case KindReLU, KindTanh:
		s.activate(op.Kind)
		return i + 1
	case KindMaxPool2D:
		s.pool, s.output = window2D{op.Kernel, op.Stride}, needed[i+1]
		return i + 1
	}
	s.layer, s.output = op, needed[i+1]
	s.from, s.to = op.WeightAt, op.BiasAt+op.Bias
	pooled := op.Kind != KindConv2D // a vector cannot be pooled
	for i++; i < len(operations); i++ {
		switch op := operations[i]; {
		case op.Kind == KindFlatten:
		case (op.Kind == KindReLU || op.Kind == KindTanh) && !s.active:
			s.activate(op.Kind)
		case op.Kind == KindMaxPool2D && !pooled:
			pooled, s.pool, s.output = true, window2D{op.Kernel, op.Stride}, needed[i+1]
		default:
			return i
		}
	}
	return i
}

func (s *stagePlan) activate(activation Kind) {
	s.active, s.tanh = true, activation == KindTanh
	if activation == KindReLU {
		s.floor = 0
	}
}

// inputBuffer returns the buffer that the stage reads.
func (s *stagePlan) inputBuffer(samples int) *buffer {
	if s.kind != KindConv2D {
		return newBuffer(s.input, samples)
	}
	return newBordered(s.input, s.layer.Padding, s.layer.reach(s.convolved.height), s.layer.reach(s.convolved.width), samples)
}

// Bounds of the number of samples in a block. Dense layers take as many
// samples at a time as a kernel takes pixels, 12 or 6, and load each weight
// once for a block.
const (
	blockMost   = 48
	blockLeast  = 6
	blockMemory = 128 << 10 // bytes: a quarter of a small second-level cache
)

// chooseBlockSize returns how many samples go through the stages together: so
// many that a dense layer's weights are used often each time they are loaded,
// but so few that all that is computed of them stays in the second-level
// cache, with room for the weights and for the lists of a sparse stage. The
// speed depends little on it: within 2 % from 6 to 24 samples for the
// networks of BenchmarkLosses.
func (p *plan) chooseBlockSize() int {
	bytes := 4 * p.input.size()
	for _, s := range p.stages {
		bytes += 4 * s.output.size()
	}
	block := min(blockMost, blockMemory/bytes)
	if unit := kernel.MaxPixels(1); block >= unit {
		return block / unit * unit
	}
	return max(block/blockLeast*blockLeast, blockLeast)
}
