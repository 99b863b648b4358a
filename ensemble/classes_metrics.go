package ensemble

import (
	"errors"
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/metrics"
)

// Predictions returns the arithmetic mean of the members' probabilities, the log-mean-exp
// of their log-probabilities, for package metrics. It keeps LogProbabilities, which must
// not be changed any more.
func (p *ClassPredictions) Predictions() (*metrics.Predictions, error) {
	return metrics.NewPredictions(p.LogProbabilities, p.Classes)
}

// GeometricPredictions returns the normalized geometric mean of the members'
// probabilities, LogGeometric, for package metrics.
func (p *ClassPredictions) GeometricPredictions() (*metrics.Predictions, error) {
	return metrics.NewPredictions(p.LogGeometric(), p.Classes)
}

// Classification returns Predictions beside the labels of a dataset, that of
// PredictClasses or one of the same samples.
func (p *ClassPredictions) Classification(d *data.Dataset) (*metrics.Classification, error) {
	predictions, err := p.Predictions()
	if err != nil {
		return nil, err
	}
	return classification(predictions, d)
}

// GeometricClassification is Classification of GeometricPredictions.
func (p *ClassPredictions) GeometricClassification(d *data.Dataset) (*metrics.Classification, error) {
	predictions, err := p.GeometricPredictions()
	if err != nil {
		return nil, err
	}
	return classification(predictions, d)
}

func classification(p *metrics.Predictions, d *data.Dataset) (*metrics.Classification, error) {
	switch {
	case d == nil:
		return nil, errors.New("ensemble: the dataset is nil")
	case d.Classes() != p.Classes():
		return nil, fmt.Errorf("ensemble: the dataset has %d classes, the predictions %d", d.Classes(), p.Classes())
	case d.Len() != p.Len():
		return nil, fmt.Errorf("ensemble: the dataset has %d samples, the predictions %d", d.Len(), p.Len())
	}
	return metrics.NewClassification(p, d.Labels())
}

// MutualInformationPerSample returns for each sample the mutual information between
// the label and the member that gives it, in nats: the entropy of Probabilities less
// MemberEntropy, 0 if all members say the same
// (metrics.Predictions.MutualInformationPerSample). It is the part of the uncertainty
// that more data would take away.
func (p *ClassPredictions) MutualInformationPerSample() ([]float64, error) {
	predictions, err := p.Predictions()
	if err != nil {
		return nil, err
	}
	return predictions.MutualInformationPerSample(p.MemberEntropy)
}
