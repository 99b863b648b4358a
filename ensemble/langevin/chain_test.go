package langevin_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/tps"
)

func TestRunAndObservers(t *testing.T) {
	chain := newChain(t, langevin.Config{}, newHarmonic(4, 1, 1, 2))
	var every []int
	var numbers []int
	require.NoError(t, chain.Run(context.Background(), 7,
		langevin.Every(3, func(c *langevin.Chain) error { every = append(every, c.Steps()); return nil }),
		langevin.Observer{},
		langevin.EachStep(func(c *langevin.Chain, step langevin.Step) error {
			numbers = append(numbers, step.Number)
			assert.Equal(t, c.State().Potential, step.Potential)
			assert.InDelta(t, 4*step.Loss, step.Potential, 1e-9)
			assert.Equal(t, c.State().Kinetic(), step.Kinetic)
			assert.True(t, math.IsNaN(step.Acceptance) && step.Accepted)
			return nil
		})))
	assert.Equal(t, []int{3, 6}, every)
	assert.Equal(t, []int{0, 1, 2, 3, 4, 5, 6}, numbers)
	assert.Equal(t, langevin.Stats{Steps: 7, Accepted: 7, Gradients: 8, Samples: 32}, chain.Stats())
	chain.ResetStats()
	assert.Zero(t, chain.Stats())
	assert.ErrorContains(t, chain.Run(context.Background(), 6), "total = 6, want at least the 7 steps")
	assert.ErrorContains(t, chain.Run(nil, 8), "the context is nil") //nolint:staticcheck

	stop := langevin.Every(1, func(c *langevin.Chain) error {
		if c.Steps() == 9 {
			return tps.ErrStop
		}
		return nil
	})
	require.NoError(t, chain.Run(context.Background(), 100, stop))
	assert.Equal(t, 9, chain.Steps())
	full := errors.New("full")
	assert.ErrorIs(t, chain.Run(context.Background(), 100, langevin.Every(1, func(*langevin.Chain) error { return full })), full)
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(full)
	assert.ErrorIs(t, chain.Run(ctx, 100), full)
	assert.Equal(t, 10, chain.Steps())
	assert.Panics(t, func() { langevin.Every(0, nil) })
}

func TestConfigDefaults(t *testing.T) {
	chain := newChain(t, langevin.Config{Fixed: []int{1, 0}}, newHarmonic(9, 1, 1, 2, 3))
	config := chain.Config()
	assert.Equal(t, langevin.BAOAB{}, config.Sampler)
	assert.Equal(t, 9.0, config.S)
	assert.Equal(t, 1.0, config.Beta)
	assert.Equal(t, 9, config.Batch)
	assert.Equal(t, []int{0, 1}, config.Fixed)
	assert.InDelta(t, 0.1/3, chain.StepSize(), 1e-15)
	system := chain.System()
	assert.Equal(t, []int{9, 3, 1, 9}, []int{system.Samples(), system.Params(), system.Free(), system.Batch()})
}

func TestConfigErrors(t *testing.T) {
	inf := math.Inf(1)
	var noSource *rand.PCG
	var noSampler *langevin.BAOAB
	for text, config := range map[string]langevin.Config{
		"Config.S = -1, want a finite number > 0":           {S: -1},
		"Config.Beta = +Inf":                                {Beta: inf},
		"Config.Batch = 5, want 1 to the number of samples": {Batch: 5},
		"Config.Batch = -1":                                 {Batch: -1},
		"Config.Fixed has 2, want 0 to 1":                   {Fixed: []int{2}},
		"Config.Fixed has 1 twice":                          {Fixed: []int{1, 1}},
		"Config.Fixed has all parameters":                   {Fixed: []int{1, 0}},
		"Config.Start has 1 numbers":                        {Start: []float32{1}},
		"Config.Start[1] = +Inf":                            {Start: []float32{1, float32(inf)}},
		"Config.Source is a nil *rand.PCG":                  {Source: noSource},
		"Config.Sampler is a nil *langevin.BAOAB":           {Sampler: noSampler},
	} {
		_, err := langevin.NewChain(config, newHarmonic(4, 1, 1, 2))
		require.ErrorContains(t, err, text)
	}
	_, err := langevin.NewChain(langevin.Config{}, nil)
	require.ErrorContains(t, err, "the gradient is nil")
	_, err = langevin.NewChain(langevin.Config{}, &harmonic{samples: 1})
	require.ErrorContains(t, err, "0 parameters")
	_, err = langevin.NewChain(langevin.Config{}, &harmonic{curvatures: []float32{1}})
	require.ErrorContains(t, err, "0 samples")
}

