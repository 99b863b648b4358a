package tps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// A regression is a logistic regression with an intercept: the loss of a sample
// is −log p(y|x, θ).
type regression struct {
	n, params int
	x         []float64 // n × params, each row times its label ±1
}

// newRegression returns n samples with normal inputs, of which about the given
// share has the label +1.
func newRegression(n, params int, share float64, stream uint64) *regression {
	r := normalSource(stream)
	slope := 1 / math.Sqrt(float64(params-1))
	x := make([]float64, n*params)
	scores := make([]float64, n)
	for i := range n {
		x[i*params] = 1
		for j := 1; j < params; j++ {
			x[i*params+j] = r.NormFloat64()
			scores[i] += slope * x[i*params+j]
		}
	}
	low, high := -20.0, 20.0
	for range 60 {
		middle, mean := (low+high)/2, 0.0
		for _, score := range scores {
			mean += 1 / (1 + math.Exp(-score-middle)) / float64(n)
		}
		if mean > share {
			high = middle
		} else {
			low = middle
		}
	}
	for i, score := range scores {
		if r.Float64() > 1/(1+math.Exp(-score-low)) {
			for j := range params {
				x[i*params+j] *= -1
			}
		}
	}
	return &regression{n, params, x}
}

func (r *regression) Samples() int { return r.n }
func (r *regression) Params() int  { return r.params }

func (r *regression) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		row := dst[k]
		for j, i := range samples {
			z := 0.0
			for a, x := range r.x[i*r.params : (i+1)*r.params] {
				z += x * float64(model[a])
			}
			row[j] = softPlus(-z)
		}
	}
}

// Concurrent says that several goroutines may use a regression at once.
func (r *regression) Concurrent() bool { return true }

// A slopedRegression knows how its losses change to first order.
type slopedRegression struct{ *regression }

func (r slopedRegression) Gradient(dst []float32, losses []float64, model []float32) {
	sum := make([]float64, r.params)
	for i := range r.n {
		row := r.x[i*r.params : (i+1)*r.params]
		z := 0.0
		for a, x := range row {
			z += x * float64(model[a])
		}
		losses[i] = softPlus(-z)
		for a, x := range row {
			sum[a] -= x / (1 + math.Exp(z))
		}
	}
	for a := range dst {
		dst[a] = float32(sum[a] / float64(r.n))
	}
}

func (r slopedRegression) LossesAndSlopes(dst [][]float64, models [][]float32, slopes [][]float64, references, directions [][]float32, samples []int) {
	r.Losses(dst, models, samples)
	for k, reference := range references {
		for j, i := range samples {
			z, along := 0.0, 0.0
			for a, x := range r.x[i*r.params : (i+1)*r.params] {
				z += x * float64(reference[a])
				along += x * float64(directions[k][a])
			}
			slopes[k][j] = -along / (1 + math.Exp(z))
		}
	}
}

// softPlus returns ln(1 + eᶻ), from a table: to 10⁻⁹, which is much faster.
func softPlus(z float64) float64 {
	if !(math.Abs(z) < softPlusReach) {
		return max(z, 0)
	}
	at := (z + softPlusReach) * softPlusSteps
	k := int(at)
	u := at - float64(k)
	c := &softPluses[k]
	return c[0] + u*(c[1]+u*(c[2]+u*c[3]))
}

const softPlusReach, softPlusSteps = 24, 32

// softPluses holds the cubic polynomials of softPlus (Hermite interpolation).
var softPluses = func() (table [2*softPlusReach*softPlusSteps + 1][4]float64) {
	const h = 1.0 / softPlusSteps
	value := func(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }
	slope := func(z float64) float64 { return h / (1 + math.Exp(-z)) }
	for k := range table {
		z := -softPlusReach + float64(k)*h
		from, to, first, last := value(z), value(z+h), slope(z), slope(z+h)
		table[k] = [4]float64{from, first, 3*(to-from) - 2*first - last, 2*(from-to) + first + last}
	}
	return table
}()

// meanLoss returns L(θ).
func (r *regression) meanLoss(theta []float64) float64 {
	sum := 0.0
	for i := range r.n {
		z := 0.0
		for a, x := range r.x[i*r.params : (i+1)*r.params] {
			z += x * theta[a]
		}
		sum += softPlus(-z)
	}
	return sum / float64(r.n)
}

