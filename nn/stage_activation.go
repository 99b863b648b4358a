package nn

import "math"

// An activationStage computes an activation that no other stage has taken
// over.
type activationStage struct {
	plan    *stagePlan
	in, out *buffer
}

func (s *activationStage) run(_ *packed, samples int) {
	for j := range samples {
		in, out := s.in.of(j), s.out.of(j)
		for y := range s.out.height {
			from := in[s.in.at(y, 0):]
			to := out[s.out.at(y, 0):][:s.out.width*s.out.channels]
			for i := range to {
				to[i] = max(from[i], s.plan.floor) // NaN stays NaN
			}
		}
	}
	if s.plan.tanh {
		applyTanh(s.out, samples)
	}
}

// applyTanh replaces each number of the images by its hyperbolic tangent.
func applyTanh(b *buffer, samples int) {
	for j := range samples {
		image := b.of(j)
		for y := range b.height {
			row := image[b.at(y, 0):][:b.width*b.channels]
			for i, v := range row {
				row[i] = float32(math.Tanh(float64(v)))
			}
		}
	}
}
