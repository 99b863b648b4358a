package laplace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/random"
)

// Diagonal is the approximate posterior N(θ*, diag(1/(h + δ))) of all parameters.
type Diagonal struct {
	mode     []float32
	spectrum spectrum
	delta    float64
}

// NewDiagonal returns the posterior about a trained network, given the diagonal h of the
// curvature of its negative log-likelihood, as GaussNewton or EmpiricalFisher return it:
// a number of at least 0 for each parameter. Both are copied.
func NewDiagonal(mode []float32, curvature []float64, config Config) (*Diagonal, error) {
	if len(mode) == 0 || len(curvature) != len(mode) {
		return nil, fmt.Errorf("laplace: %d parameters and %d curvatures, want as many", len(mode), len(curvature))
	}
	d := &Diagonal{mode: slices.Clone(mode), spectrum: spectrum{curvatures: slices.Clone(curvature)}}
	if err := checkCurvature(d.spectrum.curvatures); err != nil {
		return nil, err
	}
	var err error
	if d.spectrum.norm2, err = squaredNorm(mode); err != nil {
		return nil, err
	}
	d.delta, err = d.spectrum.prior(config)
	return d, err
}

// squaredNorm returns the sum of squares of parameters that are all finite.
func squaredNorm(params []float32) (sum float64, err error) {
	for i, x := range params {
		if x-x != 0 {
			return 0, fmt.Errorf("laplace: parameter %d is %v, want a finite number", i, x)
		}
		sum += float64(x) * float64(x)
	}
	return sum, nil
}

// PriorPrecision returns δ.
func (d *Diagonal) PriorPrecision() float64 { return d.delta }

// LogEvidence returns the logarithm of the evidence, the marginal likelihood of all
// samples, given that of the likelihood at θ*: the sum of ln p over the samples.
func (d *Diagonal) LogEvidence(logLikelihood float64) float64 {
	return logLikelihood + d.spectrum.logEvidence(d.delta)
}

// Variances returns the variance of each parameter.
func (d *Diagonal) Variances() []float64 {
	variances := make([]float64, len(d.mode))
	for i, h := range d.spectrum.curvatures {
		variances[i] = 1 / (h + d.delta)
	}
	return variances
}

// Draw returns n members, at least 1, drawn from the posterior. A nil source stands for a
// generator that starts each call with the same numbers.
func (d *Diagonal) Draw(n int, source rand.Source) ([][]float32, error) {
	return draw(n, d.mode, source, func(member []float32, normal *rand.Rand) {
		for i, h := range d.spectrum.curvatures {
			member[i] = float32(float64(d.mode[i]) + normal.NormFloat64()/math.Sqrt(h+d.delta))
		}
	})
}

// draw returns copies of the mode that sample has changed.
func draw(n int, mode []float32, source rand.Source, sample func([]float32, *rand.Rand)) ([][]float32, error) {
	if n < 1 {
		return nil, fmt.Errorf("laplace: %d members to draw, want at least 1", n)
	}
	if source == nil {
		source = random.Source(0)
	}
	normal := rand.New(source)
	members := make([][]float32, n)
	for k := range members {
		members[k] = slices.Clone(mode)
		sample(members[k], normal)
	}
	return members, nil
}
