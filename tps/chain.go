package tps

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/minibatch"
)

// A Chain is a Markov chain over trajectories.
type Chain struct {
	config   Config // as it was given, with the defaults that are values
	schedule Schedule
	source   rand.Source
	proposer Proposer
	settled  Step   // that a Settler is told of
	sweep    *sweep // nil unless the chain sweeps
	tuner    *tuner // nil if there is nothing to tune
	judge

	current  *Trajectory
	proposed *Trajectory // equal to current between steps
	proposal Proposal
	prepared bool // references are there if they must be
	steps    int
	stats    Stats
	loss     []float64 // the last minibatch estimate for each model

	averager *averager   // made on the first use
	models   [][]float32 // of current, for the averager

	// Made on the first use, by describeSettings and describeLosses.
	settings, lossSettings map[string]string
}

// A Step is what one step of a chain did.
type Step struct {
	// Number counts the steps of the chain, from 0.
	Number int
	// S is the tilt s of the step.
	S float64
	// Kind is what part of the trajectory the proposal was to change, and Choice the
	// index of the move in a Mix, else 0.
	Kind   Kind
	Choice int
	// First and Width say which models it changed: First … First+Width−1.
	First, Width int
	// Evaluations is how many losses the acceptance test evaluated, and Slopes how
	// many slopes.
	Evaluations, Slopes int
	// References is how many references were made in it.
	References int
	// ProposalCost is what the proposal itself took, in losses.
	ProposalCost float64
	// Decision is what the acceptance test said. If there were several levels, Samples,
	// Cost and UniformCost are sums over those that were tested, and the other fields
	// are of the last one.
	minibatch.Decision
}

// NewChain returns a chain for the given losses. It evaluates none. The error
// names what is missing or out of its range: losses that are nil or empty, a
// field of config, or more memory than the machine has.
//
// Further losses, of the same model and data, are for chains that Sweep: each lets
// one more goroutine work.
func NewChain(config Config, losses Losses, further ...Losses) (*Chain, error) {
	if null.Is(losses) {
		return nil, errors.New("tps: the losses are nil")
	}
	params := losses.Params()
	config, err := config.withDefaults(losses.Samples(), params)
	if err != nil {
		return nil, err
	}
	source := config.source()
	start, err := config.start(params, source)
	if err != nil {
		return nil, err
	}
	c := &Chain{
		config:   config,
		schedule: config.schedule(),
		source:   source,
		judge:    newJudge(cloneTest(config.Test), losses, 0, config.Tau),
		current:  start,
		proposed: start.Clone(),
		loss:     make([]float64, config.Tau),
	}
	target := Target{Tau: config.Tau, Path: config.path(), Losses: losses}
	if c.proposer, err = config.move().Proposer(target); err != nil {
		return nil, err
	}
	if null.Is(c.proposer) {
		return nil, fmt.Errorf("tps: Move, a %T, has made no Proposer", config.move())
	}
	if config.Sweep {
		if c.sweep, err = newSweep(c, target, append([]Losses{losses}, further...)); err != nil {
			return nil, err
		}
	} else if len(further) > 0 {
		return nil, fmt.Errorf("tps: there are %d further losses, want none without Sweep", len(further))
	}
	c.tuner = newTuner(c)
	c.forgetLosses()
	return c, nil
}

// forgetLosses makes all loss estimates unknown.
func (c *Chain) forgetLosses() {
	for t := range c.loss {
		c.loss[t] = math.NaN()
	}
}

// Config returns the configuration, with the defaults of Test and, unless there is a
// Move, of Fraction and Width filled in, and S as SetS left it. Other fields are as they were given: a
// Source is nil if the random numbers come from Seed and Stream, and a Start if
// it comes from those. So NewChain makes of it a chain that begins as this one
// did, unless there is a Source, which has gone on, or Start was written to.
func (c *Chain) Config() Config {
	config := c.config
	config.Test = cloneTest(c.test)
	return config
}

// Trajectory returns the state of the chain. It is a view, which changes with
// each step and must not be written to; Clone makes a copy.
func (c *Chain) Trajectory() *Trajectory { return c.current }

// SetTrajectory makes a copy of the trajectory the state of the chain, as an
// exchange between chains does. It has Tau models, and its numbers are finite.
// The loss estimates start anew. It is not to be called during a step.
func (c *Chain) SetTrajectory(trajectory *Trajectory) error {
	if trajectory == nil {
		return errors.New("tps: the trajectory is nil")
	}
	if err := trajectory.fits("the trajectory", c.current.Len(), c.current.params); err != nil {
		return err
	}
	copy(c.current.values, trajectory.values)
	copy(c.proposed.values, trajectory.values)
	c.forgetLosses()
	return nil
}

