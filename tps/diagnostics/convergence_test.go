package diagnostics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newConvergence(t testing.TB, config ConvergenceConfig) *Convergence {
	t.Helper()
	c, err := NewConvergence(config)
	require.NoError(t, err)
	return c
}

func TestConvergenceFindsTheLine(t *testing.T) {
	const window = 400
	c := newConvergence(t, ConvergenceConfig{Window: window, Every: 1})
	noise := make([]float64, 3*window)
	autoregressive(noise, 3, normalSource(80))
	for i := range noise {
		noise[i] += 10 + float64(i)/100
		c.Add(noise[i])
	}
	tail := noise[2*window:]
	meanX, meanY, xy, xx := (window-1)/2.0, 0.0, 0.0, 0.0
	for _, y := range tail {
		meanY += y / window
	}
	for i, y := range tail {
		xy += (float64(i) - meanX) * (y - meanY)
		xx += (float64(i) - meanX) * (float64(i) - meanX)
	}
	found := c.Last()
	assert.Equal(t, 3*window, found.Values)
	assert.InEpsilon(t, meanY, found.Mean, 1e-12)
	assert.InEpsilon(t, xy/xx*window/meanY, found.Gradient, 1e-9)
	assert.Equal(t, found.StandardError/found.Mean, found.Error)
	assert.InEpsilon(t, math.Sqrt(3.0/window), found.StandardError, 0.5, "the slope is no noise")
	assert.InEpsilon(t, 3, found.Tau, 0.8)
}

// The standard error about the line is right on average for a stationary
// series, two parameters having been fitted: each is 1.1 % of it here.
func TestErrorAboutALineIsUnbiased(t *testing.T) {
	t.Parallel()
	const n, tau, trials = 1000, 1, 10_000
	series, scratch := make([]float64, n), make([]float64, n)
	normal := normalSource(81)
	var ratios sample
	for range trials {
		autoregressive(series, tau, normal)
		ratios.add(fitLine(series, scratch).longRun / tau)
	}
	assert.InDelta(t, 1, ratios.mean, 4*ratios.standardError())
	assert.Less(t, ratios.standardError(), 0.002)
}

// A series around 1 of unit τ_int and deviation 0.15 has an error of 0.0047
// over 1000 values, a gradient of 0 ± 0.016: it converges soon. It does so
// later if it begins far away, and not while it falls. A looser and a tighter
// limit show that each condition counts.
func TestConvergence(t *testing.T) {
	t.Parallel()
	const n = 20_000
	for _, c := range []struct {
		name        string
		config      ConvergenceConfig
		tau         float64
		drift       func(i int) float64
		least, most int // values until it converges, or n+1
	}{
		{"stationary", ConvergenceConfig{}, 1, nil, 1900, 2500},
		// The change over a window is x/2/(1+x) for x = 5e^(−i/2000), below 5 % from
		// 7613 on; it is found half a window later, and must last for another one.
		{"falls", ConvergenceConfig{}, 1, func(i int) float64 { return 5 * math.Exp(-float64(i)/2000) }, 8000, 12_000},
		// Likewise x/8/(1+x), from 16100 on: it must not stop before.
		{"falls for long", ConvergenceConfig{}, 1, func(i int) float64 { return 5 * math.Exp(-float64(i)/8000) }, 16_100, n + 1},
		{"grows by 10 % each window", ConvergenceConfig{}, 1, func(i int) float64 { return 2 * math.Exp(float64(i)/10_000) }, n + 1, n + 1},
		{"error too large", ConvergenceConfig{RelativeError: 0.003}, 1, nil, n + 1, n + 1},
		{"gradient never as small", ConvergenceConfig{RelativeGradient: 1e-7}, 1, nil, n + 1, n + 1},
		{"window too short for τ", ConvergenceConfig{RelativeError: 1, RelativeGradient: 10}, 300, nil, n + 1, n + 1},
		{"long enough", ConvergenceConfig{RelativeError: 1, RelativeGradient: 10, Window: 10_000}, 60, nil, 19_000, 20_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			outside := 0
			for seed := range uint64(12) {
				series := make([]float64, n)
				autoregressive(series, c.tau, normalSource(82, seed))
				detector := newConvergence(t, c.config)
				at := n + 1
				for i, x := range series {
					x = 1 + 0.15*x
					if c.drift != nil {
						x += c.drift(i)
					}
					if detector.Add(x) {
						at = i + 1
						break
					}
				}
				if at < c.least || at > c.most {
					outside++
					t.Logf("seed %d at %d: %+v", seed, at, detector.Last())
				}
			}
			assert.Zero(t, outside)
		})
	}
}

