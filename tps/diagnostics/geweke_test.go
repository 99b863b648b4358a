package diagnostics

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// The rate of false alarms at 5 %: P is by the normal distribution, where a t
// of ν = n/20τ degrees of freedom has P(|t| > 1.96) ≈ 0.05 + 0.28/ν and a
// deviation of √(ν/(ν−2)).
func TestGewekeFalseAlarms(t *testing.T) {
	t.Parallel()
	const trials = 2000
	for _, c := range []struct{ tau, ratio float64 }{{1, 5000}, {4, 2000}, {10, 1000}} {
		series := make([]float64, int(c.tau*c.ratio))
		normal := normalSource(50)
		alarms, scores := 0, sample{}
		for range trials {
			autoregressive(series, c.tau, normal)
			found := Geweke(series)
			scores.add(found.Z)
			if found.P < 0.05 {
				alarms++
			}
		}
		rate := float64(alarms) / trials
		freedom := c.ratio / 20
		t.Logf("τ = %v, n = %d: %.4f, expected %.4f", c.tau, len(series), rate, 0.05+0.28/freedom)
		assert.InDelta(t, 0.05+0.28/freedom, rate, 4*math.Sqrt(0.05*0.95/trials))
		assert.InDelta(t, 0, scores.mean, 4*scores.standardError())
		assert.InDelta(t, math.Sqrt(freedom/(freedom-2)), scores.deviation(), 4/math.Sqrt(2*trials))
	}
}

func TestGewekeIsTheFormula(t *testing.T) {
	series := make([]float64, 1003)
	autoregressive(series, 5, normalSource(53))
	end := fitLine(series[502:], make([]float64, 501))
	z := (stat.Mean(series[:100], nil) - stat.Mean(series[502:], nil)) / math.Sqrt(end.longRun/100+end.longRun/501)
	found := Geweke(series)
	assert.InEpsilon(t, z, found.Z, 1e-9)
	assert.InEpsilon(t, 2*distuv.UnitNormal.Survival(math.Abs(z)), found.P, 1e-9)
}

// A negative control, which is also what the test is for: a start that is not
// forgotten.
func TestGewekeSeesADrift(t *testing.T) {
	series := make([]float64, 20_000)
	seen := 0
	for seed := range uint64(100) {
		autoregressive(series, 10, normalSource(51, seed))
		for i := range series {
			series[i] += math.Exp(-float64(i) / 1500)
		}
		found := Geweke(series)
		if found.P < 0.01 {
			assert.Positive(t, found.Z)
			seen++
		}
	}
	assert.Greater(t, seen, 95)
}

func TestGewekeOfDegenerateSeries(t *testing.T) {
	for name, series := range degenerate {
		for len(series) > 1 && len(series) < 200 {
			series = append(series[:len(series):len(series)], series...)
		}
		assert.True(t, math.IsNaN(Geweke(series).P), name)
	}
	short := make([]float64, 100)
	autoregressive(short, 1, normalSource(52))
	assert.True(t, math.IsNaN(Geweke(short[:99]).P))
	assert.False(t, math.IsNaN(Geweke(short).P))
	for i := range short {
		short[i] = float64(min(i/50, 1))
	}
	assert.Equal(t, Stationarity{Z: math.Inf(-1)}, Geweke(short), "stuck at the end")
}

// Where there is no p, the result says why, and only there.
func TestGewekeSaysWhyThereIsNoP(t *testing.T) {
	series := func(n int, change func([]float64)) []float64 {
		s := make([]float64, n)
		autoregressive(s, 1, normalSource(54))
		if change != nil {
			change(s)
		}
		return s
	}
	for text, s := range map[string][]float64{
		"no p: 0 values, want at least 100":             nil,
		"no p: 99 values, want at least 100":            series(99, nil),
		"no p: value 130 is NaN, want finite numbers":   series(200, func(s []float64) { s[130] = math.NaN() }),
		"no p: value 0 is -Inf, want finite numbers":    series(200, func(s []float64) { s[0] = math.Inf(-1) }),
		"no p: all values are 2.5":                      slices.Repeat([]float64{2.5}, 100),
		"no p: the values are too large for their vari": series(200, func(s []float64) { s[130], s[131] = 1e300, -1e300 }),
	} {
		found := Geweke(s)
		assert.True(t, math.IsNaN(found.P) && math.IsNaN(found.Z), text)
		assert.Contains(t, found.String(), text)
	}
	found := Geweke(series(200, nil))
	assert.Empty(t, found.Reason)
	assert.Equal(t, "p = 0.031 (z = -2.15)", Stationarity{Z: -2.154, P: 0.0312}.String())
}
