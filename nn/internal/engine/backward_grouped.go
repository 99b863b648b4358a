package engine

import "github.com/trajens/trajens/internal/kernel"

// groupedBackward goes backward through a dense layer in groups. Its panels are of
// the inputs of one group.
type groupedBackward struct {
	panels  []groupedPanel // of a group
	inputs  []float32      // of one panel, [sample][lane]
	sums    []float32      // derivatives with respect to these
	zeros   [denseLanes]float32
	weights kernel.Linear // for derivatives with respect to weights
	inner   kernel.Linear // and to inputs
}

// A groupedPanel is the inputs of a group that one call of a kernel computes
// something of.
type groupedPanel struct {
	first, length int
	vectors       int // 1 or 2
	weights       int // where they start in those of the group that are packed for backward
}

func newGroupedBackward(s *gradientStage) *groupedBackward {
	inner, outputs := s.plan.packing.inner, s.plan.packing.outputs/s.plan.layer.Groups
	b := &groupedBackward{inputs: make([]float32, s.together*denseLanes)}
	for first, at := 0, 0; first < inner; first += denseLanes {
		p := groupedPanel{first: first, length: min(inner-first, denseLanes), vectors: 2, weights: at}
		if p.length <= kernel.Lanes {
			p.vectors = 1
		}
		b.panels = append(b.panels, p)
		at += outputs * p.vectors * kernel.Lanes
	}
	// A sum over samples: each is a segment of one number.
	b.weights = kernel.Linear{
		Bias: b.zeros[:], XPixel: 1, DstPixel: inner,
		Segment: s.outSlopes.sample, Length: 1, Floor: noFloor,
	}
	if s.inSlopes != nil {
		b.sums = make([]float32, s.together*denseLanes)
		b.inner = kernel.Linear{
			Bias: b.zeros[:], XPixel: s.outSlopes.sample, DstPixel: denseLanes,
			Segments: 1, Length: outputs, Floor: noFloor,
		}
	}
	return b
}

// groupLength returns how many packed numbers a group of so many outputs has.
func (b *groupedBackward) groupLength(outputs int) int {
	last := &b.panels[len(b.panels)-1]
	return last.weights + outputs*last.vectors*kernel.Lanes
}

// pack lays the weights out as [group][panel][output][lane].
func (b *groupedBackward) pack(s *gradientStage, dst, params []float32) []float32 {
	if s.inSlopes == nil {
		return nil
	}
	groups, inner := s.plan.layer.Groups, s.plan.packing.inner
	outputs := s.plan.packing.outputs / groups
	length := b.groupLength(outputs)
	if dst == nil {
		dst = make([]float32, groups*length)
	}
	for g := range groups {
		for _, p := range b.panels {
			lanes := p.vectors * kernel.Lanes
			to := dst[g*length+p.weights:]
			for o := range outputs {
				copy(to[o*lanes:], params[(g*outputs+o)*inner+p.first:][:p.length])
			}
		}
	}
	return dst
}

func (b *groupedBackward) backward(s *gradientStage, gradient []float32, from, to int) {
	outputs := s.plan.packing.outputs
	b.toWeights(s, gradient[s.plan.panels[0].at:], from, to)
	biases := gradient[s.plan.bias:][:outputs] // after the weights, which leave an excess
	clear(biases)
	for j := from; j < to; j++ {
		for o, slope := range s.outSlopes.of(j)[:outputs] {
			biases[o] += slope
		}
	}
	if s.inSlopes != nil {
		b.toInputs(s, from, to)
	}
}

// toWeights writes the derivatives with respect to the weights, [output][input].
// What the kernel writes beyond the end of a row is where it writes next: the
// last panel of a group comes first, one group after the other.
func (b *groupedBackward) toWeights(s *gradientStage, gradient []float32, from, to int) {
	groups, inner := s.plan.layer.Groups, s.plan.packing.inner
	outputs := s.plan.packing.outputs / groups
	k := &b.weights
	k.Segments = to - from
	for g := range groups {
		slopes := s.outSlopes.of(from)[g*outputs:]
		for i := len(b.panels) - 1; i >= 0; i-- {
			p := &b.panels[i]
			b.load(s, g*inner+p.first, p.vectors, from, to)
			k.Vectors, k.W = p.vectors, b.inputs
			k.X, k.Dst = slopes, gradient[g*outputs*inner+p.first:]
			grid{height: 1, width: outputs}.compute(k)
		}
	}
}

// load copies the inputs of a panel, which start at a place of each sample. There
// may be fewer of the panel's; the others do not matter.
func (b *groupedBackward) load(s *gradientStage, at, vectors, from, to int) {
	dst := b.inputs
	for j := from; j < to; j++ {
		x := s.in.of(j)[at:]
		*(*[kernel.Lanes]float32)(dst) = [kernel.Lanes]float32(x)
		if vectors == 2 {
			*(*[kernel.Lanes]float32)(dst[kernel.Lanes:]) = [kernel.Lanes]float32(x[kernel.Lanes:])
		}
		dst = dst[vectors*kernel.Lanes:]
	}
}

// toInputs sets the derivatives with respect to the inputs.
func (b *groupedBackward) toInputs(s *gradientStage, from, to int) {
	groups, inner := s.plan.layer.Groups, s.plan.packing.inner
	outputs := s.plan.packing.outputs / groups
	length := b.groupLength(outputs)
	k := &b.inner
	for g := range groups {
		for _, p := range b.panels {
			k.Vectors, k.W = p.vectors, s.model.backward[g*length+p.weights:]
			k.X, k.Dst = s.outSlopes.of(from)[g*outputs:], b.sums
			grid{height: 1, width: to - from}.compute(k)
			at := g*inner + p.first
			for j := from; j < to; j++ {
				copy(s.inSlopes.of(j)[at:at+p.length], b.sums[(j-from)*denseLanes:])
			}
		}
	}
}