// curve adds s times the gradient and the Hessian of L at θ.
func (r *regression) curve(gradient []float64, hessian *mat.SymDense, at int, theta []float64, s float64) {
	for i := range r.n {
		row := r.x[i*r.params : (i+1)*r.params]
		z := 0.0
		for a, x := range row {
			z += x * theta[a]
		}
		p := 1 / (1 + math.Exp(z))
		for a, x := range row {
			gradient[at+a] -= s / float64(r.n) * p * x
			for b := range row[:a+1] {
				hessian.SetSym(at+a, at+b, hessian.At(at+a, at+b)+s/float64(r.n)*p*(1-p)*x*row[b])
			}
		}
	}
}

// A target is the distribution of trajectories of a regression.
type target struct {
	*regression
	tau      int
	s, sigma float64
	prior    float64 // standard deviation
}

// logDensity returns the logarithm of the target's density, but for a constant.
func (t target) logDensity(trajectory []float64) float64 {
	sum := 0.0
	p := t.params
	for k := range t.tau {
		theta := trajectory[k*p : (k+1)*p]
		sum -= t.s * t.meanLoss(theta)
		for a, v := range theta {
			if k == 0 {
				sum -= v * v / (2 * t.prior * t.prior)
			} else {
				step := v - trajectory[(k-1)*p+a]
				sum -= step * step / (2 * t.sigma * t.sigma)
			}
		}
	}
	return sum
}

// mode returns the most likely trajectory and the curvature there.
func (t target) mode(tb testing.TB) ([]float64, *mat.SymDense) {
	tb.Helper()
	p, dim := t.params, t.tau*t.params
	at := make([]float64, dim)
	for range 50 {
		gradient, hessian := make([]float64, dim), mat.NewSymDense(dim, nil)
		for k := range t.tau {
			t.curve(gradient, hessian, k*p, at[k*p:(k+1)*p], t.s)
		}
		add := func(i int, x float64) { hessian.SetSym(i, i, hessian.At(i, i)+x) }
		for i := range dim {
			if i < p {
				gradient[i] += at[i] / (t.prior * t.prior)
				add(i, 1/(t.prior*t.prior))
				continue
			}
			inverse := 1 / (t.sigma * t.sigma)
			step := (at[i] - at[i-p]) * inverse
			gradient[i] += step
			gradient[i-p] -= step
			add(i, inverse)
			add(i-p, inverse)
			hessian.SetSym(i, i-p, hessian.At(i, i-p)-inverse)
		}
		var chol mat.Cholesky
		require.True(tb, chol.Factorize(hessian))
		var step mat.VecDense
		require.NoError(tb, chol.SolveVecTo(&step, mat.NewVecDense(dim, gradient)))
		largest := 0.0
		for i := range at {
			at[i] -= step.AtVec(i)
			largest = max(largest, math.Abs(step.AtVec(i)))
		}
		if largest < 1e-10 {
			return at, hessian
		}
	}
	tb.Fatal("Newton's method does not converge")
	return nil, nil
}

// A marginal has the means and variances of all coordinates of a trajectory.
type marginal struct{ mean, variance []float64 }

