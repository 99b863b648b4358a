package engine

import "github.com/trajens/trajens/internal/kernel"

// A denseStage computes a dense layer for a block of samples: for the kernel
// each sample is a pixel.
type denseStage struct {
	plan    *stagePlan
	in, out *buffer
	linear  kernel.Linear
}

func newDenseStage(plan *stagePlan, in, out *buffer) *denseStage {
	return &denseStage{plan: plan, in: in, out: out, linear: denseKernel(plan, in, out, plan.floor)}
}

func denseKernel(plan *stagePlan, in, out *buffer, floor float32) kernel.Linear {
	return kernel.Linear{XPixel: in.sample, DstPixel: out.sample, Segments: 1, Length: plan.input.size(), Floor: floor}
}

func (s *denseStage) compute(w *packed, samples int) {
	multiply(&s.linear, s.plan.packing.panels, w, s.out.data, s.in.data, samples)
	if s.plan.tanh {
		applyTanh(s.out, samples)
	}
}

// multiply computes the weighted sums of a block with the parameters of a
// dense layer, by a kernel from denseKernel.
func multiply(k *kernel.Linear, panels []panel, w *packed, dst, x []float32, samples int) {
	for i := len(panels) - 1; i >= 0; i-- { // the last panel leaves an excess where the first one writes
		p := panels[i]
		k.Vectors, k.W, k.Bias = p.vectors, w.numbers[p.weights:], w.numbers[p.bias:]
		k.X, k.Dst = x, dst[p.channel:]
		grid{height: 1, width: samples}.compute(k)
	}
}
