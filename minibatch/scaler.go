package minibatch

import "math"

// A Scaler is a Differences that knows how large its proposal is: a positive
// number that the standard deviation of the differences is about proportional
// to, such as the distance between the old and the new parameters. It must be
// the same for the way back. With it, Adaptive expects larger variances of larger
// proposals; without it, it takes proposals for equally large.
type Scaler interface {
	// Scale returns the size of the proposal.
	Scale() float64
}

// scaleOf returns the scale of a proposal, 1 if it is not known.
func scaleOf(d Differences) float64 {
	if s, ok := d.(Scaler); ok {
		return usable(s.Scale())
	}
	return 1
}

// usable returns a scale, 1 if it is none.
func usable(scale float64) float64 {
	if scale > 0 && !math.IsInf(scale, 1) {
		return scale
	}
	return 1
}
