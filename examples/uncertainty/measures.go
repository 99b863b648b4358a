package main

import (
	"math"

	"github.com/trajens/trajens/ensemble/metrics"
)

// Measures of a committee. What has no value is NaN.
const (
	Members = iota
	Seconds
	Temperature
	Accuracy
	NLL
	CalibratedNLL
	ECE
	Brier
	AUROC
	ShiftAccuracy
	ShiftNLL
	count
)

type measures [count]float64

// columns are the names of measures in files and in tables.
var columns = [count]struct{ name, title string }{
	{"members", "members"}, {"seconds", "seconds"}, {"temperature", "T"}, {"accuracy", "accuracy"}, {"nll", "NLL"},
	{"calibrated_nll", "cal. NLL"}, {"ece", "ECE"}, {"brier", "Brier"}, {"auroc", "AUROC"},
	{"shift_accuracy", "acc. @3"}, {"shift_nll", "NLL @3"},
}

// judge measures a committee as it is, and at the temperature that fits the held-out
// samples.
func (s *sets) judge(models []answers, seconds float64) (plain, scaled measures, err error) {
	predictions := make([]*metrics.Predictions, len(s.judged))
	for set := range predictions {
		if predictions[set], err = s.mean(models, set); err != nil {
			return plain, scaled, err
		}
	}
	held, err := s.classification(predictions[heldOut], heldOut)
	if err != nil {
		return plain, scaled, err
	}
	temperature, err := held.FitTemperature()
	if err != nil {
		return plain, scaled, err
	}
	if plain, err = s.measure(predictions); err != nil {
		return plain, scaled, err
	}
	for set, p := range predictions {
		if predictions[set], err = p.Tempered(temperature); err != nil {
			return plain, scaled, err
		}
	}
	scaled, err = s.measure(predictions)
	for _, m := range []*measures{&plain, &scaled} {
		m[Members], m[Seconds], m[Temperature] = float64(len(models)), seconds, 1
	}
	scaled[Temperature] = temperature
	return plain, scaled, err
}

// measure measures predictions for all judged sets.
func (s *sets) measure(predictions []*metrics.Predictions) (m measures, err error) {
	c, err := s.classification(predictions[test], test)
	if err != nil {
		return m, err
	}
	m = measures{Accuracy: c.Accuracy(), NLL: c.NLL(), ECE: c.ECE(), Brier: c.Brier(), AUROC: math.NaN()}
	if m[CalibratedNLL], err = c.CalibratedNLL(s.splits()); err != nil {
		return m, err
	}
	for i := range s.shifts {
		c, err := s.classification(predictions[shifted+i], shifted+i)
		if err != nil {
			return m, err
		}
		m[ShiftAccuracy] += c.Accuracy() / float64(s.shifts)
		m[ShiftNLL] += c.NLL() / float64(s.shifts)
	}
	if s.other {
		d, err := metrics.NewDetection(predictions[test].EntropyPerSample(), predictions[len(predictions)-1].EntropyPerSample())
		if err != nil {
			return m, err
		}
		m[AUROC] = d.AUROC()
	}
	return m, nil
}