func TestConvergenceOfDegenerateSeries(t *testing.T) {
	for name, x := range map[string]func(i int) float64{
		"constant": func(int) float64 { return 0.1 },
		"zero":     func(int) float64 { return 0 },
		"NaN":      func(i int) float64 { return 1 + float64(i%2)/100 + 0*math.Log(float64(i%50-1)) },
		"Inf":      func(i int) float64 { return 1 / float64(i%50) },
	} {
		c := newConvergence(t, ConvergenceConfig{Window: 100, Every: 1})
		for i := range 300 {
			require.False(t, c.Add(x(i)), "%s %d", name, i)
		}
	}
}

func TestConvergenceConfig(t *testing.T) {
	assert.Equal(t, ConvergenceConfig{1000, 100, 10, 0.05, 0.01}, newConvergence(t, ConvergenceConfig{}).Config())
	for _, c := range []struct {
		config ConvergenceConfig
		says   string
	}{
		{ConvergenceConfig{Window: 99}, "Window = 99"},
		{ConvergenceConfig{Window: -1}, "Window = -1"},
		{ConvergenceConfig{Window: 1 << 50}, "Window = 1125899906842624 needs 2.7e+16 bytes of memory, want at most 16777216"},
		{ConvergenceConfig{Every: -1}, "Every = -1"},
		{ConvergenceConfig{Every: 1001}, "Every = 1001, want 1 to Window = 1000"},
		{ConvergenceConfig{Looks: -1}, "Looks = -1"},
		{ConvergenceConfig{RelativeGradient: -1}, "RelativeGradient = -1"},
		{ConvergenceConfig{RelativeGradient: math.NaN()}, "RelativeGradient = NaN"},
		{ConvergenceConfig{RelativeGradient: math.Inf(1)}, "RelativeGradient = +Inf"},
		{ConvergenceConfig{RelativeError: -1}, "RelativeError = -1"},
		{ConvergenceConfig{RelativeError: math.NaN()}, "RelativeError = NaN"},
		{ConvergenceConfig{RelativeError: math.Inf(1)}, "RelativeError = +Inf"},
	} {
		_, err := NewConvergence(c.config)
		assert.ErrorContains(t, err, "diagnostics: "+c.says)
	}
}

func TestConvergenceRestores(t *testing.T) {
	config := ConvergenceConfig{Window: 100, Every: 30}
	series := make([]float64, 500)
	autoregressive(series, 2, normalSource(83))
	a, whole := newConvergence(t, config), newConvergence(t, config)
	for i, x := range series {
		state, err := a.MarshalBinary()
		require.NoError(t, err)
		restored := newConvergence(t, config)
		for range i % 150 {
			restored.Add(7)
		}
		require.NoError(t, restored.UnmarshalBinary(state))
		require.Equal(t, a.Last(), restored.Last())
		again, err := restored.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, state, again)
		a = restored
		require.Equal(t, whole.Add(1+x/30), a.Add(1+x/30))
	}
	assert.Equal(t, whole.Last(), a.Last())
	assert.True(t, a.Last().Values == 480 && a.Count() == 500)

	state, err := a.MarshalBinary()
	require.NoError(t, err)
	other := newConvergence(t, ConvergenceConfig{Window: 101, Every: 30})
	assert.ErrorContains(t, other.UnmarshalBinary(state), "Window = 100 and Every = 30, want 101 and 30")
	for n := range state {
		require.Error(t, a.UnmarshalBinary(state[:n]))
	}
	assert.Error(t, a.UnmarshalBinary(append(state, 0)))
	state[0] = 2
	assert.ErrorContains(t, a.UnmarshalBinary(state), "version 2")
	assert.Equal(t, whole.Last(), a.Last())
}

func TestConvergenceDoesNotAllocateBetweenLooks(t *testing.T) {
	c := newConvergence(t, ConvergenceConfig{})
	assert.Zero(t, testing.AllocsPerRun(900, func() { c.Add(1) }))
}

func FuzzConvergence(f *testing.F) {
	config := ConvergenceConfig{Window: 100, Every: 30}
	for _, n := range []int{0, 1, 100, 119, 120, 300} {
		c := newConvergence(f, config)
		for x := range n {
			c.Add(float64(x % 7))
		}
		state, err := c.MarshalBinary()
		require.NoError(f, err)
		f.Add(state)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := newConvergence(t, config)
		if c.UnmarshalBinary(data) != nil {
			assert.Equal(t, newConvergence(t, config), c)
			return
		}
		state, err := c.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, state)
		for range 30 {
			c.Add(1)
		}
	})
}
