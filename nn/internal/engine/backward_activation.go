package engine

// deactivate turns derivatives with respect to the outputs into those with
// respect to what the activation was applied to.
func (s *gradientStage) deactivate(samples int) {
	if s.out.gapless() {
		n := samples * s.out.sample
		s.deactivateNumbers(s.outSlopes.data[:n], s.out.data[:n])
		return
	}
	for j := range samples {
		for y := range s.out.height {
			s.deactivateNumbers(s.outSlopes.row(j, y), s.out.row(j, y))
		}
	}
}

// deactivateNumbers does it for some outputs.
func (s *gradientStage) deactivateNumbers(slopes, outputs []float32) {
	if s.plan.tanh {
		for i, v := range outputs {
			slopes[i] *= 1 - v*v
		}
		return
	}
	s.gate.Slopes, s.gate.Outputs = slopes, outputs
	s.gate.Run()
}
