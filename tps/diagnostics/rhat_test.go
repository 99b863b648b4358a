package diagnostics

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/gonum/stat/distuv"
)

// In stationary chains of independent normal values B/W has an F distribution,
// so R̂ exceeds what belongs to its upper 5 % in 5 % of the cases. The number
// of alarms is binomial.
func TestSplitRHatHasItsDistribution(t *testing.T) {
	const m, n, trials = 4, 50, 20_000
	normal := normalSource(40)
	limit := distuv.F{D1: 2*m - 1, D2: 2 * m * (n/2 - 1)}.Quantile(0.95)
	limit = math.Sqrt(1 - 2.0/n + limit*2/n)
	alarms := 0
	chains := make([][]float64, m)
	for k := range chains {
		chains[k] = make([]float64, n)
	}
	for range trials {
		for _, chain := range chains {
			autoregressive(chain, 1, normal)
		}
		if SplitRHat(chains) > limit {
			alarms++
		}
	}
	assert.InDelta(t, 0.05, float64(alarms)/trials, 4*math.Sqrt(0.05*0.95/trials))
}

// Calculated with NumPy and SciPy.
func TestRHatOfFewValues(t *testing.T) {
	uneven := [][]float64{{1, 4, 2, 8, 5, 7, 3}, {2, 2, 9, 1, 6, 0, 8}, {30, 1, 2, 4, 4, 5, 9}}
	assert.InDelta(t, 0.9100725276539755, SplitRHat(uneven), 1e-12)
	assert.InDelta(t, 0.970176146058273, RankRHat(uneven), 1e-9)
	lengths := [][]float64{{1, 2, 3, 4}, {2, 3, 4, 5, 3}}
	assert.InDelta(t, 1.3801311186847085, SplitRHat(lengths), 1e-12)
	assert.InDelta(t, 1.297923080237713, RankRHat(lengths), 1e-9)
}

func TestRHatSees(t *testing.T) {
	const m, n, tau = 4, 5000, 10
	normal := normalSource(41)
	base := make([][]float64, m)
	for k := range base {
		base[k] = make([]float64, n)
		autoregressive(base[k], tau, normal)
	}
	changed := func(f func(chain, i int, x float64) float64) [][]float64 {
		chains := make([][]float64, m)
		for k := range chains {
			chains[k] = slices.Clone(base[k])
			for i, x := range chains[k] {
				chains[k][i] = f(k, i, x)
			}
		}
		return chains
	}
	same := changed(func(_, _ int, x float64) float64 { return x })
	apart := changed(func(k, _ int, x float64) float64 { return x + float64(k/3) })
	drift := changed(func(_, i int, x float64) float64 { return x + 2*float64(i)/n })
	spread := changed(func(k, _ int, x float64) float64 { return x * float64(1+k/3) })
	heavy := changed(func(k, _ int, x float64) float64 { return math.Tan(x/2) + float64(k/3) })

	assert.Less(t, SplitRHat(same), 1.01)
	assert.Less(t, RankRHat(same), 1.01)
	assert.Greater(t, SplitRHat(apart), 1.05)
	assert.Greater(t, RankRHat(apart), 1.05)
	assert.Greater(t, SplitRHat(drift), 1.05, "of all chains alike: only halves differ")
	assert.Greater(t, RankRHat(drift), 1.05)
	assert.Less(t, SplitRHat(spread), 1.01, "R̂ is blind to the spread")
	assert.Greater(t, RankRHat(spread), 1.05)
	assert.Greater(t, RankRHat(heavy), 1.05)
}

func TestRHatOfDegenerateChains(t *testing.T) {
	for name, series := range degenerate {
		chains := [][]float64{series, {1, 2, 3, 4, 5, 6, 7}}
		if name == "constant" {
			chains = [][]float64{series, series}
		}
		assert.True(t, math.IsNaN(SplitRHat(chains)), name)
		assert.True(t, math.IsNaN(RankRHat(chains)), name)
	}
	assert.True(t, math.IsNaN(SplitRHat(nil)))
	assert.True(t, math.IsNaN(RankRHat(nil)))
	stuck := [][]float64{{1, 1, 1, 1}, {2, 2, 2, 2}}
	assert.True(t, math.IsInf(SplitRHat(stuck), 1))
	one := [][]float64{{1, 2, 3, 4, 1, 2, 3, 4}}
	assert.InDelta(t, math.Sqrt(0.75), SplitRHat(one), 1e-12)
}
