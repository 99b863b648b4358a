package metrics

import (
	"errors"
	"fmt"
	"math"
)

// A Regression is mixtures beside the true values.
type Regression struct {
	*Mixtures
	targets []float64
}

// NewRegression returns a regression from mixtures and one target a sample,
// within ±1e150. The slice is kept. Several outputs a sample are as many
// regressions, or one of samples × outputs.
func NewRegression(m *Mixtures, targets []float64) (*Regression, error) {
	if m == nil {
		return nil, errors.New("metrics: the mixtures are nil")
	}
	if len(targets) != m.Len() {
		return nil, fmt.Errorf("metrics: %d targets for %d samples", len(targets), m.Len())
	}
	for i, y := range targets {
		if !(math.Abs(y) <= greatest) {
			return nil, fmt.Errorf("metrics: target %v of sample %d, want a number within ±%g", y, i, greatest)
		}
	}
	return &Regression{m, targets}, nil
}

// Subset returns the regression of some of the samples, which may repeat, as
// they do in a Bootstrap. It panics if there are none or one is out of range.
func (r *Regression) Subset(samples []int) *Regression {
	if len(samples) == 0 {
		panic("metrics: a subset without samples")
	}
	m := &Mixtures{weights: r.weights, points: r.points, means: make([]float64, 0, len(samples)*r.Members())}
	if r.scales != nil {
		m.scales = make([]float64, 0, len(samples)*r.Members())
	}
	targets := make([]float64, len(samples))
	for j, i := range samples {
		from, to := i*r.Members(), (i+1)*r.Members()
		m.means = append(m.means, r.means[from:to]...)
		if r.scales != nil {
			m.scales = append(m.scales, r.scales[from:to]...)
		}
		targets[j] = r.targets[i]
	}
	return &Regression{m, targets}
}

// NLLPerSample returns −log of the density of the mixture at the target, in nats:
// any number, and +Inf where the density is below what float64 holds even in
// logarithms. A point mass has no density, so a scale of 0 is an error, unless its
// member has the weight 0.
func (r *Regression) NLLPerSample() ([]float64, error) {
	if r.points {
		return nil, errors.New("metrics: a scale is 0: a point mass has no density, and so no NLL")
	}
	nll := make([]float64, r.Len())
	eachSample(r.Len(), func(i int) {
		top, sum := math.Inf(-1), 0.0 // the density is sum · exp(top)
		for member, weight := range r.weights {
			if weight == 0 {
				continue
			}
			mean, scale := r.component(i, member)
			switch log := logDensity(r.targets[i], mean, scale); {
			case log > top:
				top, sum = log, weight+sum*math.Exp(top-log)
			case log == top: // −Inf, too
				sum += weight
			default:
				sum += weight * math.Exp(log-top)
			}
		}
		nll[i] = 0 - top - math.Log(sum)
	})
	return nll, nil
}

// NLL returns the mean negative log-likelihood of the mixtures, in nats. It depends
// on the unit of the targets.
func (r *Regression) NLL() (float64, error) {
	nll, err := r.NLLPerSample()
	return mean(nll), err // NaN beside an error
}

// SquaredErrorPerSample returns the square of the mixture's mean less the
// target, in squared units of the target.
func (r *Regression) SquaredErrorPerSample() []float64 {
	squares := r.MeanPerSample()
	for i, y := range r.targets {
		squares[i] = (squares[i] - y) * (squares[i] - y)
	}
	return squares
}

// RMSE returns the root of the mean squared error of the mixtures' means, in
// units of the target.
func (r *Regression) RMSE() float64 { return math.Sqrt(mean(r.SquaredErrorPerSample())) }
