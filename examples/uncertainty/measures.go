package main

import (
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/examples/internal/judge"
)

// shown are the measures that there are columns of.
var shown = []int{
	judge.Members, judge.Seconds, judge.Temperature, judge.Accuracy, judge.NLL, judge.CalibratedNLL,
	judge.ECE, judge.Brier, judge.AUROC, judge.ShiftAccuracy, judge.ShiftNLL,
}

// judge measures a committee as it is, and at the temperature that fits the held-out
// samples.
func (s *sets) judge(models []answers, seconds float64) (plain, scaled judge.Measures, err error) {
	predictions := make([]*metrics.Predictions, len(s.Judged))
	for set := range predictions {
		if predictions[set], err = s.mean(models, set); err != nil {
			return plain, scaled, err
		}
	}
	held, err := s.Classification(predictions[judge.HeldOut], judge.HeldOut)
	if err != nil {
		return plain, scaled, err
	}
	temperature, err := held.FitTemperature()
	if err != nil {
		return plain, scaled, err
	}
	if plain, err = s.Measure(predictions); err != nil {
		return plain, scaled, err
	}
	for set, p := range predictions {
		if predictions[set], err = p.Tempered(temperature); err != nil {
			return plain, scaled, err
		}
	}
	scaled, err = s.Measure(predictions)
	for _, m := range []*judge.Measures{&plain, &scaled} {
		m[judge.Members], m[judge.Seconds], m[judge.Temperature] = float64(len(models)), seconds, 1
	}
	scaled[judge.Temperature] = temperature
	return plain, scaled, err
}
