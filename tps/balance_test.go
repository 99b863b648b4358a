package tps

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// A fixedProposal is a proposal and the way back.
type fixedProposal struct {
	differences []float64
	distance    float64 // between the parameters
	delta       float64 // Δ for s = N
	back        bool

	// Of a reference near by.
	strata  *minibatch.Strata
	slopes  []float64 // to first order, forward
	slope   float64   // their mean
	squared float64   // the scale of what is beyond
}

func (p *fixedProposal) Samples() int { return len(p.differences) }

func (p *fixedProposal) Differences(dst []float64, samples []int) error {
	for j, i := range samples {
		d := p.differences[i]
		if p.back {
			d = -d
		}
		dst[j] = d
	}
	return nil
}

// scaledProposal is a fixedProposal that knows its size.
type scaledProposal struct{ *fixedProposal }

func (p scaledProposal) Scale() float64 { return p.distance }

// referencedProposal is a scaledProposal that has a reference.
type referencedProposal struct{ scaledProposal }

func (p referencedProposal) Strata() []*minibatch.Strata { return []*minibatch.Strata{p.strata} }

func (p referencedProposal) Slope() (mean, scale float64, known bool) {
	if p.back {
		return -p.slope, p.squared, true
	}
	return p.slope, p.squared, true
}

func (p referencedProposal) Weighted(dst, slopes []float64, samples []int, _ []float64) error {
	for j, i := range samples {
		if slopes == nil {
			break
		}
		slopes[j] = p.slopes[i]
		if p.back {
			slopes[j] *= -1
		}
	}
	return p.Differences(dst, samples)
}

// fixedProposals returns proposals from the posterior of the regression with few
// of one class, in the direction in which the terms of Δ are skewed to the right.
func fixedProposals(t testing.TB, count int) []*fixedProposal {
	c := regressionCase{n: 500, params: 2, share: 0.05, tau: 1, size: 0.5}
	d := c.target(t)
	center, hessian := d.mode(t)
	var chol mat.Cholesky
	require.True(t, chol.Factorize(hessian))
	var lower mat.TriDense
	chol.LTo(&lower)
	r := normalSource(500)
	all := make([]int, c.n)
	for i := range all {
		all[i] = i
	}
	// Away from the mode, so that slopes have a mean.
	reference, losses := []float32{float32(center[0] + d.sigma), float32(center[1] - d.sigma)}, make([]float64, c.n)
	d.Losses([][]float64{losses}, [][]float32{reference}, all)
	strata := new(minibatch.Strata)
	strata.Set(losses)
	proposals := make([]*fixedProposal, count)
	for k := range proposals {
		var step mat.VecDense
		require.NoError(t, step.SolveVec(lower.T(), mat.NewVecDense(2, []float64{r.NormFloat64(), r.NormFloat64()})))
		models := [][]float32{make([]float32, 2), make([]float32, 2)}
		p := &fixedProposal{differences: make([]float64, c.n), strata: strata, slopes: make([]float64, c.n)}
		direction, away := make([]float32, 2), 0.0
		for a := range 2 {
			move := d.sigma * r.NormFloat64()
			models[0][a] = float32(center[a] + step.AtVec(a))
			models[1][a] = float32(center[a] + step.AtVec(a) + move)
			p.distance = math.Hypot(p.distance, move)
			direction[a] = models[1][a] - models[0][a]
			away = math.Hypot(away, float64(models[0][a])+move/2-float64(reference[a]))
		}
		p.squared = p.distance * away
		slopedRegression{d.regression}.LossesAndSlopes(nil, nil, [][]float64{p.slopes}, [][]float32{reference}, [][]float32{direction}, all)
		rows := [][]float64{make([]float64, c.n), make([]float64, c.n)}
		d.Losses(rows, models, all)
		mean := 0.0
		for i := range all {
			p.differences[i] = rows[1][i] - rows[0][i]
			mean += p.differences[i] / float64(c.n)
		}
		third := 0.0
		for _, x := range p.differences {
			third -= (x - mean) * (x - mean) * (x - mean)
		}
		if third < 0 {
			for i := range p.differences {
				p.differences[i] *= -1
				p.slopes[i] *= -1
			}
			mean *= -1
		}
		for _, slope := range p.slopes {
			p.slope += slope / float64(c.n)
		}
		p.delta = -float64(c.n) * mean
		proposals[k] = p
	}
	return proposals
}

// An imbalance is ln[A(forward)/A(back)] − Δ of some proposals, 0 with detailed
// balance.
type imbalance struct {
	mean, meanError   float64
	worst, worstError float64 // the largest in standard errors
	batch             float64
}