// quadrature returns the exact marginals of a target with two parameters, from
// messages between the models on a grid.
func (t target) quadrature(tb testing.TB) marginal {
	tb.Helper()
	const g, reach = 81, 7.0
	one := t
	one.tau = 1 // wider than the marginals of more models
	center, hessian := one.mode(tb)
	var chol mat.Cholesky
	require.True(tb, chol.Factorize(hessian))
	var covariance mat.SymDense
	require.NoError(tb, chol.InverseTo(&covariance))
	var axis [2][]float64
	for a := range axis {
		width := math.Sqrt(covariance.At(a, a))
		for i := range g {
			axis[a] = append(axis[a], center[a]+reach*width*(2*float64(i)/(g-1)-1))
		}
	}
	weight := make([]float64, g*g) // exp(−s L)
	best := -one.s * t.meanLoss(center)
	for i, x := range axis[0] {
		for j, y := range axis[1] {
			weight[i*g+j] = math.Exp(-t.s*t.meanLoss([]float64{x, y}) - best)
		}
	}
	var kernel [2]*mat.Dense
	for a := range kernel {
		kernel[a] = mat.NewDense(g, g, nil)
		kernel[a].Apply(func(i, j int, _ float64) float64 {
			step := (axis[a][i] - axis[a][j]) / t.sigma
			return math.Exp(-step * step / 2)
		}, kernel[a])
	}
	pass := func(message []float64) []float64 {
		var half, whole mat.Dense
		half.Mul(kernel[0], mat.NewDense(g, g, message))
		whole.Mul(&half, kernel[1])
		out := whole.RawMatrix().Data
		norm := 1 / mat.Max(&whole)
		for i := range out {
			out[i] *= norm
		}
		return out
	}
	forward, backward := make([][]float64, t.tau), make([][]float64, t.tau)
	times := func(a, b []float64) []float64 {
		c := make([]float64, len(a))
		for i := range c {
			c[i] = a[i] * b[i]
		}
		return c
	}
	prior := make([]float64, g*g)
	ones := make([]float64, g*g)
	for i, x := range axis[0] {
		for j, y := range axis[1] {
			prior[i*g+j], ones[i*g+j] = math.Exp(-(x*x+y*y)/(2*t.prior*t.prior)), 1
		}
	}
	forward[0], backward[t.tau-1] = times(prior, weight), ones
	for k := 1; k < t.tau; k++ {
		forward[k] = times(weight, pass(forward[k-1]))
		backward[t.tau-1-k] = pass(times(weight, backward[t.tau-k]))
	}
	var m marginal
	for k := range t.tau {
		density := times(forward[k], backward[k])
		var total float64
		var sum, squares [2]float64
		for i, x := range axis[0] {
			for j, y := range axis[1] {
				w := density[i*g+j]
				total += w
				for a, v := range [2]float64{x, y} {
					sum[a] += w * v
					squares[a] += w * (v - center[a]) * (v - center[a])
				}
			}
		}
		for a := range sum {
			mean := sum[a] / total
			m.mean = append(m.mean, mean)
			m.variance = append(m.variance, squares[a]/total-(mean-center[a])*(mean-center[a]))
		}
	}
	return m
}

// importance returns the marginals of a target by importance sampling from a
// multivariate Student t distribution around the mode, and the effective number
// of draws.
func (t target) importance(tb testing.TB, draws int) (m marginal, effective float64) {
	tb.Helper()
	const freedom = 30
	center, hessian := t.mode(tb)
	var chol mat.Cholesky
	require.True(tb, chol.Factorize(hessian))
	var lower mat.TriDense
	chol.LTo(&lower)
	dim := len(center)
	r := normalSource(400 + uint64(dim))
	best := t.logDensity(center)
	var total, squares float64
	sum, sum2 := make([]float64, dim), make([]float64, dim)
	z, at := mat.NewVecDense(dim, nil), make([]float64, dim)
	for range draws {
		length, chi := 0.0, 0.0
		for i := range dim {
			v := r.NormFloat64()
			z.SetVec(i, v)
			length += v * v
		}
		for range freedom {
			v := r.NormFloat64()
			chi += v * v
		}
		stretch := math.Sqrt(freedom / chi)
		var step mat.VecDense
		require.NoError(tb, step.SolveVec(lower.T(), z))
		for sign := -1.0; sign <= 1; sign += 2 { // antithetic
			for i := range at {
				at[i] = center[i] + sign*stretch*step.AtVec(i)
			}
			proposal := -(freedom + float64(dim)) / 2 * math.Log(1+length*stretch*stretch/freedom)
			w := math.Exp(t.logDensity(at) - best - proposal)
			total += w
			squares += w * w
			for i, v := range at {
				sum[i] += w * (v - center[i])
				sum2[i] += w * (v - center[i]) * (v - center[i])
			}
		}
	}
	for i := range at {
		mean := sum[i] / total
		m.mean = append(m.mean, center[i]+mean)
		m.variance = append(m.variance, sum2[i]/total-mean*mean)
	}
	return m, total * total / squares
}
