package diagnostics

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// τ_int of AR(1) series of 10⁶ values against the exact one.
//
// One series gives it with a standard error of √(2(2·5τ+1)/10⁶) τ, which is
// 1.4 % for τ = 10 but 10 % for τ = 500: no single series of 10⁶ values can be
// held to 5 % beyond τ = 13, where 5 % are 3 standard errors. (Nor by much with
// any other estimator: the maximum-likelihood one, which knows that it is an
// AR(1), has 2.2 % at τ = 500.) So as many seeds are averaged as make 5 % at
// least 3 standard errors of the mean. Each single value must be within 5
// standard errors, which tells more than 5 % for small τ; and the scatter must
// be that of Madras and Sokal, within 4 of its own standard errors.
func TestIntegratedTimeIsExact(t *testing.T) {
	for _, c := range []struct {
		tau   float64
		seeds int
	}{{1, 4}, {2, 4}, {5, 4}, {10, 4}, {50, 6}, {100, 8}, {200, 16}, {500, 40}} {
		t.Run(fmt.Sprintf("τ=%v", c.tau), func(t *testing.T) {
			if testing.Short() && c.seeds > 8 {
				t.Skip("many series of 10⁶ values")
			}
			t.Parallel()
			const n = 1_000_000
			series := make([]float64, n)
			expected := c.tau * math.Sqrt(2*(2*5*c.tau+1)/n)
			assert.LessOrEqual(t, 3*expected/math.Sqrt(float64(c.seeds)), 0.05*c.tau, "too few seeds")
			var estimates sample
			for seed := range c.seeds {
				autoregressive(series, c.tau, normalSource(1, uint64(seed)))
				found := IntegratedTime(series, 0)
				assert.InDelta(t, c.tau, found.Tau, 5*expected, "seed %d", seed)
				assert.InEpsilon(t, found.Tau*math.Sqrt(2*float64(2*found.Window+1)/n), found.StandardError, 1e-12)
				assert.InEpsilon(t, 5*c.tau, found.Window, 0.5)
				assert.True(t, found.LongEnough())
				assert.InEpsilon(t, n/c.tau, found.EffectiveSize(), 5*expected/c.tau+0.1)
				estimates.add(found.Tau)
			}
			t.Logf("%.4g ± %.2g, single ones scatter by %.2g, expected %.2g",
				estimates.mean, estimates.standardError(), estimates.deviation(), expected)
			assert.InEpsilon(t, c.tau, estimates.mean, 0.05)
			if c.seeds >= 16 {
				assert.InEpsilon(t, expected, estimates.deviation(), 4/math.Sqrt(2*float64(c.seeds-1)))
			}
		})
	}
}

// Many shorter series of τ = 10: here an error of 1 % would be seen. The
// scatter has a standard error of 1.6 %; eq. 3.19 holds for n ≫ M ≫ τ, M/τ
// being 5 here.
func TestIntegratedTimeIsUnbiased(t *testing.T) {
	t.Parallel()
	const n, tau, seeds = 20_000, 10.0, 2000
	series := make([]float64, n)
	normal := normalSource(2)
	var estimates sample
	for range seeds {
		autoregressive(series, tau, normal)
		estimates.add(IntegratedTime(series, 0).Tau)
	}
	scatter := estimates.deviation() / (tau * math.Sqrt(2*(2*5*tau+1)/n))
	t.Logf("%.4g ± %.2g, scatter over that of eq. 3.19 %.3f", estimates.mean, estimates.standardError(), scatter)
	assert.Less(t, estimates.standardError(), 0.003*tau)
	assert.InDelta(t, tau, estimates.mean, 4*estimates.standardError())
	assert.InDelta(t, 1, scatter, 0.1)
}

// At the least length that counts as long enough the window's noise leaves a
// bias, which must be small against the standard error of 64 %. It would be
// −15 % if the mean were taken for known.
func TestIntegratedTimeOfShortestSeries(t *testing.T) {
	t.Parallel()
	for _, tau := range []float64{1, 10} {
		series := make([]float64, 50*int(tau))
		normal := normalSource(7)
		var estimates sample
		for range 4000 {
			autoregressive(series, tau, normal)
			estimates.add(IntegratedTime(series, 0).Tau / tau)
		}
		assert.InDelta(t, 1, estimates.mean, 0.12)
		assert.Less(t, estimates.standardError(), 0.015)
	}
}

