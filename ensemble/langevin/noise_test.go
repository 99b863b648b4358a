package langevin_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/ensemble/langevin"
)

// Fresh minibatches add their noise to that of BAOAB, in a way that is known exactly:
// each gradient is of two kicks.
func TestBAOABWithFreshBatches(t *testing.T) {
	const n, s, samples = 400, 2.0, 100
	for _, test := range []struct {
		h, step, gamma, spread float64
		batch                  int
	}{
		{1, 0.5, 1, 2, 5},
		{1, 0.25, 1, 5, 10},
		{0.5, 0.8, 3, 3, 1},
	} {
		t.Run(fmt.Sprintf("e=%v m=%d", test.step, test.batch), func(t *testing.T) {
			noise := batchVariance(s, test.h/s, test.spread, samples, test.batch)
			momentum, theta := exact("BAOAB", test.h, test.step, test.gamma, 1, 1, noise)
			assert.Greater(t, theta, 1.2)
			chain := newChain(t, langevin.Config{
				Sampler: langevin.BAOAB{Step: test.step, Friction: test.gamma}, S: s, Batch: test.batch,
			}, newHarmonic(samples, test.spread, equal(n, float32(test.h/s))...))
			squares, kinetic := moments(t, chain, 100, 8000)
			squares.check(t, "E[θ²]", theta/test.h, 0.005)
			kinetic.check(t, "E[p²]", momentum, 0.005)
		})
	}
}

// epochVariances returns E[θ²] of SGLD after each step of an epoch of k batches, for
// U = hθ²/2 and gradients with a variance of noise each, whose sum over an epoch is 0.
func epochVariances(h, step, beta, noise float64, k int) []float64 {
	keep := 1 - step*h
	// Covariance of the noise of an epoch: noise·(1 on the diagonal, −1/(k−1) beside).
	variances, start := make([]float64, k), 1/(beta*h)
	for range 4000 { // to the stationary state
		for j := range k {
			own, sum := 0.0, 0.0 // Σ c² and Σ c, c = e·keep^i
			for i := range j + 1 {
				c := step * math.Pow(keep, float64(i))
				own, sum = own+c*c, sum+c
			}
			thermal := 2 * own / (beta * step)
			variances[j] = math.Pow(keep, 2*float64(j+1))*start + thermal + noise*(own-(sum*sum-own)/float64(k-1))
		}
		start = variances[k-1]
	}
	return variances
}

// Permutation epochs have far less noise than fresh minibatches, and that is known
// exactly, too: after each step of an epoch, here for SGLD.
func TestSGLDWithEpochs(t *testing.T) {
	const n, h, spread, samples, batch, k = 400, 1.0, 10.0, 100, 10, 10
	noise := batchVariance(1, h, spread, samples, batch)
	type excesses struct{ fresh, epochs, ends float64 }
	exact := make(map[float64]excesses)
	for _, e := range []float64{0.1, 0.05, 0.025} {
		want, without := epochVariances(h, e, 1, noise, k), 1/(1-e*h/2)
		mean := 0.0
		for _, v := range want {
			mean += v / k
		}
		exact[e] = excesses{overdampedVariance(h, e, 1, noise) - without, mean - without, want[k-1] - without}
		t.Logf("e = %v: fresh batches add %.4f, epochs %.4f, at their ends %.5f", e, exact[e].fresh, exact[e].epochs, exact[e].ends)
	}
	// With the step size, what fresh batches add falls as e, what epochs add as e², and
	// as e³ at their ends.
	for i, ratio := range []float64{exact[0.05].fresh / exact[0.025].fresh, exact[0.05].epochs / exact[0.025].epochs, exact[0.05].ends / exact[0.025].ends} {
		assert.InDelta(t, i+1, math.Log2(ratio), 0.15)
	}

	const e = 0.05
	chain := newChain(t, langevin.Config{Sampler: langevin.SGLD{Step: e}, S: 1, Batch: batch, Epochs: true}, newHarmonic(samples, spread, equal(n, h)...))
	run(t, chain, 20*k)
	series := make([][]float64, k)
	run(t, chain, 3000*k, langevin.EachStep(func(c *langevin.Chain, step langevin.Step) error {
		series[step.Number%k] = append(series[step.Number%k], meanSquare(c.Params()))
		return nil
	}))
	for _, j := range []int{0, 4, 7, 9} {
		estimateOf(series[j]).check(t, fmt.Sprintf("E[θ²] after step %d of an epoch", j), epochVariances(h, e, 1, noise, k)[j], 0.005)
	}
}

// An epoch of BAOAB leaves the temperatures nearly as without minibatches, where fresh
// ones double them.
func TestBAOABWithEpochs(t *testing.T) {
	const n, s, samples, batch, spread = 200, 1.0, 100, 10, 8.0
	model := newHarmonic(samples, spread, equal(n, 1)...)
	config := langevin.Config{Sampler: langevin.BAOAB{Step: 0.2, Friction: 0.5}, S: s, Batch: batch}
	_, want := exact("BAOAB", 1, 0.2, 0.5, 1, 1, batchVariance(s, 1, spread, samples, batch))
	fresh, _ := moments(t, newChain(t, config, model), 200, 20_000)
	fresh.check(t, "E[θ²] with fresh batches", want, 0.01)
	assert.Greater(t, want, 2.0)
	config.Epochs = true
	epochs, _ := moments(t, newChain(t, config, model), 200, 20_000)
	t.Logf("E[θ²] with epochs: %.4f ± %.4f", epochs.mean, epochs.err)
	assert.Less(t, epochs.mean, 1+0.3*(want-1))
	assert.Greater(t, epochs.mean, 1+10*epochs.err)
}
