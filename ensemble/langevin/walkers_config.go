package langevin

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// WalkersConfig holds the options of Walkers.
type WalkersConfig struct {
	// Config is that of each chain, except that its Source must be nil, as each has random
	// numbers of its own from Seed, and Start. Its Sampler is nil or a BAOAB without
	// Masses: the samplers that are not exact in θ for a harmonic loss would have an error
	// that depends on B, and those with a test would test another dynamics.
	Config
	// Walkers is how many there are, at least 3. 0: 8.
	Walkers int
	// Groups is into how many the walkers are divided, at least 2; a group moves while the
	// others rest. 0: as many as walkers.
	Groups int
	// Eta is η, the weight of the covariance, finite. B has √(1 + ηλ) in a direction in
	// which the covariance is λ; the step size stays below 2 over the square root of the
	// largest eigenvalue of B H B, H being the Hessian of U, which shrinks as η grows if
	// there are few walkers. 0: 1. Negative: none, B = I.
	Eta float64
	// Every is how many steps a group makes in its turn. 0: 100.
	Every int
	// Freeze is after how many steps the matrices stay as they are; draws are to be taken
	// from then on. Until then the covariances are those of where the other walkers have been
	// after their last turns, Memory of them, which many more directions are in than walkers
	// are, but which depend on the walker itself, and η grows with their number to Eta. 0:
	// never, and the covariances are those of where the others are, so that all draws are
	// good.
	Freeze int
	// Memory is how many turns before Freeze the covariances are over. 0: 16.
	Memory int
	// Starts are where the walkers start, in the place of Config.Start. nil: each at
	// Config.Start, or at its default with random numbers of its own.
	Starts [][]float32
}

// withDefaults returns the configuration with its defaults.
func (c WalkersConfig) withDefaults() (WalkersConfig, error) {
	if c.Sampler == nil {
		c.Sampler = BAOAB{}
	}
	b, ok := c.Sampler.(BAOAB)
	if !ok {
		return c, fmt.Errorf("langevin: WalkersConfig.Sampler is %v, want BAOAB: only BAOAB is exact in θ for a harmonic loss whatever the preconditioner is, and others would be biased by one that changes", c.Sampler)
	}
	if b.Masses != nil {
		return c, errors.New("langevin: WalkersConfig.Sampler has Masses, want none: the preconditioner is in their place")
	}
	if c.Source != nil {
		return c, errors.New("langevin: WalkersConfig.Source is set, want nil: each walker has random numbers of its own, from Seed and Stream")
	}
	c.Walkers = cmp.Or(c.Walkers, 8)
	c.Groups, c.Eta, c.Every = cmp.Or(c.Groups, c.Walkers), max(0, cmp.Or(c.Eta, 1)), cmp.Or(c.Every, 100)
	c.Memory = cmp.Or(c.Memory, 16)
	switch {
	case c.Walkers < 3:
		return c, fmt.Errorf("langevin: WalkersConfig.Walkers = %d, want at least 3", c.Walkers)
	case c.Groups < 2 || c.Groups > c.Walkers || c.Walkers-(c.Walkers+c.Groups-1)/c.Groups < 2:
		return c, fmt.Errorf("langevin: WalkersConfig.Groups = %d of %d walkers, want 2 to %d, so that two walkers rest at least", c.Groups, c.Walkers, c.Walkers)
	case math.IsNaN(c.Eta) || math.IsInf(c.Eta, 1):
		return c, fmt.Errorf("langevin: WalkersConfig.Eta = %v, want a finite number", c.Eta)
	case c.Every < 1:
		return c, fmt.Errorf("langevin: WalkersConfig.Every = %d, want at least 1, or 0 for the default", c.Every)
	case c.Freeze < 0:
		return c, fmt.Errorf("langevin: WalkersConfig.Freeze = %d, want at least 0", c.Freeze)
	case c.Memory < 1:
		return c, fmt.Errorf("langevin: WalkersConfig.Memory = %d, want at least 1, or 0 for the default", c.Memory)
	case c.Starts != nil && len(c.Starts) != c.Walkers:
		return c, fmt.Errorf("langevin: WalkersConfig.Starts has %d starts, want the number of walkers, %d", len(c.Starts), c.Walkers)
	}
	return c, nil
}
