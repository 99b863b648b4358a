package tps

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// Config holds the options of a chain. Tau and Sigma must be set; the zero
// value of any other field stands for its default.
//
// A Config may be copied for several chains: each makes its own acceptance
// test, start and random numbers from it. Give each chain another Stream, and
// no Source, as one Source is for one chain.
type Config struct {
	// Tau is τ, the number of models in the trajectory, at least 1. The chain
	// keeps two trajectories, of 4·τ·P bytes each.
	Tau int
	// Sigma is σ, the width of the random walk between neighbors, positive
	// and at most 10³⁰.
	Sigma float64
	// S is the tilt s, finite. 0 samples the path measure; then no samples of
	// the data are drawn, and the loss estimates are NaN.
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
	// Move is how proposals are made. nil: Autoregressive with Fraction and Width,
	// which is the paper's move; they are set nowhere else.
	Move Move
	// Sweep changes the models in turn, all of one parity at once and then those of
	// the other, by as many goroutines as there are losses (NewChain), each model with
	// an acceptance test and random numbers of its own: the chain is the same, bit for
	// bit, for any number of goroutines. A step is that of one model, and s is that of
	// the first step of a parity. The Move changes one model (Width 1); moves of a Mix
	// that change several are made in between, in the place of a parity each. The Test
	// must have a method Clone.
	Sweep bool
	// Tuning is how the sizes of moves are tuned in the first steps. The zero value:
	// they are as the Move has them.
	Tuning Tuning
	// Prior is the distribution of the first model, or of each. nil: flat.
	Prior *Gaussian
	// EveryModel makes Prior the distribution of every model, not of the first
	// alone.
	EveryModel bool
	// Test is the acceptance test, for the number of samples that the losses
	// have. A test with a method Clone() minibatch.Test, as those of package
	// minibatch have, is cloned, and the chain uses the clone. Any other is for
	// this chain alone. nil: the adaptive minibatch test with its defaults.
	Test minibatch.Test
	// Start is the trajectory to start from, Tau models, copied, whose
	// parameters are at most 10³⁷ in size. nil: a random walk of width Sigma
	// from a first model whose coordinates are normal with mean 0 and standard
	// deviation Sigma.
	Start *Trajectory
	// Seed and Stream seed the random numbers, unless there is a Source:
	// chains that differ in either are independent. Several chains of one
	// program have one Seed and the Streams 0, 1, 2 and so on.
	Seed, Stream uint64
	// Source is where all random numbers come from, for this chain alone. nil:
	// the PCG of golang.org/x/exp/rand, seeded with Seed and Stream.
	Source rand.Source
}

// largestSigma bounds the widths of distributions, so that parameters, which
// are float32, do not overflow at the start.
const largestSigma = 1e30

// largestParameter bounds those of a start, to the same end: far more steps of
// width largestSigma are between it and the largest float32 than a chain makes.
const largestParameter = 1e37

// withDefaults returns the configuration with those defaults filled in that
// are values, for a model of the given size, or an error that names the field
// that is out of its range.
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
	if err := checkMemory(c.Tau, params); err != nil {
		return c, err
	}
	if err := checkWidth("Sigma", c.Sigma); err != nil {
		return c, err
	}
	if c.Move == nil {
		if err := c.checkWindow(); err != nil {
			return c, err
		}
	} else if null.Is(c.Move) {
		return c, fmt.Errorf("tps: Move is a nil %T", c.Move)
	} else if c.Fraction != 0 || c.Width != 0 {
		return c, fmt.Errorf("tps: Fraction = %v and Width = %d are set beside a Move, want 0: they are the move's", c.Fraction, c.Width)
	}
	if c.EveryModel && c.Prior == nil {
		return c, fmt.Errorf("tps: EveryModel is set without a Prior")
	}
	if err := c.checkSchedule(); err != nil {
		return c, err
	}
	if err := c.Tuning.validate(samples); err != nil {
		return c, err
	}
	if err := c.Prior.validate(params); err != nil {
		return c, err
	}
	if c.Source != nil && null.Is(c.Source) {
		return c, fmt.Errorf("tps: Source is a nil %T", c.Source)
	}
	return c.withTest(samples)
}

