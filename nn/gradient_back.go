package nn

// A wayBack computes derivatives with respect to parameters and inputs from
// those with respect to sums.
type wayBack interface {
	take(*gradientStage)

	// run writes those with respect to the parameters, summed over the samples
	// from (included) to to (excluded) of the block, to their part of the slot,
	// and sets those with respect to the inputs of these samples, if they are
	// asked for.
	run(s *gradientStage, slot []float32, from, to int)
}

// backward writes the derivatives with respect to the stage's parameters to the
// slot, and sets those with respect to its inputs, if they are asked for.
func (s *gradientStage) backward(slot []float32, samples int) {
	if s.plan.active && !s.plan.gated() {
		s.deactivate(samples)
	}
	if s.way != nil {
		s.way.run(s, slot, 0, samples)
		return
	}
	s.pass(samples)
}

// pass sets the derivatives with respect to the inputs of a stage that has no
// parameters.
func (s *gradientStage) pass(samples int) {
	if s.inGradient == nil {
		return
	}
	clear(s.inGradient.data[:samples*s.inGradient.sample])
	for j := range samples {
		n := j * s.plan.output.size()
		for y := range s.out.height {
			row := s.outGradient.row(j, y)
			if s.winners == nil { // an activation alone
				copy(s.inGradient.row(j, y), row)
				continue
			}
			to := s.inGradient.of(j)
			for i, v := range row {
				to[s.winners[n+i]] += v
			}
			n += len(row)
		}
	}
}
