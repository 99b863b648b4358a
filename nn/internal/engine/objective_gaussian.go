package engine

import (
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// gaussian is −ln of the density of normal distributions at real targets. The
// first half of the outputs are their means, the second half give their scales.
type gaussian struct {
	data  *data.Dataset
	terms gaussianTerms

	// Of a block, one number for each target of each sample.
	residual, z       []float64
	loss, byMean, byZ []float64
}

// gaussianTerms computes the parts of targets in losses, and their derivatives
// with respect to the means and to the outputs z that give the scales. A residual
// is a mean less its target. Finite arguments make a part finite or +Inf; a z that is
// not finite may make anything.
type gaussianTerms interface {
	derive(loss, byMean, byZ, residual, z []float64)
}

// NewGaussianExp returns the negative log-likelihood on a dataset with real
// targets for scales that are ExpScale of outputs, for blocks of at most so many
// samples.
func NewGaussianExp(d *data.Dataset, samples int) Objective {
	return newGaussian(d, samples, new(expTerms))
}

// NewGaussianSoftplus returns the negative log-likelihood on a dataset with real
// targets for scales that are SoftplusScale of outputs, for blocks of at most so many
// samples.
func NewGaussianSoftplus(d *data.Dataset, samples int) Objective {
	n := samples * d.Outputs()
	return newGaussian(d, samples, &softplusTerms{power: make([]float64, n), scale: make([]float64, n)})
}

func newGaussian(d *data.Dataset, samples int, terms gaussianTerms) Objective {
	numbers := func() []float64 { return make([]float64, samples*d.Outputs()) }
	return &gaussian{data: d, terms: terms, residual: numbers(), z: numbers(), loss: numbers(), byMean: numbers(), byZ: numbers()}
}

// Losses implements Objective.
func (o *gaussian) Losses(dst []float64, outputs []float32, samples []int) {
	k := o.data.Outputs()
	n := k * len(samples)
	o.read(outputs, samples)
	o.terms.derive(o.loss[:n], o.byMean[:n], o.byZ[:n], o.residual[:n], o.z[:n])
	for j := range samples {
		dst[j] = o.sum(outputs[2*j*k:][:2*k], j*k)
	}
}

// Derive implements Objective.
func (o *gaussian) Derive(losses []float64, slopes, outputs []float32, samples []int) {
	o.Losses(losses, outputs, samples)
	k := o.data.Outputs()
	for j := range samples {
		slopes := slopes[2*j*k:][:2*k]
		for i := range k {
			slopes[i], slopes[k+i] = float32(o.byMean[j*k+i]), float32(o.byZ[j*k+i])
		}
	}
}

// read sets residuals and z.
func (o *gaussian) read(outputs []float32, samples []int) {
	at := 0
	for _, i := range samples {
		targets := o.data.Target(i)
		k := len(targets)
		means, z := outputs[:k], outputs[k:2*k]
		for i, target := range targets {
			o.residual[at], o.z[at] = float64(means[i])-float64(target), float64(z[i])
			at++
		}
		outputs = outputs[2*k:]
	}
}

// sum returns the loss of a sample, whose first part is at a place.
func (o *gaussian) sum(outputs []float32, at int) float64 {
	loss := 0.0
	for i := range len(outputs) / 2 {
		z := o.z[at+i]
		loss += o.loss[at+i] + (z - z) // NaN if z is not finite
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

// expTerms are those of ExpScale.
type expTerms struct{ exp kernel.Exp }

func (t *expTerms) derive(loss, byMean, byZ, residual, z []float64) {
	inverse := byMean
	for i, z := range z {
		inverse[i] = -z
	}
	t.exp.X = inverse
	t.exp.Run()
	for i, inverse := range inverse {
		r, z := residual[i], z[i]
		if r == 0 { // also where the scale is so small that its inverse overflows
			loss[i], byMean[i], byZ[i] = halfLog2Pi+z, 0, 1
			continue
		}
		if z < -708 { // is not for the kernel
			inverse = math.Exp(-z)
		}
		// A residual of float32 numbers is so large that q² overflows where the
		// inverse does.
		q := r * inverse
		loss[i], byMean[i], byZ[i] = halfLog2Pi+z+q*q/2, q*inverse, 1-q*q
	}
}

// leastScale is the scale that GaussianSoftplus has at least.
const leastScale = 1e-6

// SoftplusScale returns ln(1 + exp(z)) + 10⁻⁶.
func SoftplusScale(z float64) float64 { return softplus(z, math.Exp(-math.Abs(z))) + leastScale }

// softplus returns ln(1 + exp(z)), given exp(−|z|).
func softplus(z, power float64) float64 { return max(z, 0) + math.Log1p(power) }

// softplusTerms are those of SoftplusScale.
type softplusTerms struct {
	power, scale []float64
	exp          kernel.Exp
	log          kernel.Log
}

func (t *softplusTerms) derive(loss, byMean, byZ, residual, z []float64) {
	power, scale := t.power[:len(z)], t.scale[:len(z)]
	for i, z := range z {
		power[i] = -math.Abs(z)
	}
	t.exp.X = power
	t.exp.Run()
	for i, p := range power {
		loss[i] = 1 + p
	}
	t.log.X = loss
	t.log.Run()
	for i, p := range power {
		// ln(1 + p), in which the rounding of 1 + p does not count (Kahan; Higham,
		// Accuracy and Stability of Numerical Algorithms, problem 1.5).
		logarithm := p
		if d := (1 + p) - 1; d > 0 {
			logarithm = loss[i] * (p / d)
		}
		scale[i] = max(z[i], 0) + logarithm + leastScale
		loss[i] = scale[i]
	}
	t.log.Run()
	for i, p := range power {
		slope := 1 / (1 + p) // of the softplus
		if z[i] < 0 {
			slope *= p
		}
		q := residual[i] / scale[i]
		loss[i] += halfLog2Pi + q*q/2
		byMean[i], byZ[i] = q/scale[i], (1-q*q)/scale[i]*slope
	}
}
