package langevin

// Stats sums up what a chain has done.
type Stats struct {
	// Steps is how many steps it made, and Accepted how many of them were accepted:
	// all, where a sampler has no test, but for those that MCLMC has put back.
	Steps, Accepted int
	// Acceptance is the sum of the acceptance probabilities of the steps that had one,
	// and Tested how many had.
	Acceptance float64
	Tested     int
	// Gradients is how many gradients were evaluated, and Samples of how many samples
	// in all.
	Gradients, Samples int
}

// MeanAcceptance returns the mean acceptance probability, NaN without a test.
func (s Stats) MeanAcceptance() float64 { return s.Acceptance / float64(s.Tested) }

func (s *Stats) count(step *Step) {
	s.Steps++
	if step.Accepted {
		s.Accepted++
	}
	if step.Acceptance == step.Acceptance { // not NaN
		s.Acceptance += step.Acceptance
		s.Tested++
	}
	s.Gradients += step.Gradients
	s.Samples += step.Samples
}
