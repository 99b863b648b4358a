package nn

import "math"

// activate applies the activation to the outputs of a block.
func (s *gradientStage) activate(samples int) {
	for j := range samples {
		out := s.out.of(j)
		s.eachRow(j, func(at, n int) {
			row := out[at : at+n]
			if s.plan.tanh {
				for i, v := range row {
					row[i] = float32(math.Tanh(float64(v)))
				}
				return
			}
			for i, v := range row {
				row[i] = max(v, 0) // NaN, if v is
			}
		})
	}
}

// deactivate turns derivatives with respect to the outputs into those with
// respect to what the activation was applied to.
func (s *gradientStage) deactivate(samples int) {
	for j := range samples {
		out, gradient := s.out.of(j), s.outGradient.of(j)
		s.eachRow(j, func(at, n int) {
			row, slopes := out[at:at+n], gradient[at:at+n]
			if s.plan.tanh {
				for i, v := range row {
					slopes[i] *= 1 - v*v
				}
				return
			}
			s.gate.Slopes, s.gate.Outputs = slopes, row
			s.gate.Run()
		})
	}
}
