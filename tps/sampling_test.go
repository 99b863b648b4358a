package tps

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/correction"
	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

// measureLoss runs a chain and returns the mean loss per model on the full
// data, and its standard error.
func measureLoss(t testing.TB, config Config, losses Losses, burnIn, steps int) (mean, standardError float64) {
	t.Helper()
	chain := newChain(t, config, losses)
	for range burnIn {
		_, err := chain.Step()
		require.NoError(t, err)
	}
	every := 4 * config.Tau
	series := make([]float64, 0, steps/every)
	perModel := make([]float64, config.Tau)
	for len(series) < cap(series) {
		for range every {
			_, err := chain.Step()
			require.NoError(t, err)
		}
		require.NoError(t, chain.MeanLosses(perModel))
		sum := 0.0
		for _, l := range perModel {
			sum += l
		}
		series = append(series, sum/float64(config.Tau))
	}
	return estimate.Mean(series)
}

// The mean loss must be the exact one, within 4 standard errors: each alone,
// and all together, which is where an error of 1 % would be seen.
func TestMeanLossIsExact(t *testing.T) {
	few, many := newLine(16, 1), newLine(256, 1)
	var pooled pool
	t.Run("each", func(t *testing.T) { testMeanLosses(t, few, many, &pooled) })
	mean, standardError := pooled.mean()
	t.Logf("all together off by %.2f ± %.2f %%", 100*mean, 100*standardError)
	assert.Less(t, standardError, 0.0025)
	assert.InDelta(t, 0, mean/standardError, 4)
}

// pool averages relative errors, weighted by their precision.
type pool struct {
	sync.Mutex
	sum, weight float64
}

func (p *pool) add(value, standardError float64) {
	p.Lock()
	defer p.Unlock()
	p.sum += value / (standardError * standardError)
	p.weight += 1 / (standardError * standardError)
}

func (p *pool) mean() (mean, standardError float64) {
	return p.sum / p.weight, 1 / math.Sqrt(p.weight)
}

func testMeanLosses(t *testing.T, few, many *exact.Linear, pooled *pool) {
	for _, c := range []struct {
		name   string
		line   *exact.Linear
		test   minibatch.Test
		config Config
		steps  int
	}{
		{"Barker τ=1", few, barker(t, 16), Config{Tau: 1, S: 100}, 2_000_000},
		{"Barker τ=2", few, barker(t, 16), Config{Tau: 2, S: 100}, 2_000_000},
		{"Barker τ=8", few, barker(t, 16), Config{Tau: 8, S: 100}, 3_000_000},
		{"Barker τ=4 width 2", few, barker(t, 16), Config{Tau: 4, S: 100, Width: 2}, 2_000_000},
		{"Barker τ=3 width 3", few, barker(t, 16), Config{Tau: 3, S: 100, Width: 3}, 2_000_000},
		{"Barker τ=4 half", few, barker(t, 16), Config{Tau: 4, S: 100, Fraction: 0.5}, 2_000_000},
		{"Metropolis τ=1", few, metropolis(t, 16), Config{Tau: 1, S: 100}, 2_000_000},
		{"Metropolis τ=4", few, metropolis(t, 16), Config{Tau: 4, S: 1000}, 2_000_000},
		{"adaptive τ=1", many, adaptive(t, 256, minibatch.AdaptiveConfig{Chunk: 32}), Config{Tau: 1, S: 100}, 1_500_000},
		{"adaptive τ=4", many, adaptive(t, 256, minibatch.AdaptiveConfig{Chunk: 32}), Config{Tau: 4, S: 100}, 2_000_000},
		{"adaptive σ_c=1.3", many, adaptive(t, 256, minibatch.AdaptiveConfig{Chunk: 32, Sigma: 1.3}), Config{Tau: 4, S: 100}, 2_000_000},
		{"adaptive s=1000", many, adaptive(t, 256, minibatch.AdaptiveConfig{Chunk: 32}), Config{Tau: 4, S: 1000}, 2_000_000},
		{"printed cut-off", many, adaptive(t, 256, minibatch.AdaptiveConfig{Chunk: 32, CutOff: minibatch.CutOff{Rule: minibatch.Printed}}), Config{Tau: 4, S: 1000}, 2_000_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.config.Sigma, c.config.Test, c.config.Seed = 0.1, c.test, 5
			exact := c.line.MeanLoss(c.config.Tau, c.config.S, 0.1)
			mean, standardError := measureLoss(t, c.config, c.line, 50_000, c.steps)
			pooled.add(mean/exact-1, standardError/exact)
			assert.Less(t, standardError/exact, 0.01)
			assert.InDelta(t, 0, (mean-exact)/standardError, 4, "%v ± %v, exact %v", mean, standardError, exact)
		})
	}
}

