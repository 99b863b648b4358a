package metrics

import (
	"fmt"
	"math"
)

// Agreement returns the share of samples for which two predictions have the
// same class of largest probability, the first of equal ones: 0 to 1. Against a
// long reference run it is a score of the NeurIPS 2021 competition on
// approximate inference (Wilson, Izmailov, Hoffman et al., PMLR 176 (2022)).
func (p *Predictions) Agreement(other *Predictions) (float64, error) {
	if err := p.comparable(other); err != nil {
		return math.NaN(), err
	}
	same := 0
	for i, class := range p.predicted {
		if class == other.predicted[i] {
			same++
		}
	}
	return float64(same) / float64(p.Len()), nil
}

// TotalVariationPerSample returns the total variation distance of two predictions,
// ½ Σ_k |p_k − q_k|: 0 to 1, of which 0 is for the same probabilities.
func (p *Predictions) TotalVariationPerSample(other *Predictions) ([]float64, error) {
	if err := p.comparable(other); err != nil {
		return nil, err
	}
	distances := make([]float64, p.Len())
	for i := range distances {
		sum, q := 0.0, other.LogProbabilities(i)
		for class, logProbability := range p.LogProbabilities(i) {
			sum += math.Abs(probability(logProbability) - probability(q[class]))
		}
		distances[i] = min(sum/2, 1)
	}
	return distances, nil
}

// TotalVariation returns the mean of TotalVariationPerSample, the other score of
// the competition that Agreement names.
func (p *Predictions) TotalVariation(other *Predictions) (float64, error) {
	distances, err := p.TotalVariationPerSample(other)
	return mean(distances), err // NaN beside an error
}

func (p *Predictions) comparable(other *Predictions) error {
	if other == nil {
		return errNilPredictions
	}
	if other.Len() != p.Len() || other.classes != p.classes {
		return fmt.Errorf("metrics: predictions of %d samples × %d classes compared with %d × %d", p.Len(), p.classes, other.Len(), other.classes)
	}
	return nil
}