func TestIntegratedTimeOfChains(t *testing.T) {
	t.Parallel()
	const tau = 20
	var estimates sample
	normal := normalSource(3)
	for range 300 {
		chains := make([][]float64, 8)
		for k := range chains {
			chains[k] = make([]float64, 1500+200*k)
			autoregressive(chains[k], tau, normal)
			for i := range chains[k] {
				chains[k][i] += float64(k) // another mean each
			}
		}
		found := IntegratedTimeOfChains(chains, 0)
		assert.Equal(t, 17600, found.Values)
		estimates.add(found.Tau)
	}
	// The correction is of first order in M/n = 5 %.
	assert.InDelta(t, tau, estimates.mean, 4*estimates.standardError())
	assert.Less(t, estimates.standardError(), 0.012*tau)
}

// Values that alternate have τ_int < 1: (1+a)/(1−a) = 1/3 for a = −1/2. What
// the window of 5 lags leaves out is 2a⁶/(1−a) = 1/48.
func TestAlternatingSeries(t *testing.T) {
	t.Parallel()
	series := make([]float64, 200_000)
	var estimates sample
	for seed := range 20 {
		autoregressive(series, 1.0/3, normalSource(4, uint64(seed)))
		estimates.add(IntegratedTime(series, 0).Tau)
	}
	assert.InDelta(t, 1.0/3-1.0/48, estimates.mean, 4*estimates.standardError())
	assert.Less(t, estimates.standardError(), 0.003)
	for i := range series {
		series[i] = float64(i % 2)
	}
	assert.InDelta(t, 1/math.Log10(200_000), IntegratedTime(series, 0).Tau, 1e-4)
}

func TestShortSeriesAreNotTrusted(t *testing.T) {
	series := make([]float64, 1000)
	trusted := 0
	for seed := range 200 {
		autoregressive(series, 100, normalSource(5, uint64(seed)))
		if IntegratedTime(series, 0).LongEnough() {
			trusted++
		}
	}
	assert.Less(t, trusted, 10)
}

// degenerate holds series that have no answer.
var degenerate = map[string][]float64{
	"empty":    nil,
	"one":      {3},
	"constant": {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1},
	"NaN":      {1, 2, math.NaN(), 4, 5, 6},
	"Inf":      {1, 2, math.Inf(1), 4, 5, 6},
}

func TestIntegratedTimeOfDegenerateSeries(t *testing.T) {
	for name, series := range degenerate {
		found := IntegratedTime(series, 0)
		assert.True(t, math.IsNaN(found.Tau), name)
		assert.True(t, math.IsNaN(found.StandardError), name)
		assert.True(t, math.IsNaN(found.EffectiveSize()), name)
		assert.False(t, found.LongEnough(), name)
	}
	assert.True(t, math.IsNaN(IntegratedTimeOfChains(nil, 0).Tau))
	assert.False(t, math.IsNaN(IntegratedTime([]float64{1, 2}, 0).Tau))
	assert.Panics(t, func() { IntegratedTime([]float64{1, 2}, -1) })
	assert.Panics(t, func() { IntegratedTime([]float64{1, 2}, math.NaN()) })
}

func TestEffectiveRates(t *testing.T) {
	found := AutocorrelationTime{Tau: 4, Values: 1000}
	assert.Equal(t, 250.0, found.EffectiveSize())
	assert.Equal(t, 0.025, found.PerStep(10_000))
	assert.Equal(t, 125.0, found.PerSecond(2*time.Second))
}

// Ten million values, from independent to correlated.
func BenchmarkIntegratedTime(b *testing.B) {
	series := make([]float64, 10_000_000)
	for _, tau := range []float64{1, 50, 500, 5000} {
		autoregressive(series, tau, normalSource(6))
		b.Run(fmt.Sprintf("tau=%v", tau), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				IntegratedTime(series, 0)
			}
		})
	}
}
