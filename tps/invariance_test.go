package tps

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/trajens/trajens/internal/random"
)

const (
	invarianceSigma  = 0.5
	invarianceParams = 4
)

// departure draws trajectories from the path measure, applies some moves to
// each, and returns by how much the result departs from the path measure: the
// largest score in standard errors of any mean or covariance of the standard
// normal variables that make the trajectory, and the p-value of a chi-squared test
// on their total squares, which are chi-squared distributed themselves.
//
// With a flat prior the walk starts at zero, and the increments are looked at
// alone: the moves do not depend on where the walk is, so the distribution of
// the increments must not change.
func departure(tau int, path Path, replicas int, change func(*Trajectory)) (score, p float64) {
	normal := normalSource(uint64(tau))
	white := whiten(tau, path)
	trajectory, err := NewTrajectory(tau, invarianceParams)
	if err != nil {
		panic(err)
	}
	z := make([]float64, tau*invarianceParams)
	terms := len(z) // standard normal variables of a trajectory
	if path.Prior == nil {
		terms -= invarianceParams
	}
	means := make([]moments, terms)
	products := make([]moments, terms*(terms+1)/2)
	const bins = 20
	counts := make([]float64, bins)
	total := distuv.ChiSquared{K: float64(terms)}

	for range replicas {
		for a := range z[:terms] {
			z[a] = normal.NormFloat64()
		}
		white.color(trajectory, z[:terms])
		change(trajectory)
		white.whiten(z[:terms], trajectory)
		pair, squares := 0, 0.0
		for a, x := range z[:terms] {
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
	for a := range terms {
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

// A whitening makes trajectories of the path measure from standard normal
// variables, and these from trajectories.
type whitening struct {
	path  Path
	means [][]float64 // by coordinate and time; none if the prior is flat
	lower [][]float64 // Cholesky factor of a coordinate's precision
}

func whiten(tau int, path Path) whitening {
	w := whitening{path: path}
	if path.Prior == nil {
		return w
	}
	var chol mat.Cholesky
	for i := range invarianceParams {
		precision, field := precisionOf(path, tau, i, 0, 0, 0, 0)
		mean := mat.NewVecDense(tau, nil)
		if !chol.Factorize(precision) || chol.SolveVecTo(mean, field) != nil {
			panic("the path measure has no precision matrix")
		}
		w.means = append(w.means, mean.RawVector().Data)
	}
	var lower mat.TriDense
	chol.LTo(&lower)
	for j := range tau {
		row := make([]float64, tau)
		for k := range j + 1 {
			row[k] = lower.At(j, k)
		}
		w.lower = append(w.lower, row)
	}
	return w
}

// color sets a trajectory to the one that the variables make: with a prior the
// solution of Lᵀ(Θ − mean) = z, backwards from the last model.
func (w *whitening) color(trajectory *Trajectory, z []float64) {
	tau := trajectory.Len()
	if w.path.Prior == nil {
		clear(trajectory.Model(0))
		for t := 1; t < tau; t++ {
			for i := range invarianceParams {
				trajectory.Model(t)[i] = float32(float64(trajectory.Model(t - 1)[i]) + w.path.Sigma*z[(t-1)*invarianceParams+i])
			}
		}
		return
	}
	for i := range invarianceParams {
		var off [8]float64
		for t := tau - 1; t >= 0; t-- {
			x := z[t*invarianceParams+i]
			for k := t + 1; k < tau; k++ {
				x -= w.lower[k][t] * off[k]
			}
			off[t] = x / w.lower[t][t]
			trajectory.Model(t)[i] = float32(w.means[i][t] + off[t])
		}
	}
}

// whiten sets z to the variables that make a trajectory.
func (w *whitening) whiten(z []float64, trajectory *Trajectory) {
	tau := trajectory.Len()
	for i := range invarianceParams {
		if w.path.Prior == nil {
			for t := 1; t < tau; t++ {
				z[(t-1)*invarianceParams+i] = (float64(trajectory.Model(t)[i]) - float64(trajectory.Model(t - 1)[i])) / w.path.Sigma
			}
			continue
		}
		for t := range tau {
			x := 0.0
			for k := t; k < tau; k++ {
				x += w.lower[k][t] * (float64(trajectory.Model(k)[i]) - w.means[i][k])
			}
			z[t*invarianceParams+i] = x
		}
	}
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

// changeWithoutRoot changes a model, but keeps 1 − β of its deviation from its mean
// instead of the root of 1 − β².
func (m mover) changeWithoutRoot(trajectory *Trajectory, time int) {
	before := trajectory.Clone()
	m.change(trajectory, time)
	l := m.links[time][0]
	for i, x := range before.Model(time) {
		mean := 0.0
		if l.prior > 0 {
			mean = l.prior * m.path.Prior.At(i)
		}
		if l.besideTime >= 0 {
			mean += l.beside * float64(before.Model(l.besideTime)[i])
		}
		if l.endTime >= 0 {
			mean += l.end * float64(before.Model(l.endTime)[i])
		}
		keep := math.Sqrt(1 - m.beta*m.beta)
		trajectory.Model(time)[i] += float32((1 - m.beta - keep) * (float64(x) - mean))
	}
}

// Every kind of move, of every width, leaves the path measure unchanged.
func TestMovesLeaveThePathMeasureInvariant(t *testing.T) {
	for name, path := range testedPaths() {
		for _, tau := range []int{1, 2, 5} {
			if path.Prior == nil && tau == 1 {
				continue // it has no increments
			}
			if path.EveryModel && tau != 2 {
				continue // TestMoreMovesLeaveThePathMeasureInvariant has them
			}
			for width := 1; width <= tau; width++ {
				for _, fraction := range []float64{0.25, 1} {
					t.Run(fmt.Sprintf("%s/τ=%d/w=%d/f=%v", name, tau, width, fraction), func(t *testing.T) {
						t.Parallel()
						m := newMover(tau, Autoregressive{Width: width, Fraction: fraction}, path)
						seen := map[Kind]bool{}
						score, p := departure(tau, path, replicas, func(trajectory *Trajectory) {
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
		score, p := departure(3, chain.config.path(), replicas, func(trajectory *Trajectory) { stepFrom(t, chain, trajectory, movesEachTime) })
		assert.Less(t, score, float64(largestScore))
		assert.Greater(t, p, smallestP)
		accepted := chain.Stats()
		assert.InDelta(t, 0.5, accepted.Acceptance(), 4*0.5/math.Sqrt(float64(accepted.Steps)))
	}
}

// stepFrom lets a chain make steps from a trajectory, and sets it to where they end.
func stepFrom(t testing.TB, chain *Chain, trajectory *Trajectory, steps int) {
	copy(chain.current.values, trajectory.values)
	copy(chain.proposed.values, trajectory.values)
	for range steps {
		if _, err := chain.Step(); err != nil {
			require.NoError(t, err)
		}
	}
	copy(trajectory.values, chain.current.values)
}

// Negative controls: moves that are slightly wrong must be seen.
func TestInvarianceHasTeeth(t *testing.T) {
	wide := &Gaussian{Sigma: 2}
	for _, c := range []struct {
		name   string
		path   Path
		belief Path // what the mover takes for it
		change func(mover, *Trajectory)
	}{
		{"bridge of variance σ² instead of σ²/2", Path{Sigma: invarianceSigma}, Path{Sigma: invarianceSigma * math.Sqrt2},
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 1) }},
		{"bridge of 3 % too much width", Path{Sigma: invarianceSigma}, Path{Sigma: invarianceSigma * 1.03},
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 1) }},
		{"bridge towards one side", Path{Sigma: invarianceSigma}, Path{Sigma: invarianceSigma},
			func(m mover, trajectory *Trajectory) {
				m.change(trajectory, 1)
				for i := range trajectory.Model(1) {
					trajectory.Model(1)[i] += 0.04 * (trajectory.Model(0)[i] - trajectory.Model(2)[i])
				}
			}},
		{"shoot of 3 % too much width", Path{Sigma: invarianceSigma}, Path{Sigma: invarianceSigma * 1.03},
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 2) }},
		{"shoot that forgets the prior", Path{Sigma: invarianceSigma, Prior: wide}, Path{Sigma: invarianceSigma},
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 0) }},
		{"walk that forgets the prior", Path{Sigma: invarianceSigma, Prior: wide}, Path{Sigma: invarianceSigma},
			func(m mover, trajectory *Trajectory) { m.width = 3; m.change(trajectory, 0) }},
		{"bridge that forgets the prior of every model", Path{invarianceSigma, wide, true}, Path{invarianceSigma, wide, false},
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 1) }},
		{"walk that forgets the prior of every model", Path{invarianceSigma, wide, true}, Path{invarianceSigma, wide, false},
			func(m mover, trajectory *Trajectory) { m.width = 3; m.change(trajectory, 0) }},
		{"shoot that has the first model's prior on every model", Path{invarianceSigma, wide, false}, Path{invarianceSigma, wide, true},
			func(m mover, trajectory *Trajectory) { m.change(trajectory, 2) }},
		{"β without the root", Path{Sigma: invarianceSigma}, Path{Sigma: invarianceSigma},
			func(m mover, trajectory *Trajectory) { m.beta = 0.1; m.changeWithoutRoot(trajectory, 1) }},
		{"β without the root, every model with a prior", Path{invarianceSigma, wide, true}, Path{invarianceSigma, wide, true},
			func(m mover, trajectory *Trajectory) { m.beta = 0.1; m.changeWithoutRoot(trajectory, 0) }},
	} {
		m := newMover(3, Autoregressive{}, c.belief)
		score, p := departure(3, c.path, replicas, func(trajectory *Trajectory) { c.change(m, trajectory) })
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
