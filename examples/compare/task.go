package main

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/ensemble/independent"
	"github.com/trajens/trajens/examples/internal/judge"
	"github.com/trajens/trajens/internal/processor"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// warmUp is the share of the steps in which learning rates rise.
const warmUp = 0.1

// A task is what a way is given.
type task struct {
	*bench
	// budget is how many seconds of processors the way is to take. 0: as many as its
	// usual work takes, whose cost is measured.
	budget float64
	cost   cost // of the usual work
	stream uint64
	clock  clock
	spent  float64 // seconds until the end of what spend did
}

// A cost is the seconds of processors that the usual work of a way took: all of it, a unit of
// what the way spends more time on if it has more, and what comes after that.
type cost struct{ all, unit, after float64 }

// A bench is what the ways share for one seed.
type bench struct {
	*options
	seed      uint64
	sets      *judge.Sets
	net       *nn.Network
	gradients *nn.Gradients
	networks  []network
	show      func(loss float64) // tells how the training goes
}

// A network is one that was trained by itself, for all the ways that begin with it.
type network struct {
	params  []float32
	seconds float64
}

// A clock adds up the seconds of processors that a way takes. What ways share is trained once
// and counts for each.
type clock struct {
	begin            float64
	shared, measured float64 // what it counts for, and what it took here
}

func newClock() clock { return clock{begin: now()} }

// now returns the seconds of processors that the program has taken.
func now() float64 { return processor.Time().Seconds() }

func (c *clock) seconds() float64 { return now() - c.begin - c.measured + c.shared }

// source returns the way's random numbers for one use.
func (t *task) source(use uint64) rand.Source { return random.Source(t.seed, 1, t.stream, use) }

// independent returns copies of the parameters of the first n independent networks.
func (t *task) independent(ctx context.Context, n int) ([][]float32, error) {
	begin := now()
	var models [][]float32
	for k := range n {
		if k == len(t.networks) {
			if err := t.trainNetwork(ctx, k); err != nil {
				return nil, err
			}
		}
		t.clock.shared += t.networks[k].seconds
		models = append(models, append([]float32(nil), t.networks[k].params...))
	}
	t.clock.measured += now() - begin
	return models, nil
}

// trainNetwork trains network k, whose random numbers do not depend on the way.
func (b *bench) trainNetwork(ctx context.Context, k int) error {
	begin := now()
	models, err := independent.Train(ctx, []descent.Gradient{b.gradients}, b.initialize, independent.Config{
		Members: 1, Descent: func(int) descent.Config { return b.descent(float64(b.epochs)) }, Source: random.Source(b.seed, 0, uint64(k)),
	})
	if err != nil {
		return err
	}
	b.networks = append(b.networks, network{models[0], now() - begin})
	return nil
}

func (b *bench) initialize(params []float32, source rand.Source) {
	nn.InitUniform(params, b.net, source)
}

// descent returns the usual training, by Adam, for a number of epochs, at least one.
func (b *bench) descent(epochs float64) descent.Config {
	return descent.Config{
		Epochs:   whole(epochs),
		Schedule: descent.Cosine{Peak: b.rate, WarmUp: warmUp},
		Progress: b.progress,
	}
}

// whole returns a number of epochs, at least one.
func whole(epochs float64) int { return max(1, int(math.Round(epochs))) }

func (b *bench) progress(e descent.Epoch) error {
	b.show(e.Loss)
	return nil
}

// spend has work done of which a way can do more or less: usually so many units, or as many as
// the budget pays. The unit is the way's own: epochs, say.
func (t *task) spend(usual float64, do func(units float64) error) error {
	begin, units := t.clock.seconds(), usual
	if t.budget > 0 && t.cost.unit > 0 {
		units = max(0, t.budget-begin-t.cost.after) / t.cost.unit
	}
	err := do(units)
	t.spent = t.clock.seconds()
	if t.budget == 0 {
		t.cost.unit = (t.spent - begin) / usual
	}
	return err
}

// finish returns the seconds that the task has taken.
func (t *task) finish() float64 {
	seconds := t.clock.seconds()
	if t.budget == 0 {
		t.cost.all, t.cost.after = seconds, seconds-t.spent
	}
	return seconds
}

// several returns a number of networks, usually so many, at least one.
func (t *task) several(usual int) int {
	if t.budget == 0 {
		return usual
	}
	return max(1, int(math.Round(float64(usual)*t.budget/t.cost.all)))
}

// few is how many networks the ways begin with that begin with several.
func (t *task) few() int { return min(3, t.members) }

// many is how many members are drawn that cost no training, where their number need not be
// that of the others.
const many = 20

// drawn returns how many members to draw.
func (t *task) drawn() int {
	if t.budget == 0 {
		return t.members
	}
	return max(many, t.members)
}

// one returns a network that the way is about: that which the ways share or, with a budget, one
// that was trained for longer.
func (t *task) one(ctx context.Context) (params []float32, err error) {
	err = t.spend(float64(t.epochs), func(epochs float64) error {
		if t.budget == 0 {
			models, err := t.independent(ctx, 1)
			if err == nil {
				params = models[0]
			}
			return err
		}
		config := t.descent(epochs)
		config.Source = random.Source(t.seed, 2) // the same for all that train one for longer
		params = make([]float32, t.net.Params())
		t.initialize(params, config.Source)
		_, err := descent.Run(ctx, params, t.gradients, config)
		return err
	})
	return params, err
}
