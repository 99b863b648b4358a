package judge

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/ensemble/metrics"
)

// Measures of a committee. What has no value is NaN.
const (
	Members = iota
	Seconds
	Temperature
	Parameters
	Accuracy
	NLL
	CalibratedNLL
	ECE
	Brier
	AUROC
	ShiftAccuracy
	ShiftNLL
	Count
)

// Measures has a number for each.
type Measures [Count]float64

// Columns are the names of measures in files and in tables.
var Columns = [Count]struct{ Name, Title string }{
	{"members", "members"}, {"seconds", "seconds"}, {"temperature", "T"}, {"parameters", "param."},
	{"accuracy", "accuracy"}, {"nll", "NLL"},
	{"calibrated_nll", "cal. NLL"}, {"ece", "ECE"}, {"brier", "Brier"}, {"auroc", "AUROC"},
	{"shift_accuracy", "acc. @3"}, {"shift_nll", "NLL @3"},
}

// Measure measures predictions for all judged sets: from the accuracy on. The others are 0.
func (s *Sets) Measure(predictions []*metrics.Predictions) (m Measures, err error) {
	c, err := s.Classification(predictions[Test], Test)
	if err != nil {
		return m, err
	}
	m = Measures{Accuracy: c.Accuracy(), NLL: c.NLL(), ECE: c.ECE(), Brier: c.Brier(), AUROC: math.NaN()}
	if m[CalibratedNLL], err = c.CalibratedNLL(s.Splits()); err != nil {
		return m, err
	}
	for i := range s.Shifts {
		c, err := s.Classification(predictions[Shifted+i], Shifted+i)
		if err != nil {
			return m, err
		}
		m[ShiftAccuracy] += c.Accuracy() / float64(s.Shifts)
		m[ShiftNLL] += c.NLL() / float64(s.Shifts)
	}
	if s.Shifts == 0 {
		m[ShiftAccuracy], m[ShiftNLL] = math.NaN(), math.NaN()
	}
	if s.Other {
		d, err := metrics.NewDetection(predictions[Test].EntropyPerSample(), predictions[len(predictions)-1].EntropyPerSample())
		if err != nil {
			return m, err
		}
		m[AUROC] = d.AUROC()
	}
	return m, nil
}

// Mean returns the means of some measures and their standard errors, which are NaN for
// one.
func Mean(all []Measures) (mean, errors Measures) {
	values := make([]float64, len(all))
	for i := range mean {
		for k, m := range all {
			values[k] = m[i]
		}
		var deviation float64
		mean[i], deviation = stat.MeanStdDev(values, nil)
		errors[i] = deviation / math.Sqrt(float64(len(all)))
	}
	return mean, errors
}