// checkWindow fills in the defaults of Fraction and Width, or returns an error.
func (c *Config) checkWindow() error {
	c.Fraction, c.Width = cmp.Or(c.Fraction, 1), cmp.Or(c.Width, 1)
	if !(c.Fraction > 0 && c.Fraction <= 1) {
		return fmt.Errorf("tps: Fraction = %v, want a number in (0, 1]", c.Fraction)
	}
	if c.Width < 1 || c.Width > c.Tau {
		return fmt.Errorf("tps: Width = %d, want 1 to Tau = %d", c.Width, c.Tau)
	}
	return nil
}

// move returns Move, or the default.
func (c *Config) move() Move {
	if c.Move == nil {
		return Autoregressive{Fraction: c.Fraction, Width: c.Width}
	}
	return c.Move
}

// path returns the path measure.
func (c *Config) path() Path {
	return Path{Sigma: c.Sigma, Prior: c.Prior, EveryModel: c.EveryModel}
}

// checkMemory returns an error if there is no memory for a chain.
func checkMemory(tau, params int) error {
	trajectories := 2 * 4 * float64(tau) * float64(params)
	losses, coordinates := 8*float64(tau), 16*float64(params)
	if err := memory.Check(trajectories + losses + coordinates); err != nil {
		return fmt.Errorf("tps: Tau = %d with %d parameters %w", tau, params, err)
	}
	return nil
}

// checkWidth returns an error if the width of a distribution is out of range.
func checkWidth(name string, sigma float64) error {
	if !(sigma > 0) || math.IsInf(sigma, 1) {
		return fmt.Errorf("tps: %s = %v, want a finite number > 0", name, sigma)
	}
	if sigma > largestSigma {
		return fmt.Errorf("tps: %s = %v, want at most %v: the parameters, which are float32, would overflow", name, sigma, largestSigma)
	}
	return nil
}

// withTest fills in the default of Test, or checks it.
func (c Config) withTest(samples int) (Config, error) {
	if c.Test == nil {
		test, err := minibatch.NewAdaptive(samples, minibatch.AdaptiveConfig{})
		if err != nil {
			return c, fmt.Errorf("tps: the default Test: %w", err)
		}
		c.Test = test
		return c, nil
	}
	if null.Is(c.Test) {
		return c, fmt.Errorf("tps: Test is a nil %T", c.Test)
	}
	if sized, ok := c.Test.(interface{ Samples() int }); ok && sized.Samples() != samples {
		return c, fmt.Errorf("tps: Test is for %d samples, the losses have %d", sized.Samples(), samples)
	}
	return c, nil
}

// cloneTest returns a clone of a test, or the test itself if it has none.
func cloneTest(test minibatch.Test) minibatch.Test {
	if cloner, ok := test.(interface{ Clone() minibatch.Test }); ok {
		return cloner.Clone()
	}
	return test
}

// schedule returns Schedule, or the default.
func (c Config) schedule() Schedule {
	if c.Schedule == nil {
		return Constant(c.S)
	}
	return c.Schedule
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

func (c Config) checkSchedule() error {
	if err := checkTilt("S", c.S); err != nil {
		return err
	}
	if c.Schedule == nil {
		return nil
	}
	if null.Is(c.Schedule) {
		return fmt.Errorf("tps: Schedule is a nil %T", c.Schedule)
	}
	if c.S != 0 {
		return fmt.Errorf("tps: S = %v and a Schedule are both set, want one of them", c.S)
	}
	if v, ok := c.Schedule.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

// start returns a copy of Start, or the default.
func (c Config) start(params int, source rand.Source) (*Trajectory, error) {
	if c.Start != nil {
		if err := c.Start.fits("Start", c.Tau, params); err != nil {
			return nil, err
		}
		return c.Start.Clone(), nil
	}
	normal := rand.New(source)
	first := make([]float32, params)
	for i := range first {
		first[i] = float32(c.Sigma * normal.NormFloat64())
	}
	return RandomWalk(c.Tau, first, c.Sigma, source)
}
