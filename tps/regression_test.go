package tps

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/minibatch"
)

const regressionPrior = 2

// A regressionCase is a chain on a regression.
type regressionCase struct {
	n, params  int
	share, s   float64 // s = 0: N
	tau, width int
	fraction   float64
	chunk      int
	size       float64 // of moves: b* is about its square times s for τ = 1
	steps      int     // usual
	long       int     // with the flag -long
	estimate   minibatch.Estimate
}

func (c regressionCase) String() string {
	return fmt.Sprintf("P=%d N=%d share=%v s=%v τ=%d width=%d f=%v chunk=%d %v", c.params, c.n, c.share, c.tilt(), c.tau, c.width, c.fraction, c.chunk, c.estimate)
}

func (c regressionCase) tilt() float64 {
	if c.s == 0 {
		return float64(c.n)
	}
	return c.s
}

func (c regressionCase) target(t testing.TB) target {
	one := target{newRegression(c.n, c.params, c.share, 300+uint64(c.params)), 1, c.tilt(), 1, regressionPrior}
	at, _ := one.mode(t)
	trace := 0.0
	curvature := mat.NewSymDense(c.params, nil)
	one.curve(make([]float64, c.params), curvature, 0, at, one.s)
	for a := range c.params {
		trace += curvature.At(a, a)
	}
	one.tau, one.sigma = c.tau, c.size/math.Sqrt(trace)
	return one
}

// exact returns the marginals, by quadrature where that is possible, and how
// uncertain they are, in standard deviations.
func (c regressionCase) exact(t testing.TB, d target) (marginal, float64) {
	if c.params == 2 {
		return d.quadrature(t), 0
	}
	draws := 20_000
	if *long {
		draws = min(200_000, 10_000_000_000/(c.n*c.params*c.tau))
	}
	m, effective := d.importance(t, draws)
	t.Logf("importance sampling: %d effective draws of %d", int(effective), 2*draws)
	return m, 1 / math.Sqrt(effective)
}

// A deviation of chains from the exact marginals.
type deviation struct {
	means, variances      []float64 // of each coordinate, averaged over the models; in standard deviations and relative
	meanErrors, varErrors []float64 // their standard errors
	batch                 float64
}

func (c regressionCase) run(t testing.TB, d target, m marginal, test minibatch.Test, steps int) deviation {
	return c.runMove(t, d, m, test, nil, steps)
}

// runMove runs a chain with a move. nil: that of the case's width and fraction.
func (c regressionCase) runMove(t testing.TB, d target, m marginal, test minibatch.Test, move Move, steps int) deviation {
	if move != nil {
		c.width, c.fraction = 0, 0
	}
	chain := newChain(t, Config{
		Tau: c.tau, Width: c.width, Fraction: c.fraction, Move: move, Sigma: d.sigma, S: d.s,
		Prior: &Gaussian{Sigma: regressionPrior}, Test: test, Seed: 11, Start: startAt(t, c.tau, m.mean),
	}, slopedRegression{d.regression})
	for range steps / 50 {
		_, err := chain.Step()
		require.NoError(t, err)
	}
	const every = 20
	series := make([][]float64, 2*c.params)
	samples := 0
	for range steps / every {
		for range every {
			step, err := chain.Step()
			if err != nil {
				require.NoError(t, err)
			}
			samples += step.Samples
		}
		for a := range c.params {
			first, second := 0.0, 0.0
			for k := range c.tau {
				i := k*c.params + a
				z := (float64(chain.Trajectory().Model(k)[a]) - m.mean[i]) / math.Sqrt(m.variance[i])
				first += z / float64(c.tau)
				second += (z*z - 1) / float64(c.tau)
			}
			series[a] = append(series[a], first)
			series[c.params+a] = append(series[c.params+a], second)
		}
	}
	out := deviation{batch: float64(samples) / float64(steps/every*every)}
	for a := range c.params {
		mean, e := estimate.Mean(series[a])
		out.means, out.meanErrors = append(out.means, mean), append(out.meanErrors, e)
		mean, e = estimate.Mean(series[c.params+a])
		out.variances, out.varErrors = append(out.variances, mean), append(out.varErrors, e)
	}
	return out
}

func startAt(t testing.TB, tau int, values []float64) *Trajectory {
	start, err := NewTrajectory(tau, len(values)/tau)
	require.NoError(t, err)
	for i, v := range values {
		start.values[i] = float32(v)
	}
	return start
}

// summary returns the deviation that is largest in standard errors, and its
// standard error, of which the exact marginals' is a part.
func summary(values, errors []float64, extra float64) (value, standardError float64) {
	for i := range values {
		e := math.Hypot(errors[i], extra)
		if math.Abs(values[i])/e > math.Abs(value)/standardError || standardError == 0 {
			value, standardError = values[i], e
		}
	}
	return value, standardError
}

