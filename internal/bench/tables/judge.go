package main

import (
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/nn"
)

// A quality is what an ensemble is worth on samples that it was not trained on.
type quality struct {
	rmse      float64
	nll       float64 // of the mixture of the models' normal distributions
	normalNLL float64 // of the normal distribution of the mixture's mean and variance
	coverage  float64 // of the mixture's interval from the quantile 0.05 to that of 0.95
}

// judge returns the quality of models on the samples of a split to judge on.
func judge(net *nn.Network, models [][]float32, loss nn.Loss, s *split) (q quality, err error) {
	committee, err := ensemble.New(net, models)
	if err != nil {
		return q, err
	}
	config := ensemble.TargetConfig{MeanAndScale: func(mean, scale []float64, outputs []float32) {
		loss.MeanAndScale(mean, scale, outputs)
		for k := range mean {
			mean[k], scale[k] = s.units.RestoreTarget(k, mean[k]), s.units.RestoreScale(k, scale[k])
		}
	}}
	mixture, err := committee.PredictRegression(s.judge, config)
	if err != nil {
		return q, err
	}
	q.rmse = mixture.RMSE()
	if q.nll, err = mixture.NLL(); err != nil {
		return q, err
	}
	if q.coverage, _, err = mixture.Coverage(0.9); err != nil {
		return q, err
	}
	targets, err := committee.PredictTargets(s.judge, config)
	if err != nil {
		return q, err
	}
	normal, err := targets.Regression(s.judge)
	if err != nil {
		return q, err
	}
	q.normalNLL, err = normal.NLL()
	return q, err
}
