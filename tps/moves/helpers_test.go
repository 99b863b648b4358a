package moves

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
)

// sigma is σ of the tests: near 1/√(s·a) of the larger curvature a.
const sigma = 0.3

// A line is the linear perceptron, with gradients, and its exact answers.
type line struct {
	*nn.Losses
	gradients *nn.Gradients
	*exact.Linear
}

func newLine(t testing.TB, n int) line {
	t.Helper()
	d, _, err := data.Line(n, 0, random.Source(1))
	require.NoError(t, err)
	var l line
	l.Losses, err = nn.NewLosses(nn.LinearPerceptron(1), d, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	l.gradients, err = nn.NewGradients(nn.LinearPerceptron(1), d, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	l.Linear, err = exact.NewLinear(d)
	require.NoError(t, err)
	return l
}

// ensemble returns the mean and the covariance of a coordinate pair of the whole
// trajectory, with any prior: a Gaussian of the path's precision and s·H on the diagonal
// blocks.
func (l line) ensemble(t testing.TB, path tps.Path, tau int, s float64) (mean *mat.VecDense, covariance *mat.SymDense) {
	t.Helper()
	const p = 2
	precision, field := mat.NewSymDense(tau*p, nil), mat.NewVecDense(tau*p, nil)
	add := func(i, j int, x float64) { precision.SetSym(i, j, precision.At(i, j)+x) }
	pull := mat.NewVecDense(p, nil)
	pull.MulVec(l.Hessian, mat.NewVecDense(p, l.Minimizer))
	walk := 1 / (path.Sigma * path.Sigma)
	for time := range tau {
		for a := range p {
			at := time*p + a
			for b := a; b < p; b++ {
				add(at, time*p+b, s*l.Hessian.At(a, b))
			}
			field.SetVec(at, s*pull.AtVec(a))
			if path.Prior != nil && (time == 0 || path.EveryModel) {
				prior := 1 / (path.Prior.Sigma * path.Prior.Sigma)
				add(at, at, prior)
				field.SetVec(at, field.AtVec(at)+prior*path.Prior.At(a))
			}
			if time > 0 {
				add(at, at, walk)
				add(at-p, at-p, walk)
				add(at-p, at, -walk)
			}
		}
	}
	var chol mat.Cholesky
	require.True(t, chol.Factorize(precision))
	mean, covariance = mat.NewVecDense(tau*p, nil), mat.NewSymDense(tau*p, nil)
	require.NoError(t, chol.SolveVecTo(mean, field))
	require.NoError(t, chol.InverseTo(covariance))
	return mean, covariance
}

// loss returns the mean loss of a model, exactly.
func (l line) loss(model []float32) float64 {
	x, y := float64(model[0])-l.Minimizer[0], float64(model[1])-l.Minimizer[1]
	return l.Residual + (l.Hessian.At(0, 0)*x*x+2*l.Hessian.At(0, 1)*x*y+l.Hessian.At(1, 1)*y*y)/2
}

// meanLoss returns the exact mean loss of the models of an ensemble.
func (l line) meanLoss(t testing.TB, path tps.Path, tau int, s float64) float64 {
	t.Helper()
	mean, covariance := l.ensemble(t, path, tau, s)
	sum := 0.0
	for time := range tau {
		at := 2 * time
		sum += l.loss([]float32{float32(mean.AtVec(at)), float32(mean.AtVec(at + 1))})
		for a := range 2 {
			for b := range 2 {
				sum += l.Hessian.At(a, b) * covariance.At(at+a, at+b) / 2
			}
		}
	}
	return sum / float64(tau)
}

// losses is what a chain of a line gets: nn's, of which exact.Linear has methods of the
// same names.
func (l line) losses() tps.Losses { return l.Losses }

func newChain(t testing.TB, config tps.Config, losses tps.Losses) *tps.Chain {
	t.Helper()
	chain, err := tps.NewChain(config, losses)
	require.NoError(t, err)
	return chain
}

// measureLoss runs a chain, and returns the mean loss of its models and its standard
// error, in units of the exact one.
func (l line) measureLoss(t testing.TB, config tps.Config, steps, every int) (mean, standardError float64) {
	t.Helper()
	chain := newChain(t, config, l.losses())
	series := make([]float64, 0, steps/every)
	burnIn := steps / 20
	for k := range burnIn + steps {
		if _, err := chain.Step(); err != nil {
			require.NoError(t, err)
		}
		if k < burnIn || k%every > 0 || len(series) == cap(series) {
			continue
		}
		sum := 0.0
		for time := range config.Tau {
			sum += l.loss(chain.Trajectory().Model(time))
		}
		series = append(series, sum/float64(config.Tau))
	}
	mean, standardError = estimate.Mean(series)
	path := tps.Path{Sigma: config.Sigma, Prior: config.Prior, EveryModel: config.EveryModel}
	answer := l.meanLoss(t, path, config.Tau, config.S)
	stats := chain.Stats()
	t.Logf("%v: off by %+.2f ± %.2f %%, acceptance %.2f, batch %.0f", config.Move, 100*(mean/answer-1), 100*standardError/answer, stats.Acceptance(), stats.MeanBatch())
	return mean / answer, standardError / answer
}

func barkerTest(t testing.TB, samples int) minibatch.Test {
	t.Helper()
	test, err := minibatch.NewBarker(samples)
	require.NoError(t, err)
	return test
}

func adaptive(t testing.TB, samples int, estimate minibatch.Estimate) minibatch.Test {
	t.Helper()
	test, err := minibatch.NewAdaptive(samples, minibatch.AdaptiveConfig{Chunk: 32, Estimate: estimate})
	require.NoError(t, err)
	return test
}

// bound is how far a mean loss may be from the exact one beside 4 standard errors.
const bound = 0.005

// moments collects a correlated series.
type moments struct{ series []float64 }

func (m *moments) add(x float64) { m.series = append(m.series, x) }

// check fails if the mean is off by more than 4 standard errors and the bound.
func (m *moments) check(t testing.TB, want float64) {
	t.Helper()
	mean, e := estimate.Mean(m.series)
	t.Logf("%.4f ± %.4f, exact %.4f", mean, e, want)
	assert.InDelta(t, want, mean, bound*want+4*e)
	assert.Less(t, e, 0.05*want)
}
