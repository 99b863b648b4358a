package tps_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
)

// unevenLine returns n points of y = x + noise of the scale 0.1·(1 + 2x).
func unevenLine(t testing.TB, n int) *data.Dataset {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = random.Float32()
		y[i] = x[i] + 0.1*(1+2*x[i])*float32(random.NormFloat64())
	}
	d, err := data.NewTargets(x, []int{1}, y)
	require.NoError(t, err)
	return d
}

// An audit lets the adaptive test decide, and adds up by how much its decisions and
// its estimates differ from what all samples say.
type audit struct {
	*minibatch.Adaptive
	*audited
}

type audited struct {
	all         []int
	differences []float64
	barker      excess
	control     excess // with Δ that is off by 0.4
	errors      errorSums
}

// An excess is how many proposals were accepted beyond the sum of probabilities, and
// the variance of that.
type excess struct{ sum, variance float64 }

func (e *excess) add(accepted bool, probability float64) {
	e.sum -= probability
	if accepted {
		e.sum++
	}
	e.variance += probability * (1 - probability)
}

// score returns the excess in standard errors.
func (e *excess) score() float64 { return e.sum / math.Sqrt(e.variance) }

// errorSums are those of the errors of Δ*, their squares and the variances that the
// test estimates for them.
type errorSums struct{ errors, squares, variances float64 }

func newAudit(t testing.TB, samples int, estimate minibatch.Estimate) audit {
	t.Helper()
	test, err := minibatch.NewAdaptive(samples, minibatch.AdaptiveConfig{Estimate: estimate})
	require.NoError(t, err)
	a := &audited{differences: make([]float64, samples)}
	for i := range samples {
		a.all = append(a.all, i)
	}
	return audit{test, a}
}

// Clone returns an audit that adds up in the same place.
func (a audit) Clone() minibatch.Test {
	return audit{a.Adaptive.Clone().(*minibatch.Adaptive), a.audited}
}

func (a audit) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	if err := d.Differences(a.differences, a.all); err != nil {
		return minibatch.Decision{}, err
	}
	delta := 0.0
	for _, difference := range a.differences {
		delta -= s * difference / float64(len(a.all))
	}
	decision, err := a.Adaptive.Decide(d, s, source)
	if err != nil {
		return decision, err
	}
	a.barker.add(decision.Accepted, 1/(1+math.Exp(-delta)))
	a.control.add(decision.Accepted, 1/(1+math.Exp(-delta-0.4)))
	off := decision.Delta - delta
	a.errors.errors += off
	a.errors.squares += off * off
	a.errors.variances += decision.Variance
	return decision, nil
}

// Around a network that is fitted with a Gaussian loss, at s = N, where a trajectory of
// one model samples the posterior distribution, tests with control variates accept as
// Barker's test on all samples does: what is accepted beyond its probabilities p is 0
// within 4 standard errors, √Σ p(1−p), and estimates of Δ are off by what the tests take
// them to be, and not to one side. They need far fewer samples than uniform draws.
func TestControlVariatesOfGaussianLosses(t *testing.T) {
	const n, steps = 1000, 3000
	points := unevenLine(t, n)
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 4}, nn.Tanh{}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	for _, loss := range []nn.Loss{nn.GaussianExp, nn.GaussianSoftplus} {
		losses, err := nn.NewLosses(net, points, loss, nn.Config{})
		require.NoError(t, err)
		fitted := fit(t, net, points, loss)
		start, err := tps.NewTrajectory(1, net.Params())
		require.NoError(t, err)
		copy(start.Model(0), fitted)
		run := func(estimate minibatch.Estimate, steps int) (audit, tps.Stats) {
			test := newAudit(t, n, estimate)
			chain, err := tps.NewChain(tps.Config{Tau: 1, Sigma: 0.005, S: n, Seed: 1, Test: test, Start: start}, losses)
			require.NoError(t, err)
			require.NoError(t, chain.Run(context.Background(), steps))
			require.Equal(t, steps, chain.Stats().Estimates[estimate])
			return test, chain.Stats()
		}
		test, stats := run(minibatch.Controlled, steps)
		_, uniform := run(minibatch.Uniform, steps/10)
		bias, spread := test.errors.errors/math.Sqrt(test.errors.squares), math.Sqrt(test.errors.squares/test.errors.variances)
		t.Logf("%v: acceptance %.3f, off by %.2f standard errors, the control by %.2f; estimates of Δ by %.2f, their spread %.3f times what it is taken for; %.0f samples a test, uniform draws %.0f",
			loss, stats.Acceptance(), test.barker.score(), test.control.score(), bias, spread, stats.MeanBatch(), uniform.MeanBatch())
		assert.InDelta(t, 0, test.barker.score(), 4, loss)
		assert.Less(t, test.control.score(), -4.0, loss)
		assert.InDelta(t, 0, bias, 4, loss)
		assert.InDelta(t, 1, spread, 0.1, loss)
		assert.Less(t, 4*stats.MeanBatch(), uniform.MeanBatch(), loss)
	}
}

// fit returns the parameters of a network that is trained on a dataset.
func fit(t testing.TB, net *nn.Network, d *data.Dataset, loss nn.Loss) []float32 {
	t.Helper()
	gradients, err := nn.NewGradients(net, d, loss, nn.Config{})
	require.NoError(t, err)
	params := make([]float32, net.Params())
	nn.InitUniform(params, net, rand.NewPCG(3, 4))
	_, err = descent.Minimize(context.Background(), params, gradients, nil, nil)
	require.NoError(t, err)
	return params
}
