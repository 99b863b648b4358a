package engine

import "math"

// An activationStage computes an activation that no other stage has taken
// over.
type activationStage struct {
	plan    *stagePlan
	in, out *buffer
}

func (s *activationStage) compute(_ *packed, samples int) {
	copyImages(s.out, s.in, samples)
	if s.plan.tanh {
		applyTanh(s.out, samples)
	} else {
		applyFloor(s.out, s.plan.floor, samples)
	}
}

// copyImages copies the images of a block, whose borders may differ.
func copyImages(out, in *buffer, samples int) {
	for j := range samples {
		for y := range out.height {
			copy(out.row(j, y), in.row(j, y))
		}
	}
}

// applyFloor replaces each number of the images below the floor by it. NaN
// stays NaN.
func applyFloor(b *buffer, floor float32, samples int) {
	for j := range samples {
		for y := range b.height {
			row := b.row(j, y)
			for i, v := range row {
				row[i] = max(v, floor)
			}
		}
	}
}

// applyTanh replaces each number of the images by its hyperbolic tangent.
func applyTanh(b *buffer, samples int) {
	for j := range samples {
		for y := range b.height {
			row := b.row(j, y)
			for i, v := range row {
				row[i] = float32(math.Tanh(float64(v)))
			}
		}
	}
}
