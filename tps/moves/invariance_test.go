package moves

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/tps"
)

// departure runs a chain without tilt, and returns by how many standard errors the
// first and second moments of its trajectory are off, at most, and how many there are.
// With a flat prior the differences between models are looked at alone.
func departure(t testing.TB, path tps.Path, tau, steps int, move tps.Move) (worst float64, count int) {
	t.Helper()
	l := newLine(t, 16)
	chain := newChain(t, tps.Config{
		Tau: tau, Sigma: path.Sigma, Prior: path.Prior, EveryModel: path.EveryModel, Seed: 7, Move: move, Test: barkerTest(t, 16),
	}, l.losses())
	flat := path.Prior == nil
	known := path
	if flat {
		known.Prior = &tps.Gaussian{Sigma: 1} // which differences do not depend on
	}
	mean, covariance := l.ensemble(t, known, tau, 0)
	terms := 2 * tau
	if flat {
		terms -= 2
	}
	series := make([][]float64, terms)
	for k := range steps {
		if _, err := chain.Step(); err != nil {
			require.NoError(t, err)
		}
		if k < steps/20 {
			continue
		}
		values := chain.Trajectory().Values()
		for a := range series {
			x := float64(values[a]) - mean.AtVec(a)
			if flat {
				x = float64(values[a+2]) - float64(values[a])
			}
			series[a] = append(series[a], x)
		}
	}
	assert.Zero(t, chain.Stats().DataUse)
	score := func(x []float64, want float64) {
		m, e := estimate.Mean(x)
		worst = math.Max(worst, math.Abs(m-want)/e)
		count++
	}
	product := make([]float64, len(series[0]))
	for a, x := range series {
		score(x, 0)
		for b := range a + 1 {
			for i, y := range series[b] {
				product[i] = x[i] * y
			}
			want := covariance.At(a, b)
			if flat {
				want = 0
				if a == b {
					want = path.Sigma * path.Sigma
				}
			}
			score(product, want)
		}
	}
	return worst, count
}

// Without tilt the moves leave the path measure as it is. Among some 200 scores of more
// than 4 standard errors there should be one in eighty runs, and none above 5.
func TestMovesLeaveThePathMeasureInvariant(t *testing.T) {
	few := 40_000
	if *long {
		few *= 30
	}
	gradients := newLine(t, 16).gradients
	for name, path := range pathsOfTests {
		for kind, move := range map[string]tps.Move{
			"Langevin":          Langevin{Gradient: gradients, Beta: 0.8},
			"Barker":            Barker{Gradient: gradients, Step: 1.2},
			"Hamiltonian":       Hamiltonian{Gradient: gradients, Step: 0.7, Steps: 2},
			"Hamiltonian whole": Hamiltonian{Gradient: gradients, Step: 0.7, Steps: 2, Whole: true},
		} {
			t.Run(fmt.Sprintf("%s %s", name, kind), func(t *testing.T) {
				worst, count := departure(t, path, 3, few, move)
				assert.Less(t, worst, 5.0, "%d scores", count)
			})
		}
	}
}

// Negative controls.
func TestInvarianceHasTeeth(t *testing.T) {
	gradients := newLine(t, 16).gradients
	pathless := func(path *tps.Path, p *tps.Proposal) { p.Known -= path.LogRatio(p) }
	turned := func(_ *tps.Path, p *tps.Proposal) { p.Known = -p.Known }
	wide := func(_ *tps.Path, p *tps.Proposal) {
		for i, x := range p.Current.Model(p.First) {
			p.Proposed.Model(p.First)[i] += 0.3 * (p.Proposed.Model(p.First)[i] - x)
		}
	}
	for name, move := range map[string]tps.Move{
		"Barker, without the path":      spoiled{Barker{Gradient: gradients, Step: 1.2}, pathless},
		"Barker, ratio turned":          spoiled{Barker{Gradient: gradients, Step: 1.2}, turned},
		"Langevin, too wide":            spoiled{Langevin{Gradient: gradients, Beta: 0.8}, wide},
		"Hamiltonian, without the path": spoiled{Hamiltonian{Gradient: gradients, Step: 0.7, Steps: 2, Whole: true}, pathless},
	} {
		t.Run(name, func(t *testing.T) {
			worst, _ := departure(t, pathsOfTests["every model"], 3, 60_000, move)
			assert.Greater(t, worst, 5.0)
		})
	}
}