var regressionCases = []regressionCase{
	{500, 2, 0.5, 0, 1, 1, 1, 20, 0.6, 200_000, 6_000_000, minibatch.Uniform},
	{500, 2, 0.05, 0, 1, 1, 1, 20, 0.6, 200_000, 6_000_000, minibatch.Uniform},
	{500, 2, 0.5, 0, 1, 1, 1, 37, 0.5, 0, 6_000_000, minibatch.Uniform},
	{500, 2, 0.05, 0, 1, 1, 0.5, 37, 0.6, 200_000, 6_000_000, minibatch.Uniform},
	{500, 2, 0.05, 0, 1, 1, 1, 60, 0.6, 0, 6_000_000, minibatch.Uniform},
	{500, 2, 0.05, 0, 1, 1, 1, 240, 0.8, 0, 3_000_000, minibatch.Uniform},
	{500, 2, 0.05, 100, 1, 1, 1, 20, 0.8, 200_000, 6_000_000, minibatch.Uniform},
	{500, 2, 0.05, 0, 2, 1, 1, 37, 0.8, 200_000, 6_000_000, minibatch.Uniform},
	{500, 2, 0.05, 0, 2, 2, 0.5, 20, 0.6, 0, 6_000_000, minibatch.Uniform},
	{500, 2, 0.5, 0, 4, 2, 1, 60, 0.8, 0, 6_000_000, minibatch.Uniform},
	{500, 10, 0.5, 0, 1, 1, 1, 37, 0.8, 200_000, 4_000_000, minibatch.Uniform},
	{500, 10, 0.05, 0, 1, 1, 1, 20, 0.8, 0, 4_000_000, minibatch.Uniform},
	{500, 10, 0.05, 0, 4, 2, 0.5, 60, 0.8, 0, 4_000_000, minibatch.Uniform},
	{50_000, 2, 0.05, 500, 1, 1, 1, 37, 0.6, 0, 6_000_000, minibatch.Uniform},
	{50_000, 10, 0.5, 500, 1, 1, 1, 20, 0.8, 0, 3_000_000, minibatch.Uniform},
	{500, 2, 0.05, 0, 1, 1, 1, 20, 0.6, 200_000, 6_000_000, minibatch.Weighted},
	{500, 2, 0.05, 0, 1, 1, 1, 20, 0.6, 200_000, 6_000_000, minibatch.Controlled},
	{500, 2, 0.05, 100, 2, 2, 0.5, 37, 0.8, 200_000, 6_000_000, minibatch.Controlled},
	{500, 10, 0.5, 0, 4, 1, 1, 37, 0.8, 0, 4_000_000, minibatch.Weighted},
	{500, 10, 0.05, 0, 1, 1, 1, 20, 0.8, 0, 4_000_000, minibatch.Controlled},
	{50_000, 2, 0.05, 0, 1, 1, 1, 37, 0.8, 0, 4_000_000, minibatch.Weighted},
	{50_000, 2, 0.05, 0, 1, 1, 1, 20, 0.8, 200_000, 6_000_000, minibatch.Controlled},
	{50_000, 2, 0.05, 0, 2, 1, 1, 20, 0.8, 200_000, 6_000_000, 0},
	{50_000, 10, 0.5, 0, 1, 1, 1, 20, 0.8, 0, 3_000_000, minibatch.Controlled},
}

// The posterior of logistic regressions: means within 1 % of a standard
// deviation and variances within 2 %, as far as 4 standard errors allow.
func TestRegressionIsExact(t *testing.T) {
	for _, c := range regressionCases {
		steps := c.steps
		if *long {
			steps = c.long
		}
		if steps == 0 {
			continue
		}
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			d := c.target(t)
			m, extra := c.exact(t, d)
			planned := c.run(t, d, m, adaptive(t, c.n, minibatch.AdaptiveConfig{Chunk: c.chunk, Estimate: c.estimate}), steps)
			report := func(name string, v deviation) {
				mean, meanError := summary(v.means, v.meanErrors, extra)
				variance, varError := summary(v.variances, v.varErrors, extra*math.Sqrt2)
				t.Logf("%-8s b %5.1f  mean %+6.2f ± %.2f %%  variance %+6.2f ± %.2f %%", name, v.batch, 100*mean, 100*meanError, 100*variance, 100*varError)
			}
			report("planned", planned)
			if *long && c.estimate == minibatch.Uniform {
				report("stopping", c.run(t, d, m, adaptive(t, c.n, minibatch.AdaptiveConfig{Rule: minibatch.Stopping, Chunk: c.chunk, InfinitePopulation: true}), steps/4))
			}
			for a := range c.params {
				assert.LessOrEqual(t, math.Abs(planned.means[a]), 0.01+4*math.Hypot(planned.meanErrors[a], extra), "mean of %d", a)
				assert.LessOrEqual(t, math.Abs(planned.variances[a]), 0.02+4*math.Hypot(planned.varErrors[a], math.Sqrt2*extra), "variance of %d", a)
			}
		})
	}
}