// Negative controls for the test above.
func TestMeanLossHasTeeth(t *testing.T) {
	distribution, err := correction.For(1)
	require.NoError(t, err)
	l := newLine(256, 1)
	exact := l.MeanLoss(4, 100, 0.1)
	score := func(test minibatch.Test, s float64) float64 {
		mean, standardError := measureLoss(t, Config{Tau: 4, Sigma: 0.1, S: s, Test: test, Seed: 6}, l, 50_000, 2_000_000)
		return (mean - exact) / standardError
	}
	t.Run("s × 1.05", func(t *testing.T) {
		t.Parallel()
		assert.Less(t, score(adaptive(t, 256, minibatch.AdaptiveConfig{Chunk: 32}), 105), -4.0)
	})
	// The printed rule, consulted after each chunk instead of only while the
	// noise is too large, cuts off proposals that are near zero.
	t.Run("eager cut-off", func(t *testing.T) {
		t.Parallel()
		assert.Less(t, score(&eager{random.NewDeck(256), distribution}, 100), -4.0)
	})
}

// eager is the adaptive test with the printed cut-off asked first.
type eager struct {
	deck         *random.Deck
	distribution *correction.Distribution
}

func (e *eager) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	e.deck.Reset()
	var all []float64
	for {
		samples := e.deck.Draw(32, source)
		all = append(all, make([]float64, 32)...)
		if err := d.Differences(all[len(all)-32:], samples[len(samples)-32:]); err != nil {
			return minibatch.Decision{}, err
		}
		mean, variance := stat.MeanVariance(all, nil)
		delta := -s * mean
		rho := s * math.Sqrt(variance/float64(len(all)))
		decision := minibatch.Decision{Samples: len(all), Delta: delta, Variance: rho * rho}
		switch {
		case math.Abs(delta)/rho-10 > 5:
			decision.By, decision.Accepted = minibatch.CutOffReached, delta > 0
		case len(all) == e.deck.Len():
			decision.Accepted = random.Open(source) < 1/(1+math.Exp(-delta))
		case rho <= 1:
			noise := math.Sqrt(1-rho*rho) * rand.New(source).NormFloat64()
			decision.By, decision.Accepted = minibatch.Correction, delta+noise+e.distribution.Rand(source) > 0
		default:
			continue
		}
		return decision, nil
	}
}

// The whole distribution, not only the loss: means and covariances of all
// coordinates of a trajectory with a Gaussian prior against the exact ones.
func TestTrajectoryIsTheExactGaussian(t *testing.T) {
	const tau, sigma, s, priorSigma = 3, 0.2, 50, 0.4
	l := newLine(16, 2)
	mean, covariance, err := l.Gaussian(tau, s, sigma, priorSigma)
	require.NoError(t, err)
	for width := 1; width <= tau; width++ {
		for _, test := range []minibatch.Test{barker(t, 16), metropolis(t, 16)} {
			t.Run(fmt.Sprintf("%d", width), func(t *testing.T) {
				t.Parallel()
				chain := newChain(t, Config{
					Tau: tau, Sigma: sigma, S: s, Width: width, Test: test, Seed: 8,
					Prior: &Gaussian{Sigma: priorSigma},
				}, l)
				scores := momentScores(t, chain, mean, covariance)
				for name, score := range scores {
					// 27 scores each, in 6 runs.
					assert.InDelta(t, 0, score, 4.5, name)
				}
			})
		}
	}

	t.Run("teeth", func(t *testing.T) {
		chain := newChain(t, Config{
			Tau: tau, Sigma: sigma, S: s * 1.05, Test: barker(t, 16), Seed: 9,
			Prior: &Gaussian{Sigma: priorSigma},
		}, l)
		worst := 0.0
		for _, score := range momentScores(t, chain, mean, covariance) {
			worst = math.Max(worst, math.Abs(score))
		}
		assert.Greater(t, worst, 4.5)
	})
}

// momentScores runs a chain and returns by how many standard errors the first
// and second moments of its coordinates differ from those of a Gaussian.
func momentScores(t *testing.T, chain *Chain, mean *mat.VecDense, covariance *mat.SymDense) map[string]float64 {
	t.Helper()
	ctx := context.Background()
	require.NoError(t, chain.Run(ctx, 20_000))
	n := mean.Len()
	series := make([][]float64, n)
	err := chain.Run(ctx, 3_020_000, Every(10, func(c *Chain) error {
		for a, x := range c.Trajectory().Values() {
			series[a] = append(series[a], float64(x)-mean.AtVec(a))
		}
		return nil
	}))
	require.NoError(t, err)
	scores := map[string]float64{}
	for a := range n {
		x := series[a]
		m, e := estimate.Mean(x)
		scores[fmt.Sprint("mean ", a)] = m / e
		for b := range a + 1 {
			product := make([]float64, len(x))
			for i, y := range series[b] {
				product[i] = x[i] * y
			}
			m, e := estimate.Mean(product)
			scores[fmt.Sprintf("covariance %d,%d", a, b)] = (m - covariance.At(a, b)) / e
		}
	}
	return scores
}
