package swag

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/nn/descent"
)

// Config has the settings of Run. Descent.Epochs must be set; the zero value of any other
// field stands for its default.
type Config struct {
	// Rank is K, the largest number of columns of the covariance's part of low rank, at
	// least 2. 0: 20, as in the paper.
	Rank int
	// Diagonal leaves that part out: SWAG-Diagonal.
	Diagonal bool
	// Every is c, how many steps lie between two collected parameter vectors, at least
	// 1. 0: the steps of an epoch, as in the paper's experiments.
	Every int
	// Descent is how the path goes on. Its Schedule should be constant, and as high as
	// the loss bears; nil: descent.Constant(0.01). Its Optimizer should be SGD, whose
	// stationary distribution the method is about; nil: SGD with the momentum 0.9.
	// Its Validate must be nil.
	Descent descent.Config
}

// Run goes on with gradient descent from a trained network, which params are, and
// collects the posterior (Maddox et al., algorithm 1). It changes params in place: in the
// end they are those of the last step.
//
// When the run ends early, by the context, by a loss that is NaN or by an error of
// Progress, Run returns the posterior so far, and what descent.Run returns.
func Run(ctx context.Context, params []float32, gradient descent.Gradient, config Config) (*Posterior, error) {
	if err := config.check(gradient); err != nil {
		return nil, err
	}
	rank := cmp.Or(config.Rank, 20)
	if config.Diagonal {
		rank = 0
	}
	p, err := NewPosterior(params, rank)
	if err != nil {
		return nil, err
	}
	d := config.Descent
	d.Schedule = cmp.Or[descent.Schedule](d.Schedule, descent.Constant(0.01))
	c := &collector{Optimizer: cmp.Or[descent.Optimizer](d.Optimizer, &descent.SGD{Momentum: 0.9}), posterior: p, every: config.Every}
	if c.every == 0 {
		n := gradient.Samples()
		batch := cmp.Or(d.Batch, min(100, n))
		c.every = (n + batch - 1) / max(batch, 1)
	}
	d.Optimizer = c
	_, err = descent.Run(ctx, params, gradient, d)
	return p, cmp.Or(c.err, err)
}

func (c *Config) check(gradient descent.Gradient) error {
	switch {
	case null.Is(gradient):
		return errors.New("swag: gradient is nil")
	case c.Rank < 0 || c.Rank == 1:
		return fmt.Errorf("swag: Config.Rank = %d, want at least 2, or 0 for 20", c.Rank)
	case c.Diagonal && c.Rank != 0:
		return fmt.Errorf("swag: Config.Diagonal is set, but Rank = %d", c.Rank)
	case c.Every < 0:
		return fmt.Errorf("swag: Config.Every = %d, want at least 1, or 0 for the steps of an epoch", c.Every)
	case c.Descent.Validate != nil:
		return errors.New("swag: Config.Descent.Validate is set, want nil: all of the path is collected")
	}
	return nil
}

// A collector is an optimizer that has parameters collected after some of its steps.
type collector struct {
	descent.Optimizer
	posterior *Posterior
	every     int
	steps     int
	err       error // of the first parameters that could not be collected
}

// Step changes the parameters.
func (c *collector) Step(params, gradient []float32, rate float64) {
	c.Optimizer.Step(params, gradient, rate)
	c.steps++
	if c.steps%c.every == 0 && c.err == nil {
		c.err = c.posterior.Collect(params)
	}
}
