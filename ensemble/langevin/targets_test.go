package langevin

import (
	"math"
)

// A target is a distribution with known moments, as a model with one sample whose loss is
// minus the logarithm of the density.
type target interface {
	Gradient
	// functions writes functions of the parameters to dst, whose means are expected.
	functions(dst []float64, params []float32)
	// expected returns the means of the functions, and their variances.
	expected() (means, variances []float64)
}

// A gaussian has independent coordinates with these standard deviations.
type gaussian []float64

// conditioned returns a Gaussian in d dimensions whose variances go from 1/√κ to √κ
// in equal ratios, κ being the condition number.
func conditioned(d int, kappa float64) gaussian {
	g := make(gaussian, d)
	for i := range g {
		g[i] = math.Pow(kappa, (float64(i)/float64(d-1)-0.5)/2)
	}
	return g
}

func (g gaussian) Samples() int { return 1 }
func (g gaussian) Params() int  { return len(g) }

func (g gaussian) Gradient(dst, params []float32, _ []int) (loss float64) {
	for i, sigma := range g {
		x := float64(params[i]) / sigma
		loss += x * x / 2
		dst[i] = float32(x / sigma)
	}
	return loss
}

// functions has the coordinates, in units of their deviations, then their squares, and the
// mean of the squares, the most precise of all.
func (g gaussian) functions(dst []float64, params []float32) {
	mean := 0.0
	for i, sigma := range g {
		x := float64(params[i]) / sigma
		dst[i], dst[len(g)+i] = x, x*x
		mean += x * x / float64(len(g))
	}
	dst[2*len(g)] = mean
}

func (g gaussian) expected() (means, variances []float64) {
	for range g {
		means, variances = append(means, 0), append(variances, 1)
	}
	for range g {
		means, variances = append(means, 1), append(variances, 2)
	}
	return append(means, 1), append(variances, 2/float64(len(g)))
}

// A funnel has a first coordinate v that is normal with standard deviation spread, and
// others that are normal with variance e^v, given v (Neal, Ann. Stat. 31, 705 (2003), with
// spread = 3; with as much no integrator of one step size reaches the narrow end).
type funnel struct {
	dimensions int
	spread     float64
}

func (f funnel) Samples() int { return 1 }
func (f funnel) Params() int  { return f.dimensions }

func (f funnel) Gradient(dst, params []float32, _ []int) (loss float64) {
	v := float64(params[0])
	others, precision := float64(f.dimensions-1), math.Exp(-v)
	square := 0.0
	for i, p := range params[1:] {
		x := float64(p)
		square += x * x
		dst[i+1] = float32(x * precision)
	}
	dst[0] = float32(v/(f.spread*f.spread) + others/2 - square*precision/2)
	return v*v/(2*f.spread*f.spread) + others*v/2 + square*precision/2
}

// functions has v and v², and the means over the other coordinates of |x|, of x² e^(−v)
// and of x² e^(−v/2).
func (f funnel) functions(dst []float64, params []float32) {
	v := float64(params[0])
	absolute, square := 0.0, 0.0
	for _, p := range params[1:] {
		absolute += math.Abs(float64(p))
		square += float64(p) * float64(p)
	}
	others := float64(f.dimensions - 1)
	absolute /= others
	square /= others
	copy(dst, []float64{v, v * v, absolute, square * math.Exp(-v), square * math.Exp(-v/2)})
}

// expected follows from E|x| = √(2/π) e^(v/2), E x² = e^v given v, and from E e^(av) =
// e^(a² spread²/2).
func (f funnel) expected() (means, variances []float64) {
	s2, n := f.spread*f.spread, float64(f.dimensions-1)
	log := func(a float64) float64 { return math.Exp(a * a * s2 / 2) } // E e^(av)
	pi := 2 / math.Pi
	means = []float64{0, s2, math.Sqrt(pi) * log(0.5), 1, log(0.5)}
	return means, []float64{
		s2, 2 * s2 * s2,
		(pi+(1-pi)/n)*log(1) - pi*log(0.5)*log(0.5),
		2 / n,
		(1+2/n)*log(1) - log(0.5)*log(0.5),
	}
}

// A banana is a normal distribution in two dimensions that is bent: y = bend·(x² − 1) +
// width·z, with x and z normal (Haario, Saksman and Tamminen, Comput. Stat. 14, 375
// (1999)).
type banana struct{ bend, width float64 }

func (b banana) Samples() int { return 1 }
func (b banana) Params() int  { return 2 }

func (b banana) Gradient(dst, params []float32, _ []int) (loss float64) {
	x, y := float64(params[0]), float64(params[1])
	z := (y - b.bend*(x*x-1)) / b.width
	dst[0] = float32(x - z*2*b.bend*x/b.width)
	dst[1] = float32(z / b.width)
	return x*x/2 + z*z/2
}

// functions has x, x², y, y² and x²y.
func (b banana) functions(dst []float64, params []float32) {
	x, y := float64(params[0]), float64(params[1])
	copy(dst, []float64{x, x * x, y, y * y, x * x * y})
}

// expected has closed forms for means: E x² = 1, E x⁴ = 3, E x⁶ = 15, and variances by
// quadrature.
func (b banana) expected() (means, variances []float64) {
	bend, width := b.bend, b.width
	means = []float64{0, 1, 0, 2*bend*bend + width*width, 2 * bend}
	const steps = 400
	variances = make([]float64, len(means))
	values := make([]float64, len(means))
	total := 0.0
	for i := range steps {
		for j := range steps {
			x, z := -8+16*(float64(i)+0.5)/steps, -8+16*(float64(j)+0.5)/steps
			y := bend*(x*x-1) + width*z
			weight := math.Exp(-(x*x + z*z) / 2)
			total += weight
			copy(values, []float64{x, x * x, y, y * y, x * x * y})
			for k, v := range values {
				variances[k] += weight * (v - means[k]) * (v - means[k])
			}
		}
	}
	for k := range variances {
		variances[k] /= total
	}
	return means, variances
}
