package posterior

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/tps"
)

// Config configures a Store. Every must be set.
type Config struct {
	// Every is the number of steps from a draw to the next, at least 1: there is a
	// draw whenever the chain's Steps is a multiple of it. Neighboring draws are
	// alike if it is small; τ steps or more give each model a turn.
	Every int
	// BurnIn is a number of steps, at least 0: up to there no draws are recorded.
	BurnIn int
	// Coordinates are the parameters that are recorded of each model, different
	// numbers from 0 to P−1, in the order in which they are to be, copied. nil: all, or
	// none if there are Directions.
	Coordinates []int
	// Directions are vectors of P finite numbers each, such as eigenvectors of the
	// Hessian, copied, of which v·θ is recorded for each model. nil: none.
	Directions [][]float64
	// ExactLosses takes lp and loss from the mean losses over all samples, which
	// costs τ·N losses for each draw. false: from the chain's LossEstimates, which
	// cost nothing but are noisy and biased downwards. They are NaN for a model that
	// was not evaluated yet, and so is lp then.
	ExactLosses bool
	// HeldOut are losses of M samples that the chains do not train on, each the
	// negative logarithm of a likelihood, in nats. Their negatives are the group
	// log_likelihood; that costs τ·M losses for each draw. The chains take turns,
	// unless HeldOut has a method Concurrent() bool that returns true. It must not
	// be what a chain of another goroutine computes with. nil: there is no such
	// group.
	HeldOut tps.Losses
	// ByModel records the log-likelihoods of each model. false: that of the
	// committee of a draw's models, the logarithm of their mean likelihood, which
	// takes τ times less room.
	ByModel bool
	// Observed are the M targets or labels of the samples of HeldOut, the group
	// observed_data. nil: there is no such group.
	Observed []float64
	// Block is the number of draws in a file, at least 1. As many wait in memory for
	// each chain. 0: as many as have 4 MiB, from 1 to 10,000.
	Block int
	// FlushInterval is the time after which draws are written even if they are
	// fewer, at least 0. The clock is read when there is a draw. 0: 10 seconds.
	FlushInterval time.Duration
	// Attributes are further attributes of the groups, such as created_at. A run
	// that goes on keeps those that the store has.
	Attributes map[string]string
	// OnError is called when draws cannot be written, once until they can be again.
	// The run ends with the error that it returns, and goes on if that is nil: new
	// draws are dropped then, once a block of them waits, and writing is tried again
	// after each FlushInterval. The function nil: the error ends the run, at each
	// attempt to write.
	OnError func(error) error
}

// withDefaults returns a copy of the configuration with its defaults, but for Block,
// or an error that names the field that is out of its range.
func (c Config) withDefaults(params int) (Config, error) {
	c.FlushInterval = cmp.Or(c.FlushInterval, 10*time.Second)
	switch {
	case c.Every < 1:
		return c, fmt.Errorf("posterior: Every = %d, want at least 1", c.Every)
	case c.BurnIn < 0:
		return c, fmt.Errorf("posterior: BurnIn = %d, want at least 0", c.BurnIn)
	case c.Block < 0:
		return c, fmt.Errorf("posterior: Block = %d, want at least 0", c.Block)
	case c.FlushInterval < 0:
		return c, fmt.Errorf("posterior: FlushInterval = %v, want at least 0", c.FlushInterval)
	}
	if c.Coordinates == nil && c.Directions == nil {
		c.Coordinates = make([]int, params)
		for i := range c.Coordinates {
			c.Coordinates[i] = i
		}
	}
	c.Coordinates = slices.Clone(c.Coordinates)
	c.Directions = slices.Clone(c.Directions)
	for k, direction := range c.Directions {
		c.Directions[k] = slices.Clone(direction)
	}
	if err := c.checkCoordinates(params); err != nil {
		return c, err
	}
	if err := c.checkDirections(params); err != nil {
		return c, err
	}
	return c, c.checkHeldOut(params)
}

func (c *Config) checkCoordinates(params int) error {
	if c.Coordinates != nil && len(c.Coordinates) == 0 {
		return errors.New("posterior: Coordinates is empty, want at least one, or nil")
	}
	seen := make(map[int]bool, len(c.Coordinates))
	for i, coordinate := range c.Coordinates {
		if coordinate < 0 || coordinate >= params || seen[coordinate] {
			return fmt.Errorf("posterior: Coordinates[%d] = %d, want different numbers from 0 to %d", i, coordinate, params-1)
		}
		seen[coordinate] = true
	}
	return nil
}

func (c *Config) checkDirections(params int) error {
	if c.Directions != nil && len(c.Directions) == 0 {
		return errors.New("posterior: Directions is empty, want at least one, or nil")
	}
	for k, direction := range c.Directions {
		if len(direction) != params {
			return fmt.Errorf("posterior: Directions[%d] has %d numbers, want the number of parameters, %d", k, len(direction), params)
		}
		if i := slices.IndexFunc(direction, func(x float64) bool { return x-x != 0 }); i >= 0 {
			return fmt.Errorf("posterior: Directions[%d][%d] = %v, want a finite number", k, i, direction[i])
		}
	}
	return nil
}

func (c *Config) checkHeldOut(params int) error {
	if c.HeldOut == nil {
		if c.ByModel || c.Observed != nil {
			return errors.New("posterior: ByModel or Observed is set without HeldOut")
		}
		return nil
	}
	if null.Is(c.HeldOut) {
		return fmt.Errorf("posterior: HeldOut is a nil %T", c.HeldOut)
	}
	samples := c.HeldOut.Samples()
	if have := c.HeldOut.Params(); have != params || samples < 1 {
		return fmt.Errorf("posterior: HeldOut is of %d samples and models of %d parameters, want at least 1 sample and %d parameters", samples, have, params)
	}
	if c.Observed != nil && len(c.Observed) != samples {
		return fmt.Errorf("posterior: Observed has %d numbers, want one for each of %d samples of HeldOut", len(c.Observed), samples)
	}
	return nil
}
