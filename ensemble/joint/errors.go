package joint

import (
	"math"

	"github.com/trajens/trajens/data"
)

// errorSums sums up the errors of several predictors, as Measures.Error says.
type errorSums struct {
	family Family
	sums   []float64
}

func (f Family) newErrors(predictors int) *errorSums {
	return &errorSums{f, make([]float64, predictors)}
}

// add adds the error of predictor j where it has natural parameters η.
func (e *errorSums) add(j int, eta []float64, y truth) {
	switch e.family {
	case Softmax:
		if largest(eta) != y.label {
			e.sums[j]++
		}
	case Gaussian:
		for k, target := range y.targets {
			e.sums[j] += (eta[k] - float64(target)) * (eta[k] - float64(target))
		}
	case Poisson:
		for k, target := range y.targets {
			r := math.Exp(eta[k]) - float64(target)
			e.sums[j] += r * r
		}
	}
}

// of returns the error of predictor j on a dataset of which all samples were added.
func (e *errorSums) of(j int, d *data.Dataset) float64 {
	if e.family == Softmax {
		return e.sums[j] / float64(d.Len())
	}
	return math.Sqrt(e.sums[j] / float64(d.Len()*d.Outputs()))
}

// largest returns the index of the largest number, the first of equal ones.
func largest(x []float64) int {
	at := 0
	for k, v := range x {
		if v > x[at] {
			at = k
		}
	}
	return at
}
