package tps

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// Config holds the options of a chain. Tau and Sigma must be set; the zero
// value of any other field stands for its default.
type Config struct {
	// Tau is τ, the number of models in the trajectory, at least 1.
	Tau int
	// Sigma is σ, the width of the random walk between neighbors, positive
	// and finite.
	Sigma float64
	// S is the tilt s, finite. 0 samples the path measure.
	S float64
	// Schedule sets s for each step instead of S, which must then be 0.
	// nil: always S.
	Schedule Schedule
	// Fraction is f, the share of the coordinates that a move redraws, in
	// (0, 1]. f·P is rounded to the nearest number of at least one. 0: all.
	// The paper has 0.25.
	Fraction float64
	// Width is w, how many adjacent models a move redraws, from 1 to Tau.
	// The window is chosen uniformly among the Tau − w + 1 there are. 0: one.
	Width int
	// Prior is the distribution of the first model. nil: flat.
	Prior *Gaussian
	// Test is the acceptance test, for the number of samples that the losses
	// have. A test must not be shared with a chain of another goroutine. nil:
	// the adaptive minibatch test with its defaults.
	Test minibatch.Test
	// Start is the trajectory to start from, Tau models, copied. nil: a
	// random walk of width Sigma from a first model whose coordinates are
	// normal with mean 0 and standard deviation Sigma.
	Start *Trajectory
	// Seed and Stream seed the random numbers, unless there is a Source:
	// chains that differ in either are independent. Several chains of one
	// program have one Seed and the Streams 0, 1, 2 and so on.
	Seed, Stream uint64
	// Source is where all random numbers come from. nil: PCG from
	// golang.org/x/exp/rand, seeded with Seed and Stream.
	Source rand.Source
}

// withDefaults returns the configuration with its defaults filled in for a
// model of the given size, or an error that names the field that is out of
// its range.
func (c Config) withDefaults(samples, params int) (Config, error) {
	if samples < 1 {
		return c, fmt.Errorf("tps: the losses have %d samples, want at least 1", samples)
	}
	if params < 1 {
		return c, fmt.Errorf("tps: the losses have %d parameters, want at least 1", params)
	}
	if params > random.MaxDeck {
		return c, fmt.Errorf("tps: the losses have %d parameters, want at most %d", params, random.MaxDeck)
	}
	if c.Tau < 1 {
		return c, fmt.Errorf("tps: Tau = %d, want at least 1", c.Tau)
	}
	if !(c.Sigma > 0) || math.IsInf(c.Sigma, 1) {
		return c, fmt.Errorf("tps: Sigma = %v, want a finite number > 0", c.Sigma)
	}
	if c.Fraction == 0 {
		c.Fraction = 1
	}
	if !(c.Fraction > 0 && c.Fraction <= 1) {
		return c, fmt.Errorf("tps: Fraction = %v, want a number in (0, 1]", c.Fraction)
	}
	if c.Width == 0 {
		c.Width = 1
	}
	if c.Width < 1 || c.Width > c.Tau {
		return c, fmt.Errorf("tps: Width = %d, want 1 to Tau = %d", c.Width, c.Tau)
	}
	if err := c.checkSchedule(); err != nil {
		return c, err
	}
	if c.Schedule == nil {
		c.Schedule = Constant(c.S)
	}
	if err := c.Prior.validate(params); err != nil {
		return c, err
	}
	if c.Source == nil {
		c.Source = newSource(c.Seed, c.Stream)
	}

	var err error
	if c.Test == nil {
		if c.Test, err = minibatch.NewAdaptive(samples, minibatch.AdaptiveConfig{}); err != nil {
			return c, err
		}
	}
	c.Start, err = c.start(params)
	return c, err
}

func newSource(seed, stream uint64) rand.Source {
	if stream == 0 {
		return random.Source(seed)
	}
	return random.Source(seed, stream)
}

func (c Config) checkSchedule() error {
	if err := checkTilt("S", c.S); err != nil {
		return err
	}
	if c.Schedule == nil {
		return nil
	}
	if c.S != 0 {
		return fmt.Errorf("tps: S = %v and a Schedule are both set, want one of them", c.S)
	}
	if v, ok := c.Schedule.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

func (g *Gaussian) validate(params int) error {
	if g == nil {
		return nil
	}
	if g.Mean != nil && len(g.Mean) != params {
		return fmt.Errorf("tps: Prior.Mean has %d numbers, want the number of parameters, %d", len(g.Mean), params)
	}
	for i, m := range g.Mean {
		if m-m != 0 {
			return fmt.Errorf("tps: Prior.Mean[%d] = %v, want a finite number", i, m)
		}
	}
	if !(g.Sigma > 0) || math.IsInf(g.Sigma, 1) {
		return fmt.Errorf("tps: Prior.Sigma = %v, want a finite number > 0", g.Sigma)
	}
	return nil
}

// start returns a copy of Start, or the default.
func (c Config) start(params int) (*Trajectory, error) {
	if c.Start != nil {
		if c.Start.Len() != c.Tau || c.Start.Params() != params {
			return nil, fmt.Errorf("tps: Start has %d models of %d parameters, want Tau = %d of %d",
				c.Start.Len(), c.Start.Params(), c.Tau, params)
		}
		if err := c.Start.finite(); err != nil {
			return nil, fmt.Errorf("tps: Start: %w", err)
		}
		return c.Start.Clone(), nil
	}
	normal := rand.New(c.Source)
	first := make([]float32, params)
	for i := range first {
		first[i] = float32(c.Sigma * normal.NormFloat64())
	}
	return RandomWalk(c.Tau, first, c.Sigma, c.Source)
}
