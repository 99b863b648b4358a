package engine

// A backwardLayer goes backward through a layer with parameters: from the
// derivatives with respect to its sums to those with respect to its parameters
// and its inputs.
type backwardLayer interface {
	// pack writes a model's parameters of the stage to dst as backward reads them
	// from the stage's model, and returns dst, which is made if it is nil.
	pack(s *gradientStage, dst, params []float32) []float32

	// backward writes the derivatives with respect to the parameters, summed over
	// the samples from from (included) to to (excluded) of the block, to their
	// part of the gradient, and sets those with respect to the inputs of these
	// samples, if they are asked for.
	backward(s *gradientStage, gradient []float32, from, to int)
}

// backward writes the derivatives with respect to the stage's parameters to
// their part of the gradient, and sets those with respect to its inputs, if they
// are asked for.
func (s *gradientStage) backward(gradient []float32, samples int) {
	if s.plan.active && !s.plan.gated() {
		s.deactivate(samples)
	}
	if s.layer != nil {
		s.layer.backward(s, gradient, 0, samples)
		return
	}
	s.toInputs(samples)
}

// toInputs sets the derivatives with respect to the inputs of a stage that has no
// parameters.
func (s *gradientStage) toInputs(samples int) {
	if s.inSlopes == nil {
		return
	}
	clear(s.inSlopes.data[:samples*s.inSlopes.sample])
	for j := range samples {
		n := j * s.plan.output.size()
		for y := range s.out.height {
			row := s.outSlopes.row(j, y)
			if s.winners == nil { // an activation alone
				copy(s.inSlopes.row(j, y), row)
				continue
			}
			to := s.inSlopes.of(j)
			for i, v := range row {
				to[s.winners[n+i]] += v
			}
			n += len(row)
		}
	}
}