// Steps returns how many steps the chain has made.
func (c *Chain) Steps() int { return c.steps }

// S returns the tilt s of the next step.
func (c *Chain) S() float64 { return c.schedule.S(c.steps) }

// SetS makes s, a finite number, the tilt of all steps from now on, in the
// place of the schedule, as a sweep through several s does. It is not to be
// called during a step.
//
// s is a setting that a checkpoint holds: a checkpoint that was written after
// SetS is for a chain with that s, from its Config or by SetS before the
// checkpoint is read.
func (c *Chain) SetS(s float64) error {
	if err := checkTilt("s", s); err != nil {
		return err
	}
	c.config.S, c.config.Schedule, c.schedule = s, nil, Constant(s)
	if c.settings != nil {
		c.settings[scheduleSetting] = checkpoint.Describe(c.schedule)
	}
	return nil
}

// Run makes steps until the chain has made total of them in its life. What is
// asked for is the total: it counts the steps of earlier runs, and those
// before the checkpoint that a chain goes on from, so that a program that was
// interrupted and is started again with the same total does what is left.
// total is at least Steps, at which there is nothing to do.
//
// Run returns early when the context is done, with the context's cause; when
// an observer returns an error, with that error, or without one if it is
// ErrStop; or when Step fails. The chain can go on from where it stopped in
// each case.
func (c *Chain) Run(ctx context.Context, total int, observers ...Observer) error {
	if ctx == nil {
		return errNoContext
	}
	if total < c.steps {
		return fmt.Errorf("tps: total = %d, want at least the %d steps that the chain has made", total, c.steps)
	}
	done := ctx.Done()
	for c.steps < total {
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

var errNoContext = errors.New("tps: the context is nil")

// Step makes one step: it proposes a move, and accepts or rejects it. On an
// error, which is a LossError if a loss was NaN or −Inf, the trajectory is
// what it was before the step, and the step does not count.
//
// With Sweep, the steps of all models of one parity are made at once and returned
// one by one: the trajectory is that after all of them already.
func (c *Chain) Step() (step Step, err error) {
	s := c.S()
	if s-s != 0 {
		return Step{}, fmt.Errorf("tps: the schedule gives s = %v at step %d, want a finite number", s, c.steps)
	}
	made := 0
	if c.steps == 0 && !c.prepared && s != 0 {
		made = c.prepareReferences()
	}
	if c.sweep != nil {
		step, err = c.sweep.step(s)
	} else {
		err = c.one(c.proposer, s, nil, &step)
	}
	if err != nil {
		return Step{}, fmt.Errorf("%w (step %d)", err, c.steps)
	}
	step.Number = c.steps
	step.References += made
	c.steps++
	c.stats.count(&step)
	return step, nil
}

// one makes a proposal, and accepts or rejects it. places are those of the proposer's
// moves in a Mix, nil if it is the chain's.
func (c *Chain) one(proposer Proposer, s float64, places []int, step *Step) error {
	p := &c.proposal
	err := c.propose(proposer, p, s, c.source)
	if err == nil {
		err = c.decide(p, step)
	}
	if err != nil {
		p.assign(c.proposed, c.current)
		return err
	}

	// Choosing takes no branch, which a processor would guess wrong half of the
	// time.
	kept, lost := c.current, c.proposed
	if step.Accepted {
		kept, lost = lost, kept
	}
	if places != nil {
		step.Choice = places[step.Choice]
	}
	if !c.tuner.done() {
		before := c.tuner.steps
		c.tuner.watch(p, step)
		c.tuner.advance(before)
	}
	p.assign(lost, kept)
	c.outcome.settle(c.loss, step.Accepted)
	if settler, ok := proposer.(Settler); ok {
		c.settled = *step
		settler.Settle(&c.settled)
	}
	return nil
}

// propose makes a proposal.
func (c *Chain) propose(proposer Proposer, p *Proposal, s float64, source rand.Source) error {
	p.begin(c.current, c.proposed, s, source)
	if err := proposer.Propose(p); err != nil {
		p.First, p.Width, p.Coordinates = 0, c.config.Tau, nil // whatever it changed
		return err
	}
	if err := p.check(); err != nil {
		p.First, p.Width, p.Coordinates = 0, c.config.Tau, nil
		return err
	}
	return nil
}

// MeanLosses writes L(θₜ), the mean loss over all samples, of each model to
// dst, which has length Tau. It costs τ·N losses. The error is that of the
// function MeanLosses.
func (c *Chain) MeanLosses(dst []float64) error {
	if c.averager == nil {
		averager, err := newAverager(c.comparison.losses, c.config.Tau)
		if err != nil {
			return err
		}
		c.averager, c.models = averager, c.current.Models()
	}
	return c.averager.meanLosses(dst, c.models)
}
