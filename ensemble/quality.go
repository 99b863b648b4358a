package ensemble

import (
	"math"

	"github.com/trajens/trajens/ensemble/metrics"
)

// calibrationBins are those of the expected calibration error, of equal width.
const calibrationBins = metrics.DefaultBins

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
	bin := &s.bins[metrics.EqualWidthBin(probabilities[class], calibrationBins)]
	bin.confidence += probabilities[class]
	if class == label {
		s.rightByProbability++
		bin.right++
	}
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
