package metrics

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The interval of a mean is the normal one: ±1.96 standard errors. Its ends
// scatter with the resamples, by √(0.025 · 0.975/4000)/0.0584 = 0.04 standard
// errors each.
func TestBootstrapMeanIsNormal(t *testing.T) {
	draws := rand.New(rand.NewPCG(9, 1))
	values := make([]float64, 2000)
	for i := range values {
		values[i] = draws.NormFloat64() + 3
	}
	standardError := standardDeviation(values) / math.Sqrt(2000)
	for _, c := range []struct{ probability, errors float64 }{{0, 1.96}, {0.6827, 1}} {
		got := must[Interval](t)(BootstrapMean(values, rand.NewPCG(9, 2), BootstrapConfig{Resamples: 4000, Probability: c.probability}))
		same(t, mean(values), got.Value, "value")
		assert.InDelta(t, -c.errors, (got.Low-got.Value)/standardError, 0.16)
		assert.InDelta(t, c.errors, (got.High-got.Value)/standardError, 0.16)
	}
}

func TestBootstrapIsReproducible(t *testing.T) {
	c := draw(t, rand.NewPCG(9, 3), 200, 3, 1, 0)
	statistic := func(samples []int) float64 { return c.Subset(samples).ECE() }
	run := func(processors int, seed uint64) Interval {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		return must[Interval](t)(Bootstrap(c.Len(), statistic, rand.NewPCG(seed, 0), BootstrapConfig{}))
	}
	want := run(1, 1)
	assert.Equal(t, c.ECE(), want.Value)
	assert.Less(t, want.Low, want.High)
	for _, processors := range []int{2, 7} {
		assert.Equal(t, want, run(processors, 1))
	}
	assert.NotEqual(t, want, run(1, 2))
}

func TestBootstrapMeanIsBootstrap(t *testing.T) {
	c := draw(t, rand.NewPCG(9, 4), 100, 3, 1, 0)
	a := must[Interval](t)(BootstrapMean(c.BrierPerSample(), rand.NewPCG(1, 1), BootstrapConfig{Resamples: 50}))
	b := must[Interval](t)(Bootstrap(c.Len(), func(s []int) float64 { return c.Subset(s).Brier() }, rand.NewPCG(1, 1), BootstrapConfig{Resamples: 50}))
	assert.Equal(t, a, b)
}

func TestOrderStatistic(t *testing.T) {
	sorted := make([]float64, 1000)
	for i := range sorted {
		sorted[i] = float64(i + 1)
	}
	probability := 0.95 // a variable, which is rounded
	assert.Equal(t, 25.0, orderStatistic(sorted, (1-probability)/2))
	assert.Equal(t, 975.0, orderStatistic(sorted, (1+probability)/2))
	assert.Equal(t, 1.0, orderStatistic(sorted, 1e-9))
	assert.Equal(t, 1000.0, orderStatistic(sorted, 1-1e-9))
}

func TestBootstrapEdges(t *testing.T) {
	one := must[Interval](t)(BootstrapMean([]float64{4}, rand.NewPCG(1, 1), BootstrapConfig{}))
	assert.Equal(t, Interval{4, 4, 4}, one)
	// One of ten is infinite: most resamples have it, and some do not.
	values := make([]float64, 10)
	values[3] = inf(1)
	infinite := must[Interval](t)(BootstrapMean(values, rand.NewPCG(1, 1), BootstrapConfig{}))
	assert.Equal(t, Interval{inf(1), 0, inf(1)}, infinite)

	source := rand.NewPCG(1, 1)
	zero := func([]int) float64 { return 0 }
	for _, c := range []struct {
		name      string
		n         int
		statistic func([]int) float64
		source    rand.Source
		config    BootstrapConfig
		want      string
	}{
		{"no samples", 0, zero, source, BootstrapConfig{}, "metrics: n = 0, want at least 1"},
		{"no statistic", 1, nil, source, BootstrapConfig{}, "metrics: the statistic is nil"},
		{"no source", 1, zero, nil, BootstrapConfig{}, "metrics: the source is nil"},
		{"a nil pointer", 1, zero, (*rand.PCG)(nil), BootstrapConfig{}, "metrics: the source is nil"},
		{"one resample", 1, zero, source, BootstrapConfig{Resamples: 1}, "metrics: Resamples = 1, want 2 to 1000000, or 0 for 1000"},
		{"too many", 1, zero, source, BootstrapConfig{Resamples: 1_000_001}, "metrics: Resamples = 1000001"},
		{"certain", 1, zero, source, BootstrapConfig{Probability: 1}, "metrics: Probability = 1, want between 0 and 1"},
		{"NaN", 1, zero, source, BootstrapConfig{Probability: nan}, "metrics: Probability = NaN"},
		{"undefined", 1, func([]int) float64 { return nan }, source, BootstrapConfig{}, "metrics: the statistic of the samples is NaN"},
		{"undefined at times", 2, func(s []int) float64 {
			if s[0] == s[1] {
				return nan
			}
			return 0
		}, source, BootstrapConfig{}, "metrics: the statistic of samples drawn anew is NaN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Bootstrap(c.n, c.statistic, c.source, c.config)
			assert.Equal(t, Interval{}, got)
			assert.ErrorContains(t, err, c.want)
		})
	}
	_, err := BootstrapMean([]float64{1, nan}, source, BootstrapConfig{})
	require.ErrorContains(t, err, "NaN")
}
