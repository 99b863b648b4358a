package langevin

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// Config holds the options of a chain. The zero value of any field stands for its
// default. A Config may be copied for several chains: give each another Stream, and no
// Source, as one Source is for one chain.
type Config struct {
	// Sampler is how steps are made. nil: BAOAB with its defaults.
	Sampler Sampler
	// S is S, the factor of the mean loss in U, finite and positive. 0: N, the number
	// of samples, which with β = 1 is the posterior of Bayes' rule if a loss is the
	// negative logarithm of a likelihood.
	S float64
	// Beta is β, the inverse temperature, finite and positive. 0: 1.
	Beta float64
	// Prior is V, the other part of U. nil: flat, V = 0.
	Prior Prior
	// Fixed are the indices of parameters that keep their values, each once, in any
	// order. At least one parameter is free.
	Fixed []int
	// Batch is m, how many samples a gradient is of, from 1 to N. 0: all, no
	// minibatches.
	Batch int
	// Epochs takes the minibatches from random permutations of the samples, a new one
	// for each epoch, that are cut into ⌈N/m⌉ parts whose sizes differ by at most one.
	// Otherwise each step draws m distinct samples afresh. See the package's
	// documentation for the noise of either.
	Epochs bool
	// Start is θ at the start, P finite numbers, copied. nil: independent normal
	// numbers of mean 0 and standard deviation 0.1, from the random numbers.
	Start []float32
	// Seed and Stream seed the random numbers, unless there is a Source: chains that
	// differ in either are independent.
	Seed, Stream uint64
	// Source is where all random numbers come from, for this chain alone. nil: the PCG
	// of golang.org/x/exp/rand, seeded with Seed and Stream.
	Source rand.Source
}

// startScale is the standard deviation of the default start.
const startScale = 0.1

// withDefaults returns the configuration with those defaults filled in that are values,
// for a model of the given size, or an error that names the field out of its range.
func (c Config) withDefaults(samples, params int) (Config, error) {
	if samples < 1 || samples > random.MaxDeck {
		return c, fmt.Errorf("langevin: the model has %d samples, want 1 to %d", samples, random.MaxDeck)
	}
	if params < 1 {
		return c, fmt.Errorf("langevin: the model has %d parameters, want at least 1", params)
	}
	// Params, momentum, two gradients and noise; samples in three orders.
	if err := memory.Check(5*4*float64(params) + 3*8*float64(samples)); err != nil {
		return c, fmt.Errorf("langevin: a chain of %d parameters %w", params, err)
	}
	if c.Sampler == nil {
		c.Sampler = BAOAB{}
	}
	c.S = cmp.Or(c.S, float64(samples))
	c.Beta = cmp.Or(c.Beta, 1)
	c.Batch = cmp.Or(c.Batch, samples)
	if err := checkPositive("Config.S", c.S); err != nil {
		return c, err
	}
	if err := checkPositive("Config.Beta", c.Beta); err != nil {
		return c, err
	}
	if c.Batch < 1 || c.Batch > samples {
		return c, fmt.Errorf("langevin: Config.Batch = %d, want 1 to the number of samples, %d", c.Batch, samples)
	}
	if null.Is(c.Sampler) {
		return c, fmt.Errorf("langevin: Config.Sampler is a nil %T", c.Sampler)
	}
	if c.Source != nil && null.Is(c.Source) {
		return c, fmt.Errorf("langevin: Config.Source is a nil %T", c.Source)
	}
	if err := checkPrior("Config.Prior", c.Prior, params); err != nil {
		return c, err
	}
	if c.Start != nil {
		if len(c.Start) != params {
			return c, fmt.Errorf("langevin: Config.Start has %d numbers, want the number of parameters, %d", len(c.Start), params)
		}
		if i := notFinite(c.Start); i >= 0 {
			return c, fmt.Errorf("langevin: Config.Start[%d] = %v, want a finite number", i, c.Start[i])
		}
	}
	return c.withFixed(params)
}

// withFixed sorts Fixed.
func (c Config) withFixed(params int) (Config, error) {
	c.Fixed = slices.Clone(c.Fixed)
	slices.Sort(c.Fixed)
	for k, i := range c.Fixed {
		if i < 0 || i >= params {
			return c, fmt.Errorf("langevin: Config.Fixed has %d, want 0 to %d", i, params-1)
		}
		if k > 0 && i == c.Fixed[k-1] {
			return c, fmt.Errorf("langevin: Config.Fixed has %d twice", i)
		}
	}
	if len(c.Fixed) == params {
		return c, errors.New("langevin: Config.Fixed has all parameters, want one that is free")
	}
	return c, nil
}

// source returns Source, or the default.
func (c Config) source() rand.Source {
	switch {
	case c.Source != nil:
		return c.Source
	case c.Stream == 0:
		return random.Source(c.Seed)
	}
	return random.Source(c.Seed, c.Stream)
}

// start returns a copy of Start, or the default.
func (c Config) start(params int, normal *rand.Rand) []float32 {
	if c.Start != nil {
		return slices.Clone(c.Start)
	}
	start := make([]float32, params)
	for i := range start {
		start[i] = float32(startScale * normal.NormFloat64())
	}
	return start
}

// checkPositive returns an error unless x is finite and positive.
func checkPositive(name string, x float64) error {
	if !(x > 0) || math.IsInf(x, 1) {
		return fmt.Errorf("langevin: %s = %v, want a finite number > 0", name, x)
	}
	return nil
}
