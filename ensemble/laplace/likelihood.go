package laplace

import (
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/internal/null"
)

// A Likelihood says how the outputs of a network make a distribution of what is observed.
// Its negative logarithm must have a matrix Λ of second derivatives with respect to the
// outputs of the form diag(w) − w wᵀ or diag(w), as exponential families have for their
// natural parameters.
type Likelihood interface {
	// Curvature writes w for the outputs of one sample to weights, of the same length,
	// none of them negative. It tells whether w wᵀ is to be subtracted: then they must
	// not sum to more than 1.
	Curvature(weights, outputs []float64) (coupled bool)
}

// Categorical is the likelihood of classes whose probabilities are the softmax of the
// outputs, as for nn.CrossEntropy: w are the probabilities.
type Categorical struct{}

// Curvature writes the probabilities.
func (Categorical) Curvature(weights, outputs []float64) bool {
	top := math.Inf(-1)
	for _, z := range outputs {
		top = max(top, z)
	}
	sum := 0.0
	for k, z := range outputs {
		weights[k] = math.Exp(z - top)
		sum += weights[k]
	}
	for k := range weights {
		weights[k] /= sum
	}
	return true
}

// Gaussian is the likelihood of targets with normal noise about the outputs: all w are
// 1/Variance. That of nn.HalfSquaredError has the variance 1.
type Gaussian struct {
	Variance float64 // finite and positive; 0: 1
}

// Curvature writes the precision of the noise.
func (g Gaussian) Curvature(weights, _ []float64) bool {
	for k := range weights {
		weights[k] = 1 / g.variance()
	}
	return false
}

func (g Gaussian) variance() float64 {
	if g.Variance == 0 {
		return 1
	}
	return g.Variance
}

func checkLikelihood(l Likelihood) error {
	if null.Is(l) {
		return errors.New("laplace: the likelihood is nil")
	}
	if g, ok := l.(Gaussian); ok && !(g.variance() > 0 && g.variance() <= math.MaxFloat64) {
		return fmt.Errorf("laplace: Gaussian.Variance = %v, want a finite number > 0, or 0 for 1", g.Variance)
	}
	return nil
}
