package main

import (
	"math"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/nn"
)

// answers are the outputs of one model for each of the judged sets, samples × classes.
// Committees of any of the models are made of them without asking a model twice.
type answers [][]float32

// ask returns the answers of models.
func (s *sets) ask(models [][]float32) ([]answers, error) {
	committee, err := ensemble.New(nn.MairCNN(), models)
	if err != nil {
		return nil, err
	}
	all := make([]answers, len(models))
	for _, d := range s.Judged {
		outputs, err := committee.MemberOutputs(d)
		if err != nil {
			return nil, err
		}
		size := len(outputs) / len(models)
		for k := range all {
			all[k] = append(all[k], outputs[k*size:(k+1)*size])
		}
	}
	return all, nil
}

// mean returns the mean probabilities of models for a judged set.
func (s *sets) mean(models []answers, set int) (*metrics.Predictions, error) {
	sum, err := metrics.LogSoftmax(models[0][set], s.Train.Classes()) // in logarithms
	for _, model := range models[1:] {
		if err != nil {
			return nil, err
		}
		var logs []float64
		logs, err = metrics.LogSoftmax(model[set], s.Train.Classes())
		for i, l := range logs {
			high, low := max(sum[i], l), min(sum[i], l)
			sum[i] = high + math.Log1p(math.Exp(low-high))
		}
	}
	if err != nil {
		return nil, err
	}
	for i := range sum {
		sum[i] -= math.Log(float64(len(models)))
	}
	return metrics.NewPredictions(sum, s.Train.Classes())
}
