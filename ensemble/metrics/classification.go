package metrics

import (
	"fmt"
	"math"
)

// A Classification is predictions beside the labels of the samples.
type Classification struct {
	*Predictions
	labels []int
}

// NewClassification returns a classification from predictions and one label a
// sample, 0 to classes−1. The slice is kept. The error names the first label
// that is out of range.
func NewClassification(p *Predictions, labels []int) (*Classification, error) {
	if p == nil {
		return nil, errNilPredictions
	}
	if len(labels) != p.Len() {
		return nil, fmt.Errorf("metrics: %d labels for %d samples", len(labels), p.Len())
	}
	for i, label := range labels {
		if label < 0 || label >= p.classes {
			return nil, fmt.Errorf("metrics: label %d of sample %d, want 0 to %d", label, i, p.classes-1)
		}
	}
	return &Classification{p, labels}, nil
}

// Subset returns the classification of some of the samples, which may repeat,
// as they do in a Bootstrap. It panics if there are none or one is out of range.
func (c *Classification) Subset(samples []int) *Classification {
	if len(samples) == 0 {
		panic("metrics: a subset without samples")
	}
	labels := make([]int, len(samples))
	for j, i := range samples {
		labels[j] = c.labels[i]
	}
	return &Classification{c.subset(samples), labels}
}

// Label returns the label of sample i.
func (c *Classification) Label(i int) int { return c.labels[i] }

// logLabel returns the log-probability of the label of sample i.
func (c *Classification) logLabel(i int) float64 {
	return c.logProbabilities[i*c.classes+c.labels[i]]
}

// CorrectPerSample returns 1 where the predicted class is the label, else 0.
func (c *Classification) CorrectPerSample() []float64 {
	correct := make([]float64, c.Len())
	for i, class := range c.predicted {
		if class == c.labels[i] {
			correct[i] = 1
		}
	}
	return correct
}

// Accuracy returns the share of samples whose predicted class, the one with
// the largest probability and the first of equal ones, is the label: 0 to 1.
func (c *Classification) Accuracy() float64 { return mean(c.CorrectPerSample()) }

// NLLPerSample returns −log of the label's probability in nats: 0 or more, and
// +Inf where the label's probability is zero. Probabilities that sum to more than
// 1, by up to the 1e-6 that NewPredictions tolerates, may put it below 0 by as much.
func (c *Classification) NLLPerSample() []float64 {
	nll := make([]float64, c.Len())
	for i := range nll {
		nll[i] = 0 - c.logLabel(i) // never −0
	}
	return nll
}

// NLL returns the mean negative log-likelihood in nats, the logarithmic score
// of Good (1952) and the cross-entropy of training. One label of probability
// zero makes it +Inf.
func (c *Classification) NLL() float64 { return mean(c.NLLPerSample()) }

// BrierPerSample returns the squared distance of the probabilities from the
// label's unit vector, Σ_k (p_k − 1[k = label])²: 0 to 2.
func (c *Classification) BrierPerSample() []float64 {
	brier := make([]float64, c.Len())
	for i, label := range c.labels {
		for class, logProbability := range c.LogProbabilities(i) {
			difference := probability(logProbability)
			if class == label {
				// 1 − p without the loss of digits that subtraction has near 1.
				difference = math.Expm1(min(logProbability, 0))
			}
			brier[i] += difference * difference
		}
	}
	return brier
}

// Brier returns the mean Brier score, summed over the classes: 0 to 2, of which
// 0 is best (Brier, Monthly Weather Review 78 (1950)). Definitions that take the
// mean over two classes, or the square of one, give half of it.
func (c *Classification) Brier() float64 { return mean(c.BrierPerSample()) }

// ConfusionMatrix returns, for each label and predicted class, the number of
// samples, classes × classes: entry [label·classes + predicted].
func (c *Classification) ConfusionMatrix() []int {
	counts := make([]int, c.classes*c.classes)
	for i, class := range c.predicted {
		counts[c.labels[i]*c.classes+class]++
	}
	return counts
}

// Tempered returns the classification of the predictions at a temperature, positive
// and finite, as Predictions.Tempered does.
func (c *Classification) Tempered(temperature float64) (*Classification, error) {
	p, err := c.Predictions.Tempered(temperature)
	if err != nil {
		return nil, err
	}
	return &Classification{p, c.labels}, nil
}

// certainlyWrong returns the first sample whose label has the probability zero,
// or −1.
func (c *Classification) certainlyWrong() int {
	for i := range c.labels {
		if math.IsInf(c.logLabel(i), -1) {
			return i
		}
	}
	return -1
}

// everySample returns 0 to n−1.
func everySample(n int) []int {
	samples := make([]int, n)
	for i := range samples {
		samples[i] = i
	}
	return samples
}
