package diagnostics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The statistic, written out.
func TestBurnInIsTheMinimum(t *testing.T) {
	for seed := range uint64(50) {
		series := make([]float64, 203)
		autoregressive(series, 3, normalSource(60, seed))
		for i := range series {
			series[i] += 20 * math.Exp(-float64(i)/15)
		}
		least, best := math.Inf(1), 0
		for d := 0; d <= 20; d++ {
			var kept sample
			for j := d; j < 40; j++ {
				kept.add((series[5*j] + series[5*j+1] + series[5*j+2] + series[5*j+3] + series[5*j+4]) / 5)
			}
			if statistic := kept.deviations / kept.n / kept.n; statistic < least {
				least, best = statistic, 5*d
			}
		}
		values, settled := BurnIn(series)
		assert.Equal(t, best, values)
		assert.Equal(t, best < 100 && Geweke(series[best:]).P > 0.001, settled)
	}
}

// A stationary series settled, and loses little. One with a decaying start of
// known length loses about that. One that decays too slowly, or goes along a
// slope by as little as two standard deviations from end to end, has not
// settled.
func TestBurnIn(t *testing.T) {
	t.Parallel()
	const n, tau, trials = 20_000, 10, 300
	for _, c := range []struct {
		name        string
		start       func(i int) float64
		settles     bool
		least, most float64 // of the mean cut, as a share of n
	}{
		{"stationary", func(int) float64 { return 0 }, true, 0, 0.02},
		// 50 e^(−i/500) is 1/4 at i = 2650.
		{"start", func(i int) float64 { return 50 * math.Exp(-float64(i)/500) }, true, 0.12, 0.2},
		{"step at half", func(i int) float64 { return 5 * float64(1-i/(n/2)) }, false, 0.5, 0.5},
		{"slow", func(i int) float64 { return 50 * math.Exp(-float64(i)/10_000) }, false, 0.4, 0.5},
		{"slope", func(i int) float64 { return 5 * float64(i) / n }, false, 0.4, 0.5},
		{"slight slope", func(i int) float64 { return 2 * float64(i) / n }, false, 0.3, 0.5},
	} {
		series := make([]float64, n)
		settled, cut := 0, sample{}
		for seed := range uint64(trials) {
			autoregressive(series, tau, normalSource(61, seed))
			for i := range series {
				series[i] += c.start(i)
			}
			values, ok := BurnIn(series)
			cut.add(float64(values) / n)
			if ok {
				settled++
			}
		}
		t.Logf("%s: %d of %d settled, %.3f ± %.3f cut", c.name, settled, trials, cut.mean, cut.deviation())
		if c.settles {
			// By chance one in 700 does not.
			assert.GreaterOrEqual(t, settled, trials-4, c.name)
		} else {
			assert.LessOrEqual(t, settled, trials/100, c.name)
		}
		assert.True(t, cut.mean >= c.least && cut.mean <= c.most, "%s: %v", c.name, cut.mean)
	}
}

// The rate at which a stationary series is said not to have settled: 0.001 by
// the normal distribution, 0.0018 by a t of 50 degrees of freedom, that is 4
// of 2000, with a standard deviation of 1.9. It must not be larger; it is
// smaller because the cut takes away starts that look like a drift.
func TestBurnInFalseAlarms(t *testing.T) {
	t.Parallel()
	const n, tau, trials = 5000, 5, 2000
	series := make([]float64, n)
	normal := normalSource(62)
	alarms := 0
	for range trials {
		autoregressive(series, tau, normal)
		if _, settled := BurnIn(series); !settled {
			alarms++
		}
	}
	t.Logf("%d of %d", alarms, trials)
	assert.LessOrEqual(t, alarms, 4+3*2)
}

func TestBurnInOfDegenerateSeries(t *testing.T) {
	for name, series := range degenerate {
		for range 6 {
			series = append(series[:len(series):len(series)], series...)
		}
		_, settled := BurnIn(series)
		assert.False(t, settled, name)
	}
	for n := range 100 {
		values, settled := BurnIn(make([]float64, n))
		assert.LessOrEqual(t, values, n/2)
		assert.False(t, settled)
	}
}
