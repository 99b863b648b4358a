package nn

import "github.com/trajens/trajens/internal/kernel"

// A denseStage computes a dense layer for a block of samples: for the kernel
// each sample is a pixel.
type denseStage struct {
	plan    *stagePlan
	in, out *buffer
	linear  kernel.Linear
}

func newDenseStage(plan *stagePlan, in, out *buffer) *denseStage {
	return &denseStage{plan: plan, in: in, out: out, linear: kernel.Linear{
		XPixel:   in.sample,
		DstPixel: out.sample,
		Segments: 1,
		Length:   plan.input.size(),
		Floor:    plan.floor,
	}}
}

func (s *denseStage) run(w *packed, samples int) {
	k := &s.linear
	panels := s.plan.packing.panels
	for i := len(panels) - 1; i >= 0; i-- { // the last panel leaves an excess where the first one writes
		p := panels[i]
		k.Vectors, k.W, k.Bias = p.vectors, w.numbers[p.weights:], w.numbers[p.bias:]
		k.X, k.Dst = s.in.data, s.out.data[p.channel:]
		grid{height: 1, width: samples}.run(k)
	}
	if s.plan.tanh {
		applyTanh(s.out, samples)
	}
}
