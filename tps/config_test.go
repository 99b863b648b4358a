package tps

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
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

// A chain's Config makes the same chain again, and a Config with a Test and a
// Start makes as many chains as one likes, which run at the same time.
func TestConfigCanBeCopied(t *testing.T) {
	l := newLine(256, 1)
	start, err := RandomWalk(4, []float32{1, -1}, 0.1, normalSource(6))
	require.NoError(t, err)
	for name, config := range map[string]Config{
		"defaults": {Tau: 4, Sigma: 0.1, S: 50, Seed: 1},
		"set": {
			Tau: 4, Sigma: 0.1, Schedule: Linear{1, 60, 100}, Fraction: 0.5, Width: 2, Seed: 2, Stream: 3,
			Prior: &Gaussian{Sigma: 2}, Start: start, Test: adaptive(t, 256, minibatch.AdaptiveConfig{Chunk: 10}),
		},
		"moved": {
			Tau: 4, Sigma: 0.1, S: 50, Seed: 4, Prior: &Gaussian{Sigma: 2}, EveryModel: true, Move: lineMoves(4)[14].move,
		},
	} {
		t.Run(name, func(t *testing.T) {
			first := newChain(t, config, l)
			require.NoError(t, first.Run(context.Background(), 200))
			again := newChain(t, first.Config(), l)
			require.NoError(t, again.Run(context.Background(), 200))
			assert.Equal(t, save(t, first), save(t, again))

			var chains []*Chain
			for stream := range uint64(4) {
				config.Stream = stream
				chains = append(chains, newChain(t, config, l))
			}
			require.NoError(t, errors.Join(RunAll(context.Background(), chains, 300, nil)...))
			for stream, chain := range chains {
				config.Stream = uint64(stream)
				alone := newChain(t, config, l)
				require.NoError(t, alone.Run(context.Background(), 300))
				assert.Equal(t, save(t, alone), save(t, chain))
				if stream > 0 {
					assert.NotEqual(t, chains[0].Trajectory().Values(), chain.Trajectory().Values())
				}
			}
		})
	}
}

// What is missing is an error, also as a nil pointer in an interface.
func TestNilArguments(t *testing.T) {
	config := Config{Tau: 2, Sigma: 0.1}
	l := newLine(64, 1)
	var linear *exact.Linear
	for _, losses := range []Losses{nil, linear} {
		_, err := NewChain(config, losses)
		assert.ErrorContains(t, err, "tps: the losses are nil")
		assert.ErrorContains(t, MeanLosses(nil, losses, nil), "tps: the losses are nil")
	}

	var test *minibatch.Adaptive
	var source *rand.PCG
	var schedule *Linear
	for says, change := range map[string]func(*Config){
		"Test is a nil *minibatch.Adaptive": func(c *Config) { c.Test = test },
		"Source is a nil *rand.PCG":         func(c *Config) { c.Source = source },
		"Schedule is a nil *tps.Linear":     func(c *Config) { c.Schedule = schedule },
	} {
		changed := config
		change(&changed)
		_, err := NewChain(changed, l)
		assert.ErrorContains(t, err, says)
	}
	_, err := RandomWalk(2, []float32{1}, 1, nil)
	assert.ErrorContains(t, err, "the source of random numbers is nil")
	_, err = BrownianBridge(2, []float32{1}, []float32{1}, 1, source)
	assert.ErrorContains(t, err, "the source of random numbers is nil")
	_, err = newChain(t, config, l).ProposalDifferences(make([]float64, 64), nil)
	assert.ErrorContains(t, err, "the source of random numbers is nil")
}

// Sizes that no machine can hold are refused with what they would need.
func TestSizesAreRefused(t *testing.T) {
	l := newLine(64, 1)
	_, err := NewChain(Config{Tau: 1 << 40, Sigma: 0.1}, l)
	assert.ErrorContains(t, err, "tps: Tau = 1099511627776 with 2 parameters needs 26.4 TB of memory, this machine has ")
	_, err = NewChain(Config{Tau: math.MaxInt, Sigma: 0.1}, l)
	assert.ErrorContains(t, err, " EB of memory")
	_, err = NewChain(Config{Tau: 2, Width: 1 << 50, Sigma: 0.1}, l)
	assert.ErrorContains(t, err, "Width = 1125899906842624, want 1 to Tau = 2")
	_, err = NewChain(Config{Tau: 1 << 30, Sigma: 0.1}, none{math.MaxInt32})
	assert.ErrorContains(t, err, " of memory")
	_, err = NewTrajectory(1<<40, 1906)
	assert.ErrorContains(t, err, "tps: Tau = 1099511627776 with 1906 parameters needs 8.38 PB of memory")
	_, err = RandomWalk(1<<40, []float32{1}, 1, normalSource(1))
	assert.ErrorContains(t, err, "needs 4.4 TB of memory")
}

// Widths from which parameters overflow are refused, and so are starts.
func TestOverflowingStartsAreRefused(t *testing.T) {
	l := newLine(64, 1)
	_, err := NewChain(Config{Tau: 2, Sigma: 1e300}, l)
	assert.ErrorContains(t, err, "tps: Sigma = 1e+300, want at most 1e+30: the parameters, which are float32, would overflow")
	_, err = NewChain(Config{Tau: 2, Sigma: 1, Prior: &Gaussian{Sigma: 1e300}}, l)
	assert.ErrorContains(t, err, "tps: Prior.Sigma = 1e+300")
	_, err = NewChain(Config{Tau: 2, Sigma: 1, Prior: &Gaussian{Mean: []float32{0, 1e38}, Sigma: 1}}, l)
	assert.ErrorContains(t, err, "tps: Prior.Mean[1] = 1e+38, want at most 1e+37 in size")
	_, err = RandomWalk(2, []float32{1}, 1e300, normalSource(1))
	assert.ErrorContains(t, err, "tps: sigma = 1e+300, want a number from 0 to 1e+30")
	_, err = BrownianBridge(2, []float32{1}, []float32{1}, 1e300, normalSource(1))
	assert.ErrorContains(t, err, "tps: sigma = 1e+300, want a number from 0 to 1e+30")
	_, err = RandomWalk(2, []float32{math.MaxFloat32}, 1e30, normalSource(1))
	assert.NoError(t, err)
	// Beyond 10³⁷ a proposal could overflow, which not every model's losses show.
	for _, size := range []float32{1e38, -1e38} {
		start, err := RandomWalk(2, []float32{size, size}, 0.1, normalSource(1))
		require.NoError(t, err)
		_, err = NewChain(Config{Tau: 2, Sigma: 0.1, Start: start}, l)
		assert.ErrorContains(t, err, fmt.Sprintf("tps: Start: parameter 0 of model 0 is %v, want at most 1e+37 in size: proposals, which are float32, would overflow", size))
	}
	chain := newChain(t, Config{Tau: 100, Sigma: 1e30}, l)
	assert.NoError(t, chain.Trajectory().finite())
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
		{func(c *Config) { c.Test = barker(t, 255) }, "Test is for 255 samples, the losses have 256"},
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
