package langevin_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/ensemble/langevin"
	blocks "github.com/trajens/trajens/internal/estimate"
)

// perSample is a harmonic that has the gradients of several samples at once.
type perSample struct{ *harmonic }

func (h perSample) PerSample(dst []float32, losses []float64, params []float32, samples []int) {
	for k, i := range samples {
		losses[k] = h.Gradient(dst[k*len(params):(k+1)*len(params)], params, []int{i})
	}
}

// batchVariance returns the variance of ∂U/∂θ from minibatches of m of n distinct
// samples that are drawn afresh: (n − m)/(m (n − 1)) times S² times that of the gradients
// of single samples, which is curvature² · spread² · (n − 1)/n.
func batchVariance(s, curvature, spread float64, n, m int) float64 {
	ofSample := s * s * curvature * curvature * spread * spread * float64(n-1) / float64(n)
	return ofSample * float64(n-m) / (float64(m) * float64(n-1))
}

// newChain returns a chain.
func newChain(t testing.TB, config langevin.Config, model langevin.Gradient) *langevin.Chain {
	t.Helper()
	chain, err := langevin.NewChain(config, model)
	require.NoError(t, err)
	return chain
}

// run lets a chain make further steps.
func run(t testing.TB, chain *langevin.Chain, steps int, observers ...langevin.Observer) {
	t.Helper()
	require.NoError(t, chain.Run(context.Background(), chain.Steps()+steps, observers...))
}

// An estimate is the mean of a series, with its standard error.
type estimate struct{ mean, err float64 }

func estimateOf(series []float64) (e estimate) {
	e.mean, e.err = blocks.Mean(series)
	return e
}

// check fails unless the estimate is within 4 standard errors of what is wanted, and
// these are below a share of it.
func (e estimate) check(t *testing.T, name string, want, share float64) {
	t.Helper()
	t.Logf("%s = %.5f ± %.5f, exact %.5f (%.1f standard errors)", name, e.mean, e.err, want, (e.mean-want)/e.err)
	if !(math.Abs(e.mean-want) <= 4*e.err) {
		t.Errorf("%s is off by %.1f standard errors", name, (e.mean-want)/e.err)
	}
	if !(e.err <= share*math.Abs(want)) {
		t.Errorf("%s: the standard error is %.3g of it, want at most %v", name, e.err/want, share)
	}
}

// moments returns estimates of the means of θ² and p² after steps, from the series of
// means over the parameters from one on, up to another.
func moments(t testing.TB, chain *langevin.Chain, burnIn, steps int, part ...int) (theta, momentum estimate) {
	t.Helper()
	run(t, chain, burnIn)
	state := chain.State()
	from, to := 0, len(state.Params)
	if part != nil {
		from, to = part[0], part[1]
	}
	var squares, kinetic []float64
	run(t, chain, steps, langevin.Every(1, func(*langevin.Chain) error {
		squares = append(squares, meanSquare(state.Params[from:to]))
		if state.Momentum != nil {
			kinetic = append(kinetic, meanSquare(state.Momentum[from:to]))
		}
		return nil
	}))
	return estimateOf(squares), estimateOf(kinetic)
}

// stationary returns the covariance C = M C Mᵀ + Q of x ← M x + noise, by doubling.
func stationary(m, q *mat.Dense) *mat.Dense {
	c, power := mat.DenseCopyOf(q), mat.DenseCopyOf(m)
	for range 60 {
		var next mat.Dense
		next.Product(power, c, power.T())
		next.Add(&next, c)
		c.Copy(&next)
		var square mat.Dense
		square.Mul(power, power)
		power.Copy(&square)
	}
	return c
}
