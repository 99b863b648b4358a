package engine

// A poolStage computes a pooling that does not follow a convolution.
type poolStage struct {
	plan    *stagePlan
	in, out *buffer
}

func (s *poolStage) compute(_ *packed, samples int) {
	for j := range samples {
		in, out := s.in.of(j), s.out.of(j)
		for y := range s.out.height {
			for x := range s.out.width {
				corner := in[s.in.at(y*s.plan.pool.stride, x*s.plan.pool.stride):]
				s.maximum(out[s.out.at(y, x):][:s.out.channels], corner)
			}
		}
	}
}

// maximum sets dst to the maximum over one window.
func (s *poolStage) maximum(dst, corner []float32) {
	copy(dst, corner)
	for y := range s.plan.pool.kernel {
		for x := range s.plan.pool.kernel {
			pixel := corner[y*s.in.rowLength()+x*s.in.channels:][:len(dst)]
			for c, v := range pixel {
				dst[c] = max(dst[c], v) // NaN if one of the two is
			}
		}
	}
}
