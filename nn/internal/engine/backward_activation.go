package engine

// deactivate turns derivatives with respect to the outputs into those with
// respect to what the activation was applied to.
func (s *gradientStage) deactivate(samples int) {
	for j := range samples {
		for y := range s.out.height {
			row, slopes := s.out.row(j, y), s.outSlopes.row(j, y)
			if s.plan.tanh {
				for i, v := range row {
					slopes[i] *= 1 - v*v
				}
				continue
			}
			s.gate.Slopes, s.gate.Outputs = slopes, row
			s.gate.Run()
		}
	}
}
