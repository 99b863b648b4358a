package nn

import "github.com/trajens/trajens/internal/kernel"

// A gradientPlan is how to compute gradients: the stages of the plan for
// losses, but each kept as a weighted sum, a pooling and an activation, since
// the way back needs to know what the maxima were. It is immutable.
//
// Gradients of weights have an order of their own, that in which they are
// computed; params says where each number belongs in the parameter vector, −1
// being nowhere.
type gradientPlan struct {
	*plan
	stages []gradientStagePlan
	params []int32
	length int // len(params)
	work   int // multiply-adds of the losses
}

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

// A gradientPanel has the gradients of the weights of a panel of outputs, of
// all outputs for a sparse convolution.
type gradientPanel struct {
	panel
	at int // where they start
}

func newGradientPlan(net *Network) *gradientPlan {
	p := &gradientPlan{plan: newPlan(net), work: net.NeededMultiplyAdds()}
	for i := range p.plan.stages {
		s := gradientStagePlan{stagePlan: &p.plan.stages[i]}
		switch s.kind {
		case kindConv2D:
			s.dense = i == 0 && s.layer.stride == 1
			if s.dense {
				p.layConvolution(&s)
			} else {
				p.laySparseConvolution(&s)
			}
			p.layBias(&s)
		case kindDense:
			p.layDense(&s)
			p.layBias(&s)
		}
		p.stages = append(p.stages, s)
	}
	p.length = len(p.params)
	return p
}

// lanesOf returns the outputs of a panel that there are, and appends a place
// for each of its lanes.
func (p *gradientPlan) lay(s *gradientStagePlan, panel panel, place func(output int) int) {
	for l := range panel.vectors * kernel.Lanes {
		to := -1
		if o := panel.channel + l; o < s.packing.outputs {
			to = place(o)
		}
		p.params = append(p.params, int32(to))
	}
}

// layConvolution is for [panel][in][height][width][lane].
func (p *gradientPlan) layConvolution(s *gradientStagePlan) {
	k := s.layer.kernel
	for _, panel := range s.packing.panels {
		s.panels = append(s.panels, gradientPanel{panel, len(p.params)})
		for tap := range s.input.channels * k * k {
			p.lay(s, panel, func(o int) int { return s.layer.weightAt + o*s.packing.inner + tap })
		}
	}
}

// laySparseConvolution is for [out][height][width][in].
func (p *gradientPlan) laySparseConvolution(s *gradientStagePlan) {
	k := s.layer.kernel
	s.panels = []gradientPanel{{at: len(p.params)}}
	for o := range s.packing.outputs {
		for pixel := range k * k {
			for c := range s.input.channels {
				p.params = append(p.params, int32(s.layer.weightAt+o*s.packing.inner+c*k*k+pixel))
			}
		}
	}
}

// layDense is for [panel][input][lane], the input being [height, width,
// channels].
func (p *gradientPlan) layDense(s *gradientStagePlan) {
	pixels, channels := s.input.pixels(), s.input.channels
	for _, panel := range s.packing.panels {
		s.panels = append(s.panels, gradientPanel{panel, len(p.params)})
		for pixel := range pixels {
			for c := range channels {
				p.lay(s, panel, func(o int) int { return s.layer.weightAt + o*s.packing.inner + c*pixels + pixel })
			}
		}
	}
}

func (p *gradientPlan) layBias(s *gradientStagePlan) {
	s.bias = len(p.params)
	for o := range s.packing.outputs {
		to := -1
		if s.layer.bias > 0 {
			to = s.layer.biasAt + o
		}
		p.params = append(p.params, int32(to))
	}
}
