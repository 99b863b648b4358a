package ensemble

import "math"

// Bins of the expected calibration error.
const (
	calibrationBins = 15
	binEdge         = 1e-12 // how far above an end is on it, as probabilities are rounded
)

// qualitySums are what a Quality is made of, summed over samples.
type qualitySums struct {
	right, rightByProbability int
	nll, brier                float64
	bins                      [calibrationBins]struct{ confidence, right float64 }
}

// add adds a sample: whether the vote is right, the log-probability of the label,
// and the probabilities.
func (s *qualitySums) add(right bool, logProbability float64, probabilities []float64, label int) {
	if right {
		s.right++
	}
	s.nll -= logProbability
	s.brier += brier(probabilities, label)
	class := largest(probabilities)
	bin := &s.bins[calibrationBin(probabilities[class])]
	bin.confidence += probabilities[class]
	if class == label {
		s.rightByProbability++
		bin.right++
	}
}

func calibrationBin(confidence float64) int {
	bin := min(int(confidence*calibrationBins), calibrationBins-1)
	if bin > 0 && confidence <= float64(bin)/calibrationBins+binEdge {
		bin--
	}
	return bin
}

func (s *qualitySums) merge(other *qualitySums) {
	s.right += other.right
	s.rightByProbability += other.rightByProbability
	s.nll += other.nll
	s.brier += other.brier
	for i := range s.bins {
		s.bins[i].confidence += other.bins[i].confidence
		s.bins[i].right += other.bins[i].right
	}
}

// quality returns the means over the samples.
func (s *qualitySums) quality(samples int) Quality {
	n := float64(samples)
	q := Quality{
		Accuracy:                float64(s.right) / n,
		MeanProbabilityAccuracy: float64(s.rightByProbability) / n,
		NLL:                     s.nll / n,
		Brier:                   s.brier / n,
	}
	for _, bin := range s.bins {
		q.ECE += math.Abs(bin.confidence-bin.right) / n
	}
	return q
}
