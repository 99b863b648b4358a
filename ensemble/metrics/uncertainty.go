package metrics

import (
	"fmt"
	"math"
)

// EntropyPerSample returns the entropy −Σ_k p_k log p_k of the probabilities of
// each sample, in nats: 0 to log(classes). Of a committee's mean probabilities,
// it is the predictive entropy, the whole uncertainty.
func (p *Predictions) EntropyPerSample() []float64 {
	entropy := make([]float64, p.Len())
	for i := range entropy {
		sum := 0.0
		for _, logProbability := range p.LogProbabilities(i) {
			if !math.IsInf(logProbability, -1) { // p log p is 0 at 0
				sum -= math.Exp(logProbability) * logProbability
			}
		}
		entropy[i] = max(sum, 0)
	}
	return entropy
}

// Entropy returns the mean entropy in nats.
func (p *Predictions) Entropy() float64 { return mean(p.EntropyPerSample()) }

// MutualInformationPerSample returns the mutual information between the label
// and the member that gives it, in nats, of predictions that are the mean of the
// members' probabilities:
//
//	entropy of the mean − mean of the members' entropies
//
// for each sample, 0 to log(classes). It is the part of the uncertainty that
// the members' differences make, the epistemic one; the mean of the members'
// entropies is the aleatoric one (Houlsby et al., arXiv 1112.5745; Depeweg et
// al., arXiv 1710.07283). Only rounding makes a difference negative: to −1e-4
// it is taken as 0, while less is an error, since the predictions cannot be
// that mean.
//
// The mean of the members' entropies is given for each sample. It is not kept.
func (p *Predictions) MutualInformationPerSample(memberEntropy []float64) ([]float64, error) {
	if len(memberEntropy) != p.Len() {
		return nil, fmt.Errorf("metrics: %d mean entropies for %d samples", len(memberEntropy), p.Len())
	}
	information := p.EntropyPerSample()
	for i, entropy := range memberEntropy {
		if !(entropy >= 0 && entropy <= information[i]+1e-4) {
			return nil, fmt.Errorf("metrics: the members' mean entropy of sample %d is %v, want 0 to %v, the entropy of their mean", i, entropy, information[i])
		}
		information[i] = max(information[i]-entropy, 0)
	}
	return information, nil
}

// MutualInformation returns the mean of MutualInformationPerSample.
func (p *Predictions) MutualInformation(memberEntropy []float64) (float64, error) {
	information, err := p.MutualInformationPerSample(memberEntropy)
	return mean(information), err // NaN beside an error
}
