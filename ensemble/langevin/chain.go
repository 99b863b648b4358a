package langevin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/tps"
)

// A Chain is a trajectory of a sampler in the space of parameters.
type Chain struct {
	config  Config // as it was given, with the defaults that are values
	system  *System
	stepper Stepper
	state   *State
	stats   Stats
	failed  error // of the step that ended the chain
	// Made on the first use, by describeSettings.
	settings map[string]string
}

// A Step is what one step of a chain did.
type Step struct {
	// Number counts the steps of the chain, from 0.
	Number int
	// Loss is the mean loss of the last minibatch, or of all samples, and Potential U
	// with it, at the parameters where its gradient was evaluated: those after the step
	// where a sampler needs them there (State.Current).
	Loss, Potential float64
	// Kinetic is the kinetic energy after the step, 0 without a momentum.
	Kinetic float64
	// Acceptance is the probability with which the step was accepted, and Accepted
	// whether it was: NaN and true for samplers without a test, but for MCLMC false where
	// the step was put back.
	Acceptance float64
	Accepted   bool
	// Gradients is how many gradients were evaluated, and Samples of how many samples
	// in all.
	Gradients, Samples int
}

// NewChain returns a chain for a model. It evaluates no loss. The error names what is
// missing or out of its range.
func NewChain(config Config, gradient Gradient) (*Chain, error) {
	if null.Is(gradient) {
		return nil, errors.New("langevin: the gradient is nil")
	}
	params := gradient.Params()
	config, err := config.withDefaults(gradient.Samples(), params)
	if err != nil {
		return nil, err
	}
	source := config.source()
	system := &System{
		model: gradient, prior: config.Prior, s: config.S, beta: config.Beta, fixed: config.Fixed,
		batches: newBatches(gradient.Samples(), config.Batch, config.Epochs),
		source:  source, normal: rand.New(source), scratch: make([]float32, params),
	}
	state := &State{
		Params: config.start(params, system.normal), Gradient: make([]float32, params),
		Loss: math.NaN(), Potential: math.NaN(), Acceptance: math.NaN(), Accepted: true,
	}
	stepper, err := config.Sampler.Stepper(system, state)
	if err != nil {
		return nil, err
	}
	if null.Is(stepper) {
		return nil, fmt.Errorf("langevin: Config.Sampler, a %T, has made no Stepper", config.Sampler)
	}
	return &Chain{config: config, system: system, stepper: stepper, state: state}, nil
}

// Config returns the configuration, with the defaults of Sampler, S, Beta and Batch
// filled in, and Fixed in ascending order.
func (c *Chain) Config() Config { return c.config }

// State returns the state of the chain: a view, which changes with each step and must
// not be written to. Its Clone is a copy.
func (c *Chain) State() *State { return c.state }

// Params returns the parameters: a view, as State.
func (c *Chain) Params() []float32 { return c.state.Params }

// System returns what the chain samples.
func (c *Chain) System() *System { return c.system }

// Steps returns how many steps the chain has made.
func (c *Chain) Steps() int { return c.state.Steps }

// StepSize returns the size of the next step, NaN if the sampler does not tell.
func (c *Chain) StepSize() float64 {
	if s, ok := c.stepper.(stepSizer); ok {
		return s.StepSize()
	}
	return math.NaN()
}

// Stats returns the statistics since the chain was made or ResetStats was called.
func (c *Chain) Stats() Stats { return c.stats }

// ResetStats forgets the statistics, as at the end of a burn-in.
func (c *Chain) ResetStats() { c.stats = Stats{} }

// Run makes steps until the chain has made total of them in its life, those of earlier
// runs and those before the checkpoint that it goes on from included. total is at least
// Steps, at which there is nothing to do.
//
// Run returns early when the context is done, with the context's cause; when an observer
// returns an error, with that error, or without one if it is tps.ErrStop; or when Step
// fails. But for the last case the chain can go on from where it stopped.
func (c *Chain) Run(ctx context.Context, total int, observers ...Observer) error {
	if ctx == nil {
		return errors.New("langevin: the context is nil")
	}
	if total < c.state.Steps {
		return fmt.Errorf("langevin: total = %d, want at least the %d steps that the chain has made", total, c.state.Steps)
	}
	done := ctx.Done()
	for c.state.Steps < total {
		select {
		case <-done:
			return context.Cause(ctx)
		default:
		}
		step, err := c.Step()
		if err != nil {
			return err
		}
		for i := range observers {
			if err := observers[i].observe(c, step); err != nil {
				if errors.Is(err, tps.ErrStop) {
					return nil
				}
				return err
			}
		}
	}
	return nil
}

// Step makes one step. On an error, which is a LossError if a loss was not finite, the
// chain cannot go on: the state is for inspection, and each later call has the same
// error.
func (c *Chain) Step() (Step, error) {
	if c.failed != nil {
		return Step{}, c.failed
	}
	state, system := c.state, c.system
	state.Acceptance, state.Accepted = math.NaN(), true
	system.samples, system.calls = 0, 0
	size := c.StepSize()
	if err := c.stepper.Step(state); err != nil {
		c.failed = atStep(err, state.Steps, size)
		return Step{}, c.failed
	}
	step := Step{
		Number: state.Steps, Loss: state.Loss, Potential: state.Potential, Kinetic: state.Kinetic(),
		Acceptance: state.Acceptance, Accepted: state.Accepted, Gradients: system.calls, Samples: system.samples,
	}
	state.Steps++
	c.stats.count(&step)
	return step, nil
}

// atStep returns an error of a step with its number.
func atStep(err error, number int, size float64) error {
	var loss *LossError
	if errors.As(err, &loss) {
		loss.Step, loss.StepSize = number, size
		return err
	}
	return fmt.Errorf("%w (step %d)", err, number)
}
