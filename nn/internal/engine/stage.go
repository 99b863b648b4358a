package engine

import "math"

// A stage computes a part of a network for the first samples of a block, from
// one buffer to the next, with one model's parameters.
type stage interface {
	compute(w *packed, samples int)
}

var noFloor = float32(math.Inf(-1))

// newStage returns the stage of a plan, from one buffer to another. Of a
// convolution, which may read the samples themselves, views are where the image
// of each sample of a block is, and viewRow is the distance between its rows.
func newStage(plan *stagePlan, in *buffer, views [][]float32, viewRow int, out *buffer) stage {
	switch plan.kind {
	case KindConv2D:
		return newConvStage(plan, views, viewRow, out)
	case KindDense:
		return newDenseStage(plan, in, out)
	case KindGroupedDense:
		return newGroupedStage(plan, in, out)
	case KindMaxPool2D:
		return &poolStage{plan: plan, in: in, out: out}
	}
	return &activationStage{plan: plan, in: in, out: out}
}
