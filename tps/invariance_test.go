package tps

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/trajens/trajens/internal/random"
)

const (
	invarianceSigma  = 0.5
	invarianceParams = 4
)

// departure draws trajectories from the path measure, applies some moves to
// each, and returns by how much the result departs from the path measure: the
// largest score in standard errors of any mean or covariance of the first
// model and the increments, and the p-value of a chi-squared test on the
// trajectories' total squares, which are chi-squared distributed themselves.
//
// With a flat prior the walk starts at zero, and the increments are looked at
// alone: the moves do not depend on where the walk is, so the distribution of
// the increments must not change.
func departure(tau int, prior *Gaussian, replicas int, change func(*Trajectory)) (score, p float64) {
	normal := normalSource(uint64(tau))
	first := make([]float32, invarianceParams)
	terms := tau * invarianceParams // standard normal variables of a trajectory
	if prior == nil {
		terms -= invarianceParams
	}
	z := make([]float64, terms)
	means := make([]moments, terms)
	products := make([]moments, terms*(terms+1)/2)
	const bins = 20
	counts := make([]float64, bins)
	total := distuv.ChiSquared{K: float64(terms)}

	for range replicas {
		if prior != nil {
			for i := range first {
				first[i] = float32(prior.At(i) + prior.Sigma*normal.NormFloat64())
			}
		}
		trajectory, err := RandomWalk(tau, first, invarianceSigma, normal)
		if err != nil {
			panic(err)
		}
		change(trajectory)

		at := 0
		for t := range tau {
			for i, v := range trajectory.Model(t) {
				switch {
				case t > 0:
					z[at] = (float64(v) - float64(trajectory.Model(t - 1)[i])) / invarianceSigma
				case prior != nil:
					z[at] = (float64(v) - prior.At(i)) / prior.Sigma
				default:
					continue
				}
				at++
			}
		}
		pair, squares := 0, 0.0
		for a, x := range z {
			means[a].add(x)
			squares += x * x
			for _, y := range z[:a+1] {
				products[pair].add(x * y)
				pair++
			}
		}
		counts[min(bins-1, int(bins*total.CDF(squares)))]++
	}

	for a := range means {
		score = math.Max(score, math.Abs(means[a].score(0)))
	}
	pair := 0
	for a := range z {
		for b := 0; b <= a; b++ {
			expected := 0.0
			if a == b {
				expected = 1
			}
			score = math.Max(score, math.Abs(products[pair].score(expected)))
			pair++
		}
	}
	sum, expected := 0.0, float64(replicas)/bins
	for _, c := range counts {
		sum += (c - expected) * (c - expected) / expected
	}
	return score, distuv.ChiSquared{K: bins - 1}.Survival(sum)
}

// A departure has up to some 300 scores: 5 standard errors are exceeded by
// chance once in 6,000 of them.
const (
	largestScore  = 5
	smallestP     = 1e-5
	replicas      = 40_000
	movesEachTime = 5
)

// A mover makes proposals in a trajectory, with no chain.
type mover struct {
	*autoregressive
	source rand.Source
}

func newMover(tau int, move Autoregressive, path Path) mover {
	proposer, err := move.Proposer(Target{Tau: tau, Path: path, Losses: none{invarianceParams}})
	if err != nil {
		panic(err)
	}
	return mover{proposer.(*autoregressive), random.Source(78, uint64(move.Width))}
}

// propose changes the trajectory and returns what was changed.
func (m mover) propose(trajectory *Trajectory) (p Proposal) {
	p.begin(trajectory.Clone(), trajectory, 0, m.source)
	if err := m.Propose(&p); err != nil {
		panic(err)
	}
	return p
}

// change changes the window that begins at a time.
func (m mover) change(trajectory *Trajectory, first int) {
	var p Proposal
	p.begin(trajectory.Clone(), trajectory, 0, m.source)
	if err := m.ProposeAt(&p, first); err != nil {
		panic(err)
	}
}

// Every kind of move, of every width, leaves the path measure unchanged.
func TestMovesLeaveThePathMeasureInvariant(t *testing.T) {
	priors := map[string]*Gaussian{
		"flat":   nil,
		"narrow": {Sigma: 0.3, Mean: []float32{1, -2, 0, 0.5}}, // below σ
		"wide":   {Sigma: 2},
	}
	for name, prior := range priors {
		for _, tau := range []int{1, 2, 5} {
			if prior == nil && tau == 1 {
				continue // it has no increments
			}
			for width := 1; width <= tau; width++ {
				for _, fraction := range []float64{0.25, 1} {
					t.Run(fmt.Sprintf("%s/τ=%d/w=%d/f=%v", name, tau, width, fraction), func(t *testing.T) {
						t.Parallel()
						m := newMover(tau, Autoregressive{Width: width, Fraction: fraction}, Path{Sigma: invarianceSigma, Prior: prior})
						seen := map[Kind]bool{}
						score, p := departure(tau, prior, replicas, func(trajectory *Trajectory) {
							for range movesEachTime {
								seen[m.propose(trajectory).Kind] = true
							}
						})
						assert.Less(t, score, float64(largestScore))
						assert.Greater(t, p, smallestP)
						assert.Equal(t, tau == width, seen[Walk])
						assert.Equal(t, tau > width, seen[Shoot])
						assert.Equal(t, tau > width+1, seen[Bridge])
					})
				}
			}
		}
	}
}

