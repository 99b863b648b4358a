package tps

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

func newExchange(t testing.TB, config ExchangeConfig, chains ...*Chain) *Exchange {
	t.Helper()
	x, err := NewExchange(config, chains...)
	require.NoError(t, err)
	return x
}

// newLadder returns a chain for each s.
func newLadder(t testing.TB, config Config, losses Losses, tilts ...float64) []*Chain {
	t.Helper()
	chains := make([]*Chain, len(tilts))
	for k, s := range tilts {
		config.S, config.Stream = s, uint64(k)
		chains[k] = newChain(t, config, losses)
	}
	return chains
}

// exactMeanLoss is ⟨L⟩/τ with a Gaussian prior on the first model.
func exactMeanLoss(t testing.TB, l *exact.Linear, tau int, s, sigma, prior float64) float64 {
	t.Helper()
	mean, covariance, err := l.Gaussian(tau, s, sigma, prior)
	require.NoError(t, err)
	sum, p := 0.0, l.Params()
	for time := range tau {
		for i := range p {
			for j := range p {
				a, b := time*p+i, time*p+j
				off := (mean.AtVec(a) - l.Minimizer[i]) * (mean.AtVec(b) - l.Minimizer[j])
				sum += l.Hessian.At(i, j) * (covariance.At(a, b) + off) / 2
			}
		}
	}
	return l.Residual + sum/float64(tau)
}

// quadraticLoss is the mean loss of a trajectory of a Linear, by its Hessian.
func quadraticLoss(l *exact.Linear, trajectory *Trajectory) float64 {
	sum := 0.0
	for time := range trajectory.Len() {
		model := trajectory.Model(time)
		for i, x := range model {
			for j, y := range model {
				sum += (float64(x) - l.Minimizer[i]) * l.Hessian.At(i, j) * (float64(y) - l.Minimizer[j]) / 2
			}
		}
	}
	return l.Residual + sum/float64(trajectory.Len())
}

// perfect is a move that draws from a Gaussian target, every so many steps: in the
// others it stays. So what a chain is after some swaps is independent of what it was
// after those before, and departs from its target only if they are wrong.
type perfect struct {
	mean  *mat.VecDense
	root  *mat.TriDense // of the covariance
	every int
}

func newPerfect(t testing.TB, l *exact.Linear, tau int, s, sigma, prior float64, every int) perfect {
	t.Helper()
	mean, covariance, err := l.Gaussian(tau, s, sigma, prior)
	require.NoError(t, err)
	var cholesky mat.Cholesky
	require.True(t, cholesky.Factorize(covariance))
	root := mat.NewTriDense(mean.Len(), mat.Lower, nil)
	cholesky.LTo(root)
	return perfect{mean, root, every}
}

func (m perfect) Proposer(Target) (Proposer, error) {
	return &perfectProposer{m, mat.NewVecDense(m.mean.Len(), nil), 0}, nil
}

type perfectProposer struct {
	perfect
	draw  *mat.VecDense
	steps int
}

func (m *perfectProposer) Propose(p *Proposal) error {
	if m.steps%m.every == 0 {
		normal := rand.New(p.Source)
		for a := range m.draw.Len() {
			m.draw.SetVec(a, normal.NormFloat64())
		}
		m.draw.MulVec(m.root, m.draw)
		for a := range m.draw.Len() {
			p.Proposed.values[a] = float32(m.mean.AtVec(a) + m.draw.AtVec(a))
		}
	}
	m.steps++
	p.Exact = true
	return nil
}

// meanLosses runs an exchange, and returns the mean loss of each chain with its
// standard error.
func meanLosses(t testing.TB, x *Exchange, l *exact.Linear, burnIn, steps, every int) (means, standardErrors []float64) {
	t.Helper()
	ctx := context.Background()
	require.NoError(t, x.Run(ctx, burnIn, nil))
	x.ResetStats()
	series := make([][]float64, len(x.chains))
	require.NoError(t, x.Run(ctx, burnIn+steps, func(k int) []Observer {
		return []Observer{Every(every, func(chain *Chain) error {
			series[k] = append(series[k], quadraticLoss(l, chain.Trajectory()))
			return nil
		})}
	}))
	for _, list := range series {
		mean, standardError := estimate.Mean(list)
		means, standardErrors = append(means, mean), append(standardErrors, standardError)
	}
	return means, standardErrors
}

var exchangeTilts = []float64{400, 25, 100} // in no order

// An exchangeCase is an exchange of chains on a line, with the exact answers.
type exchangeCase struct {
	name  string
	line  *exact.Linear
	tau   int
	test  minibatch.Test // of the swaps
	apart float64        // by which share the path measures of neighbors differ
}

// swapsPerDraw is how many rounds of swaps there are for each draw of perfect, but for
// one.
const swapsPerDraw = 4

const exchangeSigma, exchangePrior = 0.1, 0.5