// Parameters that are fixed keep their bits; the others are as if they were alone.
func TestFixed(t *testing.T) {
	start := []float32{1.25, 0.5, -3.75, 0.25}
	chain := newChain(t, langevin.Config{Fixed: []int{2, 0}, Start: start, Batch: 2}, newHarmonic(4, 1, 1, 2, 3, 4))
	run(t, chain, 50)
	params := chain.Params()
	assert.Equal(t, []float32{start[0], start[2]}, []float32{params[0], params[2]})
	assert.NotEqual(t, start[1], params[1])
	assert.NotEqual(t, start[3], params[3])
	assert.Equal(t, []float32{1.25, 0.5, -3.75, 0.25}, start)
	for _, i := range []int{0, 2} {
		assert.Zero(t, chain.State().Momentum[i])
		assert.Zero(t, chain.State().Gradient[i])
	}
}

// A step size that is too large ends in an error that says where, with the parameters
// there.
func TestDivergence(t *testing.T) {
	chain := newChain(t, langevin.Config{Sampler: langevin.BAOAB{Step: 3}, S: 1}, newHarmonic(2, 1, 1, 4))
	err := chain.Run(context.Background(), 1000)
	var loss *langevin.LossError
	require.ErrorAs(t, err, &loss)
	assert.Equal(t, chain.Steps(), loss.Step)
	assert.Equal(t, 3.0, loss.StepSize)
	assert.False(t, loss.Loss-loss.Loss == 0)
	assert.ErrorContains(t, err, "of size 3: a smaller one may help")
	for _, x := range chain.State().Gradient {
		assert.True(t, x-x == 0, "the gradient is that before")
	}
	params := slices.Clone(chain.Params())
	_, again := chain.Step()
	assert.Equal(t, err, again)
	assert.Equal(t, params, chain.Params())
}

// notANumber is a model whose loss is NaN.
type notANumber struct{ *harmonic }

func (n notANumber) Gradient(dst, params []float32, samples []int) float64 {
	n.harmonic.Gradient(dst, params, samples)
	return math.NaN()
}

func TestNaNAtTheStart(t *testing.T) {
	chain := newChain(t, langevin.Config{}, notANumber{newHarmonic(2, 1, 1)})
	_, err := chain.Step()
	assert.ErrorContains(t, err, "langevin: the loss is NaN at step 0, of size 0.07")
}

// Same seed, same bits; another stream, others; a Source is used.
func TestSeeds(t *testing.T) {
	params := func(config langevin.Config) []float32 {
		config.Batch = 2
		chain := newChain(t, config, newHarmonic(5, 1, 1, 2))
		run(t, chain, 20)
		return chain.Params()
	}
	a := params(langevin.Config{Seed: 1})
	assert.Equal(t, a, params(langevin.Config{Seed: 1}))
	assert.NotEqual(t, a, params(langevin.Config{Seed: 2}))
	assert.NotEqual(t, a, params(langevin.Config{Seed: 1, Stream: 1}))
	b := params(langevin.Config{Source: rand.NewPCG(1, 2)})
	assert.Equal(t, b, params(langevin.Config{Source: rand.NewPCG(1, 2)}))
	assert.NotEqual(t, a, b)
}

// The energy of a step of Verlet's method, nearly without friction, is conserved: U has
// S, the prior and the masses.
func TestEnergy(t *testing.T) {
	chain := newChain(t, langevin.Config{
		Sampler: langevin.GLA2{Step: 0.01, Friction: 1e-12, Masses: []float32{2, 3}},
		S:       3, Prior: langevin.Priors{langevin.Gaussian{Sigma: 0.5}, langevin.Tether{Stiffness: 2, Power: 4}},
		Start: []float32{1, -1},
	}, newHarmonic(4, 1, 1, 2))
	var energies []float64
	run(t, chain, 1000, langevin.EachStep(func(_ *langevin.Chain, step langevin.Step) error {
		energies = append(energies, step.Potential+step.Kinetic)
		return nil
	}))
	low, high := slices.Min(energies), slices.Max(energies)
	assert.Greater(t, low, 1.0)
	assert.InDelta(t, 1, high/low, 2e-3)
}

// Momenta start from their stationary distribution, with variances m/β; parameters that
// are not given, from numbers of a standard deviation of 0.1.
func TestStartingMomenta(t *testing.T) {
	const n = 40_000
	for _, sampler := range []langevin.Sampler{
		langevin.BAOAB{Masses: equal(n, 3)}, langevin.SGHMC{Masses: equal(n, 3)},
		langevin.SGNHT{Masses: equal(n, 3)}, langevin.CCAdL{Masses: equal(n, 3)},
	} {
		state := newChain(t, langevin.Config{Sampler: sampler, Beta: 2}, newHarmonic(1, 0, equal(n, 1)...)).State()
		assert.InDelta(t, 1.5, meanSquare(state.Momentum), 4*1.5*math.Sqrt(2.0/n), "%T", sampler)
		assert.InDelta(t, 0.01, meanSquare(state.Params), 4*0.01*math.Sqrt(2.0/n))
	}
}
