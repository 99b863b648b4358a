package minibatch

import "math"

// NormalityError bounds how far the distribution of a standardized mean of b
// = len(differences) independent draws can be from the normal one, in the
// largest difference of the distribution functions:
//
//	(6.4 E|x|³ + 2 E|x|) / √b,
//
// x being the differences less their mean over their standard deviation, and
// the expectations taken over the sample (Seita et al., arXiv 1610.06848,
// Corollary 1). It is +Inf for fewer than two differences, and 0 if all are
// equal. Being rigorous it is large: 0.26 for 2,000 normal differences.
func NormalityError(differences []float64) float64 {
	var m moments
	if len(differences) < 2 || !m.add(differences) {
		return math.Inf(1)
	}
	if m.deviations == 0 {
		return 0
	}
	first, third := 0.0, 0.0
	for _, d := range differences {
		x := math.Abs(d - m.mean)
		first += x
		third += x * x * x
	}
	b := float64(len(differences))
	deviation := math.Sqrt(m.variance())
	first /= b * deviation
	third /= b * deviation * deviation * deviation
	return (6.4*third + 2*first) / math.Sqrt(b)
}
