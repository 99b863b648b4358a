package engine

import "github.com/trajens/trajens/internal/kernel"

// A groupedStage computes a dense layer in groups.
type groupedStage struct {
	kernel *groupedKernel
	tanh   bool
}

func newGroupedStage(plan *stagePlan, in, out *buffer) *groupedStage {
	samples := (len(out.data) - slack) / out.sample
	return &groupedStage{newGroupedKernel(plan, in, out, samples, plan.floor), plan.tanh}
}

func (s *groupedStage) compute(w *packed, samples int) {
	s.kernel.multiply(w, samples)
	if s.tanh {
		applyTanh(s.kernel.out, samples)
	}
}

// A groupedKernel computes the weighted sums of a dense layer in groups, from one
// buffer to another. A panel has outputs of one group. Where it has fewer than the
// kernel writes, these are the next group's: so the kernel writes elsewhere, and
// the sums are copied.
type groupedKernel struct {
	packing       *packing
	groupOutputs  int
	in, out       *buffer
	linear, apart kernel.Linear // apart: to sums
	sums          []float32     // [sample][lane]
}

// newGroupedKernel returns the kernel for blocks of at most so many samples.
func newGroupedKernel(plan *stagePlan, in, out *buffer, samples int, floor float32) *groupedKernel {
	k := &groupedKernel{
		packing: &plan.packing, groupOutputs: plan.packing.outputs / plan.layer.Groups, in: in, out: out,
		linear: kernel.Linear{XPixel: in.sample, DstPixel: out.sample, Segments: 1, Length: plan.packing.inner, Floor: floor},
		sums:   make([]float32, samples*2*kernel.Lanes),
	}
	k.apart = k.linear
	k.apart.DstPixel = 2 * kernel.Lanes
	return k
}

func (k *groupedKernel) multiply(w *packed, samples int) {
	for _, p := range k.packing.panels {
		group := p.channel / k.groupOutputs
		lanes := p.vectors * kernel.Lanes
		linear, dst := &k.linear, k.out.data[p.channel:]
		if p.channel+lanes > p.end {
			linear, dst = &k.apart, k.sums
		}
		linear.Vectors, linear.W, linear.Bias = p.vectors, w.numbers[p.weights:], w.numbers[p.bias:]
		linear.X, linear.Dst = k.in.data[group*k.packing.inner:], dst
		grid{height: 1, width: samples}.compute(linear)
		if linear == &k.apart {
			for j := range samples {
				copy(k.out.of(j)[p.channel:p.end], k.sums[j*2*kernel.Lanes:])
			}
		}
	}
}
