package metrics

import (
	"errors"
	"fmt"
	"math"
)

// Predictions are the probabilities of classes that a model, or a committee,
// gives each of some samples.
type Predictions struct {
	logProbabilities []float64 // samples × classes
	classes          int
	predicted        []int // the class with the largest probability
}

var errNilPredictions = errors.New("metrics: the predictions are nil")

// normalization is how far from 1 the sum of a sample's probabilities may be.
const normalization = 1e-6

// NewPredictions returns predictions from natural logarithms of probabilities,
// samples × classes, at least 1 × 2. The slice is kept. −Inf stands for a
// probability of zero. The probabilities of each sample must sum to 1 within
// 1e-6, and are used as they are. The error names the first sample and class
// that are wrong.
func NewPredictions(logProbabilities []float64, classes int) (*Predictions, error) {
	if err := checkRows(len(logProbabilities), classes); err != nil {
		return nil, err
	}
	p := &Predictions{
		logProbabilities: logProbabilities,
		classes:          classes,
		predicted:        make([]int, len(logProbabilities)/classes),
	}
	for i := range p.predicted {
		row := p.LogProbabilities(i)
		sum := 0.0
		for class, logProbability := range row {
			if math.IsNaN(logProbability) {
				return nil, fmt.Errorf("metrics: the log-probability of class %d of sample %d is NaN, want a number or -Inf", class, i)
			}
			sum += math.Exp(logProbability)
		}
		if !(math.Abs(sum-1) <= normalization) {
			return nil, fmt.Errorf("metrics: the probabilities of sample %d sum to %v, want 1 within %v", i, sum, normalization)
		}
		p.predicted[i] = largest(row)
	}
	return p, nil
}

// checkRows returns an error unless numbers is a positive multiple of at least
// two classes.
func checkRows(numbers, classes int) error {
	if classes < 2 {
		return fmt.Errorf("metrics: classes = %d, want at least 2", classes)
	}
	if numbers == 0 {
		return errors.New("metrics: there are no samples")
	}
	if numbers%classes != 0 {
		return fmt.Errorf("metrics: %d numbers are not a multiple of the %d classes", numbers, classes)
	}
	return nil
}

// Len returns the number of samples.
func (p *Predictions) Len() int { return len(p.predicted) }

// Classes returns the number of classes.
func (p *Predictions) Classes() int { return p.classes }

// LogProbabilities returns the log-probabilities of the classes for sample i, a
// view that must not be changed.
func (p *Predictions) LogProbabilities(i int) []float64 {
	return p.logProbabilities[i*p.classes : (i+1)*p.classes : (i+1)*p.classes]
}

// Predicted returns the class with the largest probability for sample i, the
// first of equal ones.
func (p *Predictions) Predicted(i int) int { return p.predicted[i] }

// ConfidencePerSample returns the probability of the predicted class, in
// [1/classes, 1].
func (p *Predictions) ConfidencePerSample() []float64 {
	confidence := make([]float64, p.Len())
	for i, class := range p.predicted {
		confidence[i] = probability(p.LogProbabilities(i)[class])
	}
	return confidence
}

// subset returns the predictions for some of the samples.
func (p *Predictions) subset(samples []int) *Predictions {
	q := &Predictions{
		logProbabilities: make([]float64, 0, len(samples)*p.classes),
		classes:          p.classes,
		predicted:        make([]int, len(samples)),
	}
	for j, i := range samples {
		q.logProbabilities = append(q.logProbabilities, p.LogProbabilities(i)...)
		q.predicted[j] = p.predicted[i]
	}
	return q
}

// probability returns exp of a log-probability, which rounding may have put
// above 0.
func probability(logProbability float64) float64 { return math.Exp(min(logProbability, 0)) }

// largest returns the index of the largest number, the first of equal ones.
func largest[T int | float64](x []T) int {
	at := 0
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return at
}

// mean returns the mean of numbers, NaN if there are none.
func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
