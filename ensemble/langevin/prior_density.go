package langevin

import (
	"fmt"
	"math"
)

// Gaussian is a prior of independent normal parameters: V = Σ (θᵢ − μᵢ)²/2σᵢ². With a
// loss that is a negative logarithm of a likelihood it is weight decay.
type Gaussian struct {
	// Mean is μ, P numbers. nil: all are 0.
	Mean []float32
	// Sigma is the standard deviation of each parameter, finite and positive.
	Sigma float64
	// Sigmas, if it is not nil, has one for each of the P parameters; Sigma is 0 then.
	Sigmas []float32
}

// AddGradient implements Prior.
func (g Gaussian) AddGradient(dst, params []float32) (v float64) {
	precision := 1 / (g.Sigma * g.Sigma)
	for i, x := range params {
		if g.Sigmas != nil {
			precision = 1 / (float64(g.Sigmas[i]) * float64(g.Sigmas[i]))
		}
		d := float64(x) - at(g.Mean, i)
		dst[i] += float32(precision * d)
		v += precision * d * d / 2
	}
	return v
}

// Validate returns an error if a field is out of its range.
func (g Gaussian) Validate(params int) error {
	if err := checkCenter("Gaussian.Mean", g.Mean, params); err != nil {
		return err
	}
	if g.Sigmas == nil {
		return checkPositive("Gaussian.Sigma", g.Sigma)
	}
	if g.Sigma != 0 {
		return fmt.Errorf("langevin: Gaussian.Sigma = %v beside Sigmas, want 0", g.Sigma)
	}
	if err := checkCenter("Gaussian.Sigmas", g.Sigmas, params); err != nil {
		return err
	}
	for i, sigma := range g.Sigmas {
		if err := checkPositive(fmt.Sprintf("Gaussian.Sigmas[%d]", i), float64(sigma)); err != nil {
			return err
		}
	}
	return nil
}

// String returns the prior in words.
func (g Gaussian) String() string {
	return fmt.Sprintf("normal(mean %s, sigma %s %s)", describeNumbers(g.Mean), orDefault(g.Sigma), describeNumbers(g.Sigmas))
}

// Laplace is a prior of independent parameters of Laplace's distribution,
// V = Σ |θᵢ − μᵢ|/b: an L1 penalty. At its kinks it has the gradient 0.
type Laplace struct {
	// Mean is μ, P numbers. nil: all are 0.
	Mean []float32
	// Scale is b, finite and positive. The standard deviation is √2 b.
	Scale float64
}

// AddGradient implements Prior.
func (l Laplace) AddGradient(dst, params []float32) (v float64) {
	slope := float32(1 / l.Scale)
	for i, x := range params {
		d := float64(x) - at(l.Mean, i)
		switch {
		case d > 0:
			dst[i] += slope
		case d < 0:
			dst[i] -= slope
		}
		v += math.Abs(d) / l.Scale
	}
	return v
}

// Validate returns an error if a field is out of its range.
func (l Laplace) Validate(params int) error {
	if err := checkCenter("Laplace.Mean", l.Mean, params); err != nil {
		return err
	}
	return checkPositive("Laplace.Scale", l.Scale)
}

// String returns the prior in words.
func (l Laplace) String() string {
	return fmt.Sprintf("laplace(mean %s, scale %v)", describeNumbers(l.Mean), l.Scale)
}
