package main

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/trajens/trajens/ensemble/independent"
	"github.com/trajens/trajens/examples/internal/judge"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// warmUp is the share of the steps in which learning rates rise.
const warmUp = 0.1

// A task is what a way is given.
type task struct {
	*bench
	// effort is how many times its usual work the way is to do.
	effort float64
	stream uint64 // of the way's random numbers
	clock  clock
}

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

// A clock adds up the seconds that a way takes. What ways share is trained once and counts
// for each.
type clock struct {
	begin            time.Time
	shared, measured float64 // what it counts for, and what it took here
}

func (c *clock) seconds() float64 { return time.Since(c.begin).Seconds() - c.measured + c.shared }

// source returns the way's random numbers for one use.
func (t *task) source(use uint64) rand.Source { return random.Source(t.seed, 1, t.stream, use) }

// independent returns copies of the parameters of the first n independent networks.
func (t *task) independent(ctx context.Context, n int) ([][]float32, error) {
	begin := time.Now()
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
	t.clock.measured += time.Since(begin).Seconds()
	return models, nil
}

// trainNetwork trains network k, whose random numbers do not depend on the way.
func (b *bench) trainNetwork(ctx context.Context, k int) error {
	begin := time.Now()
	models, err := independent.Train(ctx, []descent.Gradient{b.gradients}, b.initialize, independent.Config{
		Members: 1, Descent: func(int) descent.Config { return b.descent(float64(b.epochs)) }, Source: random.Source(b.seed, 0, uint64(k)),
	})
	if err != nil {
		return err
	}
	b.networks = append(b.networks, network{models[0], time.Since(begin).Seconds()})
	return nil
}

func (b *bench) initialize(params []float32, source rand.Source) {
	nn.InitUniform(params, b.net, source)
}

// descent returns the usual training, by Adam, for a number of epochs, at least one.
func (b *bench) descent(epochs float64) descent.Config {
	return descent.Config{
		Epochs:   max(1, int(math.Round(epochs))),
		Schedule: descent.Cosine{Peak: b.rate, WarmUp: warmUp},
		Progress: b.progress,
	}
}

func (b *bench) progress(e descent.Epoch) error {
	b.show(e.Loss)
	return nil
}

// rest returns how much of some variable work a way is to do, usually so much, if other
// work is fixed: all of the work together is then the effort times the usual work, but at
// least a tenth of the variable work is done. The unit is that of the results: epochs, say.
func (t *task) rest(fixed, usual float64) float64 {
	return max(t.effort*(fixed+usual)-fixed, usual/10)
}

// several returns a number of networks, usually so many, at least one.
func (t *task) several(usual int) int { return max(1, int(math.Round(t.effort*float64(usual)))) }

// few is how many networks the ways begin with that begin with several.
func (t *task) few() int { return min(3, t.members) }
