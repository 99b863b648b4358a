package ensemble

import (
	"errors"
	"fmt"

	"github.com/trajens/trajens/data"
)

// A Report says how good a committee is on a dataset. All means are over its
// samples. Fields that the dataset has no use for are zero.
type Report struct {
	// Samples is the number of samples.
	Samples int

	// Accuracy is the share of samples that the majority vote gets right.
	Accuracy float64
	// MeanProbabilityAccuracy is the share of samples whose label has the
	// largest mean probability.
	MeanProbabilityAccuracy float64
	// NLL is the negative log-likelihood, −log of the label's mean
	// probability, in nats.
	NLL float64
	// MemberAccuracy and MemberNLL are those of each member alone.
	MemberAccuracy, MemberNLL []float64

	// Loss is half the squared error of the mean output, summed over the
	// outputs, for datasets with real targets.
	Loss float64
	// MemberLoss is that of each member alone.
	MemberLoss []float64
}

// MemberAccuracyMean returns the mean of MemberAccuracy.
func (r *Report) MemberAccuracyMean() float64 { return mean(r.MemberAccuracy) }

// MemberNLLMean returns the mean of MemberNLL.
func (r *Report) MemberNLLMean() float64 { return mean(r.MemberNLL) }

// MemberLossMean returns the mean of MemberLoss.
func (r *Report) MemberLossMean() float64 { return mean(r.MemberLoss) }

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// Evaluate measures the committee on a dataset: as a classifier if it has
// labels, else as a regression. The error says what does not fit, or which
// member has outputs that are not finite.
func (c *Committee) Evaluate(d *data.Dataset) (*Report, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	if d.Classes() > 0 {
		if d.Classes() != c.net.Outputs() {
			return nil, fmt.Errorf("ensemble: the dataset has %d classes, the network %d outputs", d.Classes(), c.net.Outputs())
		}
		return c.classify(d)
	}
	if d.Outputs() == 0 {
		return nil, errors.New("ensemble: the dataset has neither labels nor targets to compare with")
	}
	if d.Outputs() != c.net.Outputs() {
		return nil, fmt.Errorf("ensemble: the dataset has %d targets, the network %d outputs", d.Outputs(), c.net.Outputs())
	}
	return c.regress(d)
}
