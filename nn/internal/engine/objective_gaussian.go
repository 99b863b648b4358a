package engine

import (
	"math"

	"github.com/trajens/trajens/data"
)

// gaussian is −ln of the density of normal distributions at real targets. The
// first half of the outputs are their means, the second half give their scales.
type gaussian struct {
	data   *data.Dataset
	term   gaussianTerm
	slopes []float32 // of one sample, of which Losses makes no use
}

// A gaussianTerm returns the part of one target in the loss, and its derivatives
// with respect to the mean and to the output z that gives the scale. The residual
// is the mean less the target. Finite arguments make the part finite or +Inf.
type gaussianTerm func(residual, z float64) (loss, byMean, byZ float64)

// NewGaussianExp returns the negative log-likelihood on a dataset with real
// targets for scales that are ExpScale of outputs.
func NewGaussianExp(d *data.Dataset, _ int) Objective { return newGaussian(d, expTerm) }

// NewGaussianSoftplus returns the negative log-likelihood on a dataset with real
// targets for scales that are SoftplusScale of outputs.
func NewGaussianSoftplus(d *data.Dataset, _ int) Objective { return newGaussian(d, softplusTerm) }

func newGaussian(d *data.Dataset, term gaussianTerm) Objective {
	return gaussian{data: d, term: term, slopes: make([]float32, 2*d.Outputs())}
}

// Losses implements Objective.
func (o gaussian) Losses(dst []float64, outputs []float32, samples []int) {
	n := len(o.slopes)
	for j, i := range samples {
		dst[j] = o.Derive(o.slopes, outputs[j*n:][:n], i)
	}
}

// Derive implements Objective.
func (o gaussian) Derive(slopes, outputs []float32, sample int) float64 {
	targets := o.data.Target(sample)
	n := len(targets)
	loss := 0.0
	for k, target := range targets {
		z := float64(outputs[n+k])
		term, byMean, byZ := o.term(float64(outputs[k])-float64(target), z)
		slopes[k], slopes[n+k] = float32(byMean), float32(byZ)
		loss += term + (z - z) // NaN if z is not finite
	}
	if loss-loss != 0 {
		return overflow(outputs)
	}
	return loss
}

// halfLog2Pi is ½ ln 2π.
const halfLog2Pi = 0.918938533204672741780329736406

// ExpScale returns exp(z).
func ExpScale(z float64) float64 { return math.Exp(z) }

func expTerm(residual, z float64) (loss, byMean, byZ float64) {
	if residual == 0 { // also where the scale is so small that its inverse overflows
		return halfLog2Pi + z, 0, 1
	}
	// A residual of float32 numbers is so large that q² overflows where the
	// inverse does.
	inverse := math.Exp(-z)
	q := residual * inverse
	return halfLog2Pi + z + q*q/2, q * inverse, 1 - q*q
}

// leastScale is the scale that GaussianSoftplus has at least.
const leastScale = 1e-6

// SoftplusScale returns ln(1 + exp(z)) + 10⁻⁶.
func SoftplusScale(z float64) float64 { return softplus(z, math.Exp(-math.Abs(z))) + leastScale }

// softplus returns ln(1 + exp(z)), given exp(−|z|).
func softplus(z, power float64) float64 { return max(z, 0) + math.Log1p(power) }

func softplusTerm(residual, z float64) (loss, byMean, byZ float64) {
	power := math.Exp(-math.Abs(z))
	scale := softplus(z, power) + leastScale
	slope := 1 / (1 + power) // of the softplus
	if z < 0 {
		slope *= power
	}
	q := residual / scale
	return halfLog2Pi + math.Log(scale) + q*q/2, q / scale, (1 - q*q) / scale * slope
}
