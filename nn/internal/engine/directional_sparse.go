package engine

import "github.com/trajens/trajens/internal/kernel"

// A tangentStage goes forward through a sparse first stage: it computes what the
// stage gives at a reference, and the tangents of that, which are how fast it
// changes in the direction. The inputs of the first stage do not change, so the
// tangents of its sums are its sums for the direction in place of the weights.
// They take no more than another look at the inputs that are not zero, and the
// gradient of the stage is not needed.
type tangentStage struct {
	stage    *gradientStage
	tangents *buffer // for each number of the stage's output
	product  kernel.Inner
	gate     kernel.Gate

	// Of a dense layer: for the sums and for their tangents.
	sums, changes *sparseDenseStage

	// Of a convolution.
	plan   *sparsePlan
	lists  *lists
	kernel kernel.Tangents
	others []otherModel // computed together with a reference: two or none
	two    [2]otherModel
}

// newTangentStage returns the first stage of a plan for the lists of a block, or
// nil if there is none: of convolutions only those with a pooling of 2×2 have one.
func newTangentStage(plan *sparsePlan, lists *lists, stage *gradientStage) *tangentStage {
	out := *stage.out
	out.data = make([]float32, len(out.data))
	s := &tangentStage{stage: stage, tangents: &out, plan: plan, lists: lists}
	switch {
	case plan.stage.kind == KindDense:
		s.sums = newSparseDenseStage(plan, lists, stage.out, stage.together)
		s.changes = newSparseDenseStage(plan, lists, s.tangents, stage.together)
		s.changes.gather.Floor = noFloor
	case plan.stage.pool == window2D{2, 2}:
		s.kernel = kernel.Tangents{Floor: plan.stage.floor, DstOrigins: newSparseConvStage(plan, lists, stage.out).gather.DstOrigins}
	default:
		return nil
	}
	return s
}

// takesOthers reports whether forwardWith can be called.
func (s *tangentStage) takesOthers() bool { return s.sums == nil }

// An otherModel is one for which the first stage is computed together with a
// reference.
type otherModel struct {
	packed *packed
	out    *buffer
}

// forwardWith does what forward does, and computes the outputs of two other
// models: they look at the same inputs, which takes most of the time where
// these are few.
func (s *tangentStage) forwardWith(others [2]otherModel, r *referenceStage, samples int) {
	s.two = others
	s.others = s.two[:]
	s.forward(r, samples)
	s.others, s.kernel.Others = nil, [2][]float32{}
}

// forward computes the outputs of a block, and tangents.
func (s *tangentStage) forward(r *referenceStage, samples int) {
	if s.sums != nil {
		s.sums.compute(&r.model.packed, samples)
		s.changes.sum(&r.direction, samples)
		s.activate(samples)
		return
	}
	k, panels, out := &s.kernel, s.plan.packing.panels, s.stage.out
	w, direction := r.model.packed.numbers, r.direction.numbers
	k.Values, k.Places = s.lists.values, s.lists.places
	for i := len(panels) - 1; i >= 0; i-- { // the last panel leaves an excess where the first one writes
		p := panels[i]
		k.Vectors, k.Table, k.Bias = p.vectors, w[p.weights:], w[p.bias:]
		k.Directions, k.DirectionBias = direction[p.weights:], direction[p.bias:]
		for o, other := range s.others {
			numbers := other.packed.numbers
			k.OtherTables[o], k.OtherBiases[o] = numbers[p.weights:], numbers[p.bias:]
		}
		for j := range samples {
			for o, other := range s.others {
				k.Others[o] = other.out.of(j)[p.channel:]
			}
			k.First, k.Ends = s.lists.first(j), s.lists.of(j)
			k.Dst, k.Tangents = out.of(j)[p.channel:], s.tangents.of(j)[p.channel:]
			k.Run()
			if i == len(panels)-1 {
				out.clean(j)
				s.tangents.clean(j)
				for _, other := range s.others {
					other.out.clean(j)
				}
			}
		}
	}
	if s.plan.stage.tanh { // a ReLU has been seen to by the kernel
		applyTanh(out, samples)
		s.activate(samples)
		for _, other := range s.others {
			applyTanh(other.out, samples)
		}
	}
}

// activate turns tangents of what the activation was applied to into those of
// what it gave.
func (s *tangentStage) activate(samples int) {
	if !s.plan.stage.active {
		return
	}
	for j := range samples {
		for y := range s.tangents.height {
			outputs, tangents := s.stage.out.row(j, y), s.tangents.row(j, y)
			if s.plan.stage.tanh {
				for i, v := range outputs {
					tangents[i] *= 1 - v*v
				}
				continue
			}
			s.gate.Slopes, s.gate.Outputs = tangents, outputs
			s.gate.Run()
		}
	}
}

// addDerivatives adds the part of the stage to derivatives: the product of its
// slopes with its tangents.
func (s *tangentStage) addDerivatives(dst []float64) {
	slopes, k := s.stage.outSlopes, &s.product
	for j := range dst {
		if slopes.columns == slopes.width {
			n := slopes.size()
			k.X, k.Y = slopes.of(j)[slopes.at(0, 0):][:n], s.tangents.of(j)[slopes.at(0, 0):][:n]
			k.Run()
			dst[j] += float64(k.Sum)
			continue
		}
		for y := range slopes.height {
			k.X, k.Y = slopes.row(j, y), s.tangents.row(j, y)
			k.Run()
			dst[j] += float64(k.Sum)
		}
	}
}