// imbalanceOf lets one test decide on all the proposals in turn, a random
// direction each, decisions times each.
func imbalanceOf(t testing.TB, proposals []*fixedProposal, test func() minibatch.Test, together, scaled bool, decisions int) imbalance {
	const settled = 2000
	counts := make([][2][2]float64, len(proposals)) // by direction and acceptance
	source, samples := random.Source(501), 0.0
	r := rand.New(random.Source(502))
	decide := func(test minibatch.Test, k int, count bool) {
		p := proposals[k]
		direction := int(r.Uint64() & 1)
		p.back = direction == 1
		var d minibatch.Differences = p
		if scaled {
			d = referencedProposal{scaledProposal{p}} // whose reference is not used with Uniform
		}
		decision, err := test.Decide(d, float64(p.Samples()), source)
		if err != nil {
			require.NoError(t, err)
		}
		if !count {
			return
		}
		accepted := 0
		if decision.Accepted {
			accepted = 1
		}
		counts[k][direction][accepted]++
		samples += float64(decision.Samples)
	}
	if together {
		one := test()
		for i := range settled + decisions*len(proposals) {
			decide(one, r.IntN(len(proposals)), i >= settled)
		}
	} else {
		for k := range proposals {
			one := test()
			for i := range settled + decisions {
				decide(one, k, i >= settled)
			}
		}
	}
	var out imbalance
	for k, p := range proposals {
		off, variance := -p.delta, 0.0
		for direction, c := range counts[k] {
			n := c[0] + c[1]
			rate := c[1] / n
			off += float64(1-2*direction) * math.Log(rate)
			variance += (1 - rate) / (rate * n)
		}
		out.mean += off / float64(len(proposals))
		out.meanError += variance / float64(len(proposals)*len(proposals))
		if e := math.Sqrt(variance); out.worstError == 0 || math.Abs(off)/e > math.Abs(out.worst)/out.worstError {
			out.worst, out.worstError = off, e
		}
	}
	out.meanError = math.Sqrt(out.meanError)
	out.batch = samples / float64(decisions*len(proposals))
	return out
}

// Detailed balance at fixed proposals of a regression, forward and back:
// ln[A(forward)/A(back)] = Δ within 4 standard errors and a bound. The bound is
// 0.01 for a test that sees one proposal, and for the mean over proposals whose
// sizes it knows. A test that sees very different proposals by turns takes them
// for more alike than they are: then single ones are off by more, and the mean is
// if it does not know the sizes. The rule Stopping fails, unless a single chunk
// is almost always enough.
func TestDetailedBalance(t *testing.T) {
	decisions := 4_000
	if *long {
		decisions = 200_000
	}
	for _, chunk := range []int{20, 37, 60, 240} {
		for _, c := range []struct {
			name             string
			together, scaled bool
			config           minibatch.AdaptiveConfig
			mean, worst      float64 // bounds
		}{
			{"one by one", false, false, minibatch.AdaptiveConfig{}, 0.01, 0.01},
			{"by turns, of known size", true, true, minibatch.AdaptiveConfig{Estimate: minibatch.Uniform}, 0.01, 0.06},
			{"by turns, weighted", true, true, minibatch.AdaptiveConfig{Estimate: minibatch.Weighted}, 0.01, 0.06},
			{"by turns, controlled", true, true, minibatch.AdaptiveConfig{Estimate: minibatch.Controlled}, 0.01, 0.06},
			{"by turns", true, false, minibatch.AdaptiveConfig{}, 0.03, 0.15},
			{"stopping", true, false, minibatch.AdaptiveConfig{Rule: minibatch.Stopping}, 0, 0},
			{"stopping, infinite population", true, false, minibatch.AdaptiveConfig{Rule: minibatch.Stopping, InfinitePopulation: true}, 0, 0},
		} {
			if c.config.Estimate > minibatch.Uniform && chunk != 20 && chunk != 60 && !*long {
				continue
			}
			t.Run(fmt.Sprintf("chunk=%d/%s", chunk, c.name), func(t *testing.T) {
				t.Parallel()
				proposals := fixedProposals(t, 30)
				c.config.Chunk = chunk
				v := imbalanceOf(t, proposals, func() minibatch.Test { return adaptive(t, 500, c.config) }, c.together, c.scaled, decisions)
				t.Logf("chunk %d, %s: mean %+.4f ± %.4f, worst %+.4f ± %.4f, b %.1f", chunk, c.name, v.mean, v.meanError, v.worst, v.worstError, v.batch)
				switch {
				case c.config.Rule == minibatch.Planned:
					assert.LessOrEqual(t, math.Abs(v.mean), c.mean+4*v.meanError)
					assert.LessOrEqual(t, math.Abs(v.worst), c.worst+4*v.worstError)
				case chunk <= 60:
					assert.Greater(t, math.Abs(v.mean), 0.03+4*v.meanError)
				}
			})
		}
	}
}