// exchange returns the exchange, of chains with a move, nil for perfect, and the exact
// mean losses.
func (c *exchangeCase) exchange(t testing.TB, move Move, config ExchangeConfig) (x *Exchange, want []float64) {
	t.Helper()
	var chains []*Chain
	of := func(s, sigma, prior float64) Move {
		if move == nil {
			return newPerfect(t, c.line, c.tau, s, sigma, prior, swapsPerDraw)
		}
		return move
	}
	for k, s := range exchangeTilts {
		apart := 1 + c.apart*float64(k)
		sigma, prior := exchangeSigma*apart, exchangePrior*apart
		chains = append(chains, newChain(t, Config{
			Tau: c.tau, Sigma: sigma, S: s, Prior: &Gaussian{Sigma: prior}, Move: of(s, sigma, prior), Seed: 21, Stream: uint64(k),
		}, c.line))
		want = append(want, exactMeanLoss(t, c.line, c.tau, s, sigma, prior))
	}
	return newExchange(t, config, chains...), want
}

// scores returns by how many standard errors, beyond 0.5 %, the mean losses are off
// after some swaps with a test.
func (c *exchangeCase) scores(t testing.TB, draws int) (scores []float64) {
	t.Helper()
	x, want := c.exchange(t, nil, ExchangeConfig{Every: 1, Test: c.test, Seed: 21})
	means, standardErrors := meanLosses(t, x, c.line, 0, swapsPerDraw*draws, swapsPerDraw)
	return scoresOf(t, x, means, standardErrors, want)
}

// scoresOf returns the scores of mean losses, and logs what there is to be seen.
func scoresOf(t testing.TB, x *Exchange, means, standardErrors, want []float64) (scores []float64) {
	for k, mean := range means {
		t.Logf("s = %v: off by %.2f ± %.2f %%", x.tilts[k], 100*(mean/want[k]-1), 100*standardErrors[k]/want[k])
		scores = append(scores, max(0, math.Abs(mean-want[k])-0.005*want[k])/standardErrors[k])
	}
	for _, pair := range x.Stats().Pairs {
		t.Logf("chains %d and %d: %.2f of the swaps, with %.0f samples", pair.Low, pair.High, pair.Swaps.Acceptance(),
			float64(pair.DataUse)/float64(pair.Swaps.Proposed))
	}
	return scores
}

// Each chain samples its own target, whatever is swapped.
func TestSwapsAreExact(t *testing.T) {
	few, many := newLine(16, 1), newLine(1024, 1)
	for _, c := range []exchangeCase{
		{"Barker τ=1", few, 1, barker(t, 16), 0},
		{"Barker τ=4", few, 4, barker(t, 16), 0},
		{"adaptive τ=1", many, 1, nil, 0},
		{"adaptive τ=4", many, 4, nil, 0},
		{"Metropolis τ=4, other paths", few, 4, metropolis(t, 16), 0.1},
		{"adaptive τ=2, other paths", many, 2, nil, 0.3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			draws := 25_000
			if *long {
				draws *= 20
			}
			for k, score := range c.scores(t, draws) {
				assert.Less(t, score, 4.0, "chain %d", k)
			}
		})
	}
}

// wrong decides on swaps with another tilt.
type wrong struct {
	minibatch.Test
	tilt func(s float64) float64
}

func (w wrong) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	return w.Test.Decide(d, w.tilt(s), source)
}

func (w wrong) Clone() minibatch.Test { return wrong{cloneTest(w.Test), w.tilt} }

// Negative controls for the test above.
func TestSwapsHaveTeeth(t *testing.T) {
	few := newLine(16, 1)
	sums := map[float64]float64{75: 125, 300: 500} // by differences of the tilts
	for _, c := range []struct {
		name  string
		apart float64
		test  minibatch.Test
		draws int
	}{
		{"sign", 0, wrong{barker(t, 16), func(s float64) float64 { return -s }}, 2_000},
		{"sum", 0, wrong{barker(t, 16), func(s float64) float64 { return sums[s] }}, 40_000},
		{"no Δ", 0, wrong{barker(t, 16), func(float64) float64 { return 0 }}, 2_000},
		{"s × 1.25", 0, wrong{barker(t, 16), func(s float64) float64 { return 1.25 * s }}, 40_000},
		{"no known part", 0.3, forgetful{barker(t, 16)}, 20_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			off := exchangeCase{c.name, few, 2, c.test, c.apart}
			assert.Greater(t, slices.Max(off.scores(t, c.draws)), 4.0)
		})
	}
}

// forgetful decides without what is known of Δ.
type forgetful struct{ minibatch.Test }

func (f forgetful) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	return f.Test.Decide(unknown{d}, s, source)
}

// unknown differences say nothing but the differences.
type unknown struct{ of minibatch.Differences }

func (u unknown) Samples() int { return u.of.Samples() }

func (u unknown) Differences(dst []float64, samples []int) error {
	return u.of.Differences(dst, samples)
}

// With the moves of chains between swaps, and adaptive tests of both.
func TestExchangeIsExact(t *testing.T) {
	l := newLine(256, 1)
	for _, c := range []exchangeCase{{"τ=1", l, 1, nil, 0}, {"τ=4", l, 4, nil, 0}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			steps := 40_000
			if *long {
				steps = 4_000_000
			}
			move := Mix{{2, Autoregressive{}}, {1, RigidShift{Step: 0.15}}}
			x, want := c.exchange(t, move, ExchangeConfig{Every: 2 * c.tau})
			means, standardErrors := meanLosses(t, x, l, steps/20, steps, 2*c.tau)
			for k, score := range scoresOf(t, x, means, standardErrors, want) {
				assert.Less(t, score, 4.0, "chain %d", k)
			}
		})
	}
}
