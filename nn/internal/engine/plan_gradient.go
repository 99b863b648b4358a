package engine

import (
	"sort"

	"github.com/trajens/trajens/internal/kernel"
)

// A gradientPlan is how to compute gradients: the stages of the plan for
// losses, but each kept as a weighted sum, a pooling and an activation, since
// what goes backward needs to know which numbers were the maxima. It is
// immutable.
//
// Gradients of weights have an order of their own, the one in which they are
// computed. params says where each number belongs in the parameter vector, −1
// being nowhere.
type gradientPlan struct {
	*plan
	stages    []gradientStagePlan
	params    []int32
	stretches []stretch // what params says, in pieces
	length    int       // len(params)
	work      int       // multiply-adds of a sample

	// The largest number of samples whose gradients are summed in float32, as a
	// block, before they are added, in float64 and always in the same order, to
	// those of other blocks.
	together int
}

// A stretch is a part of the gradient that has the same order as the parameters.
type stretch struct{ from, to, length int }

// A gradientStagePlan adds to a stage where its gradients go.
type gradientStagePlan struct {
	*stagePlan
	panels []gradientPanel
	bias   int // where the gradients of biases start

	// For convolutions one of two ways. Densely, a sum over all pixels for each
	// weight: for a first layer, where windows without stride begin at each
	// pixel. Sparsely, a sum over those outputs of which the derivative is not
	// zero: as a pooling leaves few, the sum is short.
	dense bool
}

// A gradientPanel has the gradients of the weights of a panel of outputs for a
// dense convolution, else of all outputs.
type gradientPanel struct {
	panel
	at int // where they start
}

// part returns the stage's part of a gradient.
func (s *gradientStagePlan) part(gradient []float32) []float32 {
	from, to := s.place()
	return gradient[from:to]
}

// place returns where the stage's part of a gradient starts and ends.
func (s *gradientStagePlan) place() (from, to int) {
	return s.panels[0].at, s.bias + s.packing.outputs
}

// overlapping tells whether the windows of the pooling overlap.
func (s *gradientStagePlan) overlapping() bool { return s.pool.stride < s.pool.kernel }

// gated tells whether one kernel goes backward through the pooling and through
// the gate that a ReLU is for derivatives.
func (s *gradientStagePlan) gated() bool {
	return s.dense && s.active && !s.tanh && !s.overlapping()
}

func newGradientPlan(base *plan) *gradientPlan {
	p := &gradientPlan{plan: base, work: base.program.NeededGradientMultiplyAdds()}
	for i := range p.plan.stages {
		s := gradientStagePlan{stagePlan: &p.plan.stages[i]}
		switch s.kind {
		case KindConv2D:
			s.dense = i == 0 && s.layer.Stride == 1
			if s.dense {
				p.layConvolution(&s)
			} else {
				p.laySparseConvolution(&s)
			}
			p.layBias(&s)
		case KindDense:
			p.layDense(&s, s.input.pixels(), s.input.channels)
			p.layBias(&s)
		case KindGroupedDense:
			p.layDense(&s, 1, s.packing.inner)
			p.layBias(&s)
		}
		p.stages = append(p.stages, s)
	}
	p.length = len(p.params)
	p.findStretches()
	// Adding a block takes about as long as so many multiply-adds for each
	// parameter; it is not to take more than a tenth of the time.
	const adding = 50
	for p.together = 16; p.together < 64 && 10*adding*p.length > p.together*p.work; p.together *= 2 {
	}
	return p
}

func (p *gradientPlan) findStretches() {
	for from, to := range p.params {
		if to < 0 {
			continue
		}
		if n := len(p.stretches); n > 0 {
			last := &p.stretches[n-1]
			if from == last.from+last.length && int(to) == last.to+last.length {
				last.length++
				continue
			}
		}
		p.stretches = append(p.stretches, stretch{from, int(to), 1})
	}
}

// stretchAt returns the index of the first stretch that does not end before a
// place.
func (p *gradientPlan) stretchAt(at int) int {
	return sort.Search(len(p.stretches), func(i int) bool {
		s := p.stretches[i]
		return s.from+s.length > at
	})
}

// lay appends where the derivative of each lane of a panel belongs: nowhere, if
// there is no such output.
func (p *gradientPlan) lay(s *gradientStagePlan, panel panel, place func(output int) int) {
	for l := range panel.vectors * kernel.Lanes {
		to := -1
		if o := panel.channel + l; o < s.packing.outputs {
			to = place(o)
		}
		p.params = append(p.params, int32(to))
	}
}

// layConvolution lays out weights as [panel][in][height][width][lane].
func (p *gradientPlan) layConvolution(s *gradientStagePlan) {
	k := s.layer.Kernel
	for _, panel := range s.packing.panels {
		s.panels = append(s.panels, gradientPanel{panel, len(p.params)})
		for tap := range s.input.channels * k * k {
			p.lay(s, panel, func(o int) int { return s.layer.WeightAt + o*s.packing.inner + tap })
		}
	}
}

// laySparseConvolution lays out weights as [out][height][width][in].
func (p *gradientPlan) laySparseConvolution(s *gradientStagePlan) {
	k := s.layer.Kernel
	s.panels = []gradientPanel{{at: len(p.params)}}
	for o := range s.packing.outputs {
		for pixel := range k * k {
			for c := range s.input.channels {
				p.params = append(p.params, int32(s.layer.WeightAt+o*s.packing.inner+c*k*k+pixel))
			}
		}
	}
}

// layDense lays out weights as [out][input], the input of an output being [height,
// width, channels]. Kernels write whole panels of inputs, the last one beyond the
// end.
func (p *gradientPlan) layDense(s *gradientStagePlan, pixels, channels int) {
	s.panels = []gradientPanel{{at: len(p.params)}}
	for o := range s.packing.outputs {
		for pixel := range pixels {
			for c := range channels {
				p.params = append(p.params, int32(s.layer.WeightAt+o*s.packing.inner+c*pixels+pixel))
			}
		}
	}
	for range 2 * kernel.Lanes {
		p.params = append(p.params, -1)
	}
}

func (p *gradientPlan) layBias(s *gradientStagePlan) {
	s.bias = len(p.params)
	for o := range s.packing.outputs {
		to := -1
		if s.layer.Bias > 0 {
			to = s.layer.BiasAt + o
		}
		p.params = append(p.params, int32(to))
	}
}
