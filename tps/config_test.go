package tps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConfigDefaults(t *testing.T) {
	l := newLine(256, 1)
	chain := newChain(t, Config{Tau: 3, Sigma: 0.1, S: 2}, l)
	config := chain.Config()
	assert.Equal(t, 1.0, config.Fraction)
	assert.Equal(t, 1, config.Width)
	assert.Equal(t, 2.0, config.S)
	assert.NotNil(t, config.Test)
	assert.Equal(t, 3, chain.Trajectory().Len())
	assert.Equal(t, 2, chain.Trajectory().Params())
}

// The default start is a random walk from a first model of width σ.
func TestDefaultStart(t *testing.T) {
	var first, increments moments
	for seed := range uint64(20_000) {
		chain := newChain(t, Config{Tau: 2, Sigma: 0.3, Seed: seed, Test: barker(t, 2)}, none{1})
		x, y := float64(chain.Trajectory().Model(0)[0]), float64(chain.Trajectory().Model(1)[0])
		first.add(x * x)
		increments.add((y - x) * (y - x))
	}
	assert.InDelta(t, 0, first.score(0.09), 4)
	assert.InDelta(t, 0, increments.score(0.09), 4)
}

func TestStartIsCopied(t *testing.T) {
	start, err := NewTrajectory(2, 2)
	require.NoError(t, err)
	chain := newChain(t, Config{Tau: 2, Sigma: 1, Start: start}, newLine(100, 1))
	_, err = chain.Step()
	require.NoError(t, err)
	start.Model(0)[0] = 99
	assert.NotEqual(t, float32(99), chain.Trajectory().Model(0)[0])
}

func TestConfigErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	short, err := NewTrajectory(2, 2)
	require.NoError(t, err)
	bad, err := NewTrajectory(3, 2)
	require.NoError(t, err)
	bad.Model(1)[1] = float32(nan)
	for _, c := range []struct {
		change func(*Config)
		says   string
	}{
		{func(c *Config) { c.Tau = 0 }, "Tau = 0, want at least 1"},
		{func(c *Config) { c.Tau = -1 }, "Tau = -1"},
		{func(c *Config) { c.Sigma = 0 }, "Sigma = 0, want a finite number > 0"},
		{func(c *Config) { c.Sigma = -0.1 }, "Sigma = -0.1"},
		{func(c *Config) { c.Sigma = nan }, "Sigma = NaN"},
		{func(c *Config) { c.Sigma = inf }, "Sigma = +Inf"},
		{func(c *Config) { c.S = nan }, "S = NaN"},
		{func(c *Config) { c.S = -inf }, "S = -Inf"},
		{func(c *Config) { c.Schedule = Constant(1) }, "S = 10 and a Schedule are both set"},
		{func(c *Config) { c.S, c.Schedule = 0, Constant(nan) }, "S = NaN"},
		{func(c *Config) { c.Fraction = -0.25 }, "Fraction = -0.25, want a number in (0, 1]"},
		{func(c *Config) { c.Fraction = 1.01 }, "Fraction = 1.01"},
		{func(c *Config) { c.Fraction = nan }, "Fraction = NaN"},
		{func(c *Config) { c.Width = 4 }, "Width = 4, want 1 to Tau = 3"},
		{func(c *Config) { c.Width = -1 }, "Width = -1"},
		{func(c *Config) { c.Prior = &Gaussian{} }, "Prior.Sigma = 0"},
		{func(c *Config) { c.Prior = &Gaussian{Sigma: nan} }, "Prior.Sigma = NaN"},
		{func(c *Config) { c.Prior = &Gaussian{Sigma: 1, Mean: make([]float32, 3)} }, "Prior.Mean has 3 numbers"},
		{func(c *Config) { c.Prior = &Gaussian{Sigma: 1, Mean: []float32{0, float32(inf)}} }, "Prior.Mean[1] = +Inf"},
		{func(c *Config) { c.Start = short }, "Start has 2 models of 2 parameters, want Tau = 3 of 2"},
		{func(c *Config) { c.Start = bad }, "Start: parameter 1 of model 1 is NaN"},
	} {
		config := Config{Tau: 3, Sigma: 0.1, S: 10}
		c.change(&config)
		_, err := NewChain(config, newLine(256, 1))
		require.Error(t, err, c.says)
		assert.Contains(t, err.Error(), "tps: ")
		assert.Contains(t, err.Error(), c.says)
	}
	_, err = NewChain(Config{Tau: 1, Sigma: 1}, none{0})
	assert.ErrorContains(t, err, "0 parameters")
	_, err = NewChain(Config{Tau: 1, Sigma: 1}, empty{})
	assert.ErrorContains(t, err, "0 samples")
}

// empty has no samples.
type empty struct{ none }

func (empty) Samples() int { return 0 }
func (empty) Params() int  { return 1 }
