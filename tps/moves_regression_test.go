package tps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/minibatch"
)

// surrogate returns the mean loss to second order at a model of a target that is
// off the mode of one model by some of its standard deviations, in the directions of
// the largest curvatures.
func (t target) surrogate(tb testing.TB, directions int, off float64) *Quadratic {
	one := t
	one.tau = 1
	at, hessian := one.mode(tb)
	for a := range at {
		at[a] += off / math.Sqrt(hessian.At(a, a))
	}
	gradient, curvature := make([]float64, t.params), mat.NewSymDense(t.params, nil)
	t.curve(gradient, curvature, 0, at, 1)
	var eigen mat.EigenSym
	require.True(tb, eigen.Factorize(curvature, true))
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	q := &Quadratic{Center: make([]float32, t.params)}
	for a, x := range at {
		q.Center[a] = float32(x)
	}
	values := eigen.Values(nil)
	for k := t.params - 1; k >= t.params-directions; k-- {
		v := mat.Col(nil, k, &vectors)
		slope := 0.0
		for a, x := range v {
			slope += x * gradient[a]
		}
		q.Curvatures = append(q.Curvatures, values[k])
		q.Directions = append(q.Directions, v)
		q.Slopes = append(q.Slopes, slope)
	}
	return q
}

// movedRegressions are chains on regressions with the moves that are not the paper's.
var movedRegressions = []struct {
	name string
	regressionCase
	move func(testing.TB, target) Move
}{
	{"β=0.5 of two", regressionCase{500, 2, 0.05, 0, 2, 1, 1, 37, 1.2, 0, 6_000_000, minibatch.Uniform},
		func(testing.TB, target) Move { return Autoregressive{Beta: 0.5, Width: 2} }},
	{"levels", regressionCase{500, 2, 0.05, 0, 4, 1, 1, 37, 0.8, 0, 6_000_000, minibatch.Uniform},
		func(testing.TB, target) Move { return Autoregressive{Beta: 0.7, Width: 3, Multilevel: true} }},
	{"blocks", regressionCase{500, 10, 0.5, 0, 2, 1, 1, 37, 1.2, 0, 4_000_000, minibatch.Weighted},
		func(testing.TB, target) Move {
			return Autoregressive{Beta: 0.5, Blocks: [][]int{{0, 1, 2, 3, 4}, {5, 6, 7, 8, 9}}}
		}},
	{"surrogate", regressionCase{500, 2, 0.05, 0, 1, 1, 1, 37, 2, 80_000, 6_000_000, minibatch.Uniform},
		func(t testing.TB, d target) Move { return Autoregressive{Beta: 0.9, Surrogate: d.surrogate(t, 2, 1)} }},
	{"surrogate, levels", regressionCase{500, 2, 0.5, 0, 4, 1, 1, 20, 1.5, 0, 6_000_000, minibatch.Controlled},
		func(t testing.TB, d target) Move {
			return Autoregressive{Beta: 0.8, Width: 3, Multilevel: true, Surrogate: d.surrogate(t, 2, 0.5)}
		}},
	{"surrogate, three of ten", regressionCase{500, 10, 0.5, 0, 2, 1, 1, 37, 1.5, 0, 4_000_000, minibatch.Controlled},
		func(t testing.TB, d target) Move { return Autoregressive{Beta: 0.5, Surrogate: d.surrogate(t, 3, 0.5)} }},
	{"shift", regressionCase{500, 2, 0.05, 0, 4, 1, 1, 37, 1, 0, 6_000_000, minibatch.Uniform},
		func(t testing.TB, d target) Move {
			return Mix{{1, RigidShift{Step: 0.4 * d.sigma}}, {3, Autoregressive{Beta: 0.7}}}
		}},
	{"many", regressionCase{500, 2, 0.05, 0, 4, 1, 1, 20, 1, 80_000, 6_000_000, minibatch.Controlled},
		func(t testing.TB, d target) Move {
			return Mix{
				{1, RigidShift{Step: 0.5 * d.sigma, Surrogate: d.surrogate(t, 1, 0.5)}},
				{2, Autoregressive{Beta: 0.6, Width: 3, Multilevel: true}},
				{3, Autoregressive{Beta: 0.9, Surrogate: d.surrogate(t, 2, 0.5)}},
			}
		}},
	{"many, large data", regressionCase{50_000, 2, 0.05, 0, 2, 1, 1, 20, 1, 0, 4_000_000, 0},
		func(t testing.TB, d target) Move {
			return Mix{
				{1, RigidShift{Step: 0.5 * d.sigma, Surrogate: d.surrogate(t, 2, 0.5)}},
				{2, Autoregressive{Beta: 0.6, Width: 2, Multilevel: true}},
				{3, Autoregressive{Beta: 0.9, Surrogate: d.surrogate(t, 2, 0.5)}},
			}
		}},
}

// The posterior of logistic regressions, as TestRegressionIsExact has it.
func TestRegressionIsExactWithMoves(t *testing.T) {
	for _, c := range movedRegressions {
		steps := c.steps
		if *long {
			steps = c.long
		}
		if steps == 0 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := c.target(t)
			m, extra := c.exact(t, d)
			v := c.runMove(t, d, m, adaptive(t, c.n, minibatch.AdaptiveConfig{Chunk: c.chunk, Estimate: c.estimate}), c.move(t, d), steps)
			mean, meanError := summary(v.means, v.meanErrors, extra)
			variance, varError := summary(v.variances, v.varErrors, extra*math.Sqrt2)
			t.Logf("%s: b %5.1f  mean %+6.2f ± %.2f %%  variance %+6.2f ± %.2f %%", c.name, v.batch, 100*mean, 100*meanError, 100*variance, 100*varError)
			for a := range c.params {
				assert.LessOrEqual(t, math.Abs(v.means[a]), 0.01+4*math.Hypot(v.meanErrors[a], extra), "mean of %d", a)
				assert.LessOrEqual(t, math.Abs(v.variances[a]), 0.02+4*math.Hypot(v.varErrors[a], math.Sqrt2*extra), "variance of %d", a)
			}
		})
	}
}

// Negative controls for the test above.
func TestRegressionWithMovesHasTeeth(t *testing.T) {
	c := regressionCase{500, 2, 0.05, 0, 1, 1, 1, 37, 2, 0, 0, minibatch.Uniform}
	d := c.target(t)
	m, _ := c.exact(t, d)
	for name, alter := range map[string]func(*Proposal){"surrogate forgotten": forgetKnown, "surrogate with the wrong sign": turnKnown} {
		move := altered{Autoregressive{Beta: 0.9, Surrogate: d.surrogate(t, 2, 1)}, alter}
		v := c.runMove(t, d, m, adaptive(t, c.n, minibatch.AdaptiveConfig{Chunk: c.chunk, Estimate: c.estimate}), move, 40_000)
		seen := false
		for a := range c.params {
			seen = seen || math.Abs(v.means[a]) > 0.01+4*v.meanErrors[a] || math.Abs(v.variances[a]) > 0.02+4*v.varErrors[a]
		}
		assert.True(t, seen, "%s: %+v", name, v)
	}
}
