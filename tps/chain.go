package tps

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// A Chain is a Markov chain over trajectories.
type Chain struct {
	config   Config
	mover    mover
	proposal *proposal

	current  *Trajectory
	proposed *Trajectory // equal to current between steps
	steps    int
	stats    Stats
	loss     []float64 // the last minibatch estimate for each model

	averager *averager   // made on the first use
	models   [][]float32 // of current, for the averager

	description map[string]string // made on the first use, by setup
}

// A Step is what one step of a chain did.
type Step struct {
	// Number counts the steps of the chain, from 0.
	Number int
	// S is the tilt s of the step.
	S float64
	// Move is how the proposal was made.
	Move Move
	// First and Width say which models it changed: First … First+Width−1.
	First, Width int
	// Decision is what the acceptance test said.
	minibatch.Decision
}

// NewChain returns a chain for the given losses. It evaluates none.
func NewChain(config Config, losses Losses) (*Chain, error) {
	config, err := config.withDefaults(losses.Samples(), losses.Params())
	if err != nil {
		return nil, err
	}
	params := losses.Params()
	c := &Chain{
		config: config,
		mover: mover{
			sigma:  config.Sigma,
			width:  config.Width,
			prior:  config.Prior,
			coords: random.NewDeck(params),
			redraw: max(1, int(math.Round(config.Fraction*float64(params)))),
			normal: rand.New(config.Source),
			source: config.Source,
		},
		proposal: newProposal(losses, config.Width),
		current:  config.Start,
		proposed: config.Start.Clone(),
		loss:     make([]float64, config.Tau),
	}
	for t := range c.loss {
		c.loss[t] = math.NaN()
	}
	return c, nil
}

// Config returns the configuration, with the defaults filled in.
func (c *Chain) Config() Config {
	config := c.config
	config.Start = nil
	return config
}

// Trajectory returns the state of the chain. It is a view, which changes with
// each step and must not be written to; Clone makes a copy.
func (c *Chain) Trajectory() *Trajectory { return c.current }

// Steps returns how many steps the chain has made.
func (c *Chain) Steps() int { return c.steps }

// S returns the tilt s of the next step.
func (c *Chain) S() float64 { return c.config.Schedule.S(c.steps) }

// Run makes the given number of steps. It returns early when the context is
// done, with the context's cause; when an observer returns an error, with that
// error, or without one if it is ErrStop; or when Step fails. The chain can
// go on from where it stopped in each case.
func (c *Chain) Run(ctx context.Context, steps int, observers ...Observer) error {
	done := ctx.Done()
	for range steps {
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
			if err := observers[i].observe(c, &step); err != nil {
				if errors.Is(err, ErrStop) {
					return nil
				}
				return err
			}
		}
	}
	return nil
}

// Step makes one step: it proposes a move, and accepts or rejects it. On an
// error, which is a LossError if a loss was NaN or −Inf, the trajectory is
// what it was before the step, and the step does not count.
func (c *Chain) Step() (Step, error) {
	s := c.S()
	if s-s != 0 {
		return Step{}, fmt.Errorf("tps: the schedule gives s = %v at step %d, want a finite number", s, c.steps)
	}
	w := c.mover.propose(c.proposed)
	c.proposal.set(c.current, c.proposed, w)
	decision, err := c.config.Test.Decide(c.proposal, s, c.config.Source)
	if c.proposal.err != nil {
		err = c.proposal.err
	}
	if err != nil {
		assign(c.proposed, c.current, w)
		return Step{}, fmt.Errorf("%w (step %d)", err, c.steps)
	}

	if decision.Accepted {
		assign(c.current, c.proposed, w)
	} else {
		assign(c.proposed, c.current, w)
	}
	step := Step{Number: c.steps, S: s, Move: w.move, First: w.first, Width: w.width, Decision: decision}
	c.steps++
	c.stats.count(step)
	c.updateLosses(step)
	return step, nil
}

// assign sets the window in dst to that in src.
func assign(dst, src *Trajectory, w window) {
	all := len(w.coordinates) == dst.params
	for t := w.first; t < w.first+w.width; t++ {
		to, from := dst.Model(t), src.Model(t)
		if all {
			copy(to, from)
			continue
		}
		for _, i := range w.coordinates {
			to[i] = from[i]
		}
	}
}

// updateLosses keeps the mean loss over the step's minibatch for each model of
// the window, the new one's if the step was accepted, the old one's if not.
func (c *Chain) updateLosses(step Step) {
	kept := 0
	if step.Accepted {
		kept = 1
	}
	for k := range step.Width {
		c.loss[step.First+k] = c.proposal.sums[2*k+kept] / float64(c.proposal.count)
	}
}

// MeanLosses writes L(θₜ), the mean loss over all samples, of each model to
// dst, which has length Tau. It costs τ·N losses. The error, a LossError,
// names the first model and sample whose loss is NaN or −Inf.
func (c *Chain) MeanLosses(dst []float64) error {
	if c.averager == nil {
		c.averager = newAverager(c.proposal.losses, c.config.Tau)
		c.models = c.current.Models()
	}
	return c.averager.meanLosses(dst, c.models)
}