// The chain with s = 0, which rejects half of the proposals, too.
func TestChainWithoutTiltLeavesThePathMeasureInvariant(t *testing.T) {
	prior := &Gaussian{Sigma: 1}
	for _, width := range []int{1, 2, 3} {
		chain := newChain(t, Config{
			Tau: 3, Sigma: invarianceSigma, Width: width, Fraction: 0.5, Prior: prior,
			Test: barker(t, 2), Seed: uint64(width),
		}, none{invarianceParams})
		score, p := departure(3, prior, replicas, func(trajectory *Trajectory) {
			copy(chain.current.values, trajectory.values)
			copy(chain.proposed.values, trajectory.values)
			for range movesEachTime {
				_, err := chain.Step()
				require.NoError(t, err)
			}
			copy(trajectory.values, chain.current.values)
		})
		assert.Less(t, score, float64(largestScore))
		assert.Greater(t, p, smallestP)
		accepted := chain.Stats()
		assert.InDelta(t, 0.5, accepted.Acceptance(), 4*0.5/math.Sqrt(float64(accepted.Steps)))
	}
}

// Negative controls: moves that are slightly wrong must be seen.
func TestInvarianceHasTeeth(t *testing.T) {
	for _, c := range []struct {
		name   string
		sigma  float64 // that the mover takes for σ
		prior  *Gaussian
		belief *Gaussian // what the mover takes for the prior
		change func(mover, *Trajectory)
	}{
		{"bridge of variance σ² instead of σ²/2", invarianceSigma * math.Sqrt2, nil, nil,
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 1) }},
		{"bridge of 3 % too much width", invarianceSigma * 1.03, nil, nil,
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 1) }},
		{"bridge towards one side", invarianceSigma, nil, nil,
			func(m mover, trajectory *Trajectory) {
				m.change(trajectory, 1)
				for i := range trajectory.Model(1) {
					trajectory.Model(1)[i] += 0.04 * (trajectory.Model(0)[i] - trajectory.Model(2)[i])
				}
			}},
		{"shoot of 3 % too much width", invarianceSigma * 1.03, nil, nil,
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 2) }},
		{"shoot that forgets the prior", invarianceSigma, &Gaussian{Sigma: 2}, nil,
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 0) }},
		{"walk that forgets the prior", invarianceSigma, &Gaussian{Sigma: 2}, nil,
			func(m mover, trajectory *Trajectory) { m.width = 3; m.change(trajectory, 0) }},
	} {
		m := newMover(3, Autoregressive{}, Path{Sigma: c.sigma, Prior: c.belief})
		score, p := departure(3, c.prior, replicas, func(trajectory *Trajectory) { c.change(m, trajectory) })
		assert.True(t, score > largestScore || p < smallestP, "%s: score %.1f, p %.2g", c.name, score, p)
	}
}

// P(shoot) = 2/τ for windows of one model, and windows are chosen uniformly.
func TestWindowsAreUniform(t *testing.T) {
	for _, c := range []struct{ tau, width int }{{2, 1}, {8, 1}, {8, 3}, {3, 3}} {
		m := newMover(c.tau, Autoregressive{Width: c.width, Fraction: 0.5}, Path{Sigma: 1})
		trajectory, err := NewTrajectory(c.tau, invarianceParams)
		require.NoError(t, err)
		const draws = 100_000
		firsts := make([]int, c.tau-c.width+1)
		coordinates := make([]int, invarianceParams)
		for range draws {
			w := m.propose(trajectory)
			require.Equal(t, c.width, w.Width)
			require.Len(t, w.Coordinates, 2)
			firsts[w.First]++
			for _, i := range w.Coordinates {
				coordinates[i]++
			}
		}
		for _, count := range firsts {
			p := 1 / float64(len(firsts))
			assert.InDelta(t, p, float64(count)/draws, 4*math.Sqrt(p*(1-p)/draws)+1e-12)
		}
		for _, count := range coordinates {
			assert.InDelta(t, 0.5, float64(count)/draws, 4*0.5/math.Sqrt(draws))
		}
	}
}
