package main

import (
	"context"
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/tps/diagnostics"
)

// A measurement is what a run of walkers says.
type measurement struct {
	// times are the autocorrelation times in steps, along each followed direction: the
	// larger one of the coordinate's and of that of its square.
	times []float64
	// square is the mean of the squares of the coordinates, in units of the variances.
	square float64
}

func (m *measurement) slowest() float64 { return floats.Max(m.times) }

func (m *measurement) wide(r *reference) float64 { return stat.Mean(m.times[:r.wide], nil) }

func (m *measurement) narrow(r *reference) float64 {
	return stat.Mean(m.times[len(m.times)-r.wide:], nil)
}

// measureAll makes n runs of a row of that many steps, some at a time, each with a friction, in units of the lowest
// frequency, and random numbers of its own.
func (o *options) measureAll(ctx context.Context, p *problem, r *reference, x *row, n, steps int, of func(k int) (friction float64, seed uint64)) ([]*measurement, []error) {
	list, errs := make([]*measurement, n), make([]error, n)
	slots := make(chan struct{}, o.workers)
	var running sync.WaitGroup
	for k := range n {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			friction, seed := of(k)
			list[k], errs[k] = o.measure(ctx, p, r, x, steps, friction, seed)
		})
	}
	running.Wait()
	return list, errs
}

// measure makes one.
func (o *options) measure(ctx context.Context, p *problem, r *reference, x *row, steps int, friction float64, seed uint64) (*measurement, error) {
	config := langevin.WalkersConfig{
		Config: langevin.Config{
			Sampler: langevin.BAOAB{Step: x.step, Friction: friction * math.Sqrt(r.curvatures[0])},
			Prior:   langevin.Gaussian{Sigma: p.prior}, Start: p.start(), Seed: o.seed, Stream: 1 + seed,
		},
		Walkers: x.walkers, Eta: x.weight, Every: o.every, Memory: o.memory,
	}
	if x.weight == 0 {
		config.Eta = -1
	}
	burnIn := o.burnIn
	if x.freeze {
		config.Freeze = o.freeze
		burnIn += o.freeze
	}
	w, err := langevin.NewWalkers(config, p.model())
	if err != nil {
		return nil, err
	}
	if err := w.Run(ctx, burnIn, nil, nil); err != nil {
		return nil, err
	}
	series := make([][][]float64, len(r.indices)) // direction, walker, value
	for j := range series {
		series[j] = make([][]float64, x.walkers)
	}
	draw, along := make([]float64, p.params()), make([]float64, len(r.indices))
	observers := func(k int) []langevin.Observer {
		return []langevin.Observer{langevin.Every(o.thin, func(c *langevin.Chain) error {
			for i, v := range c.Params() {
				draw[i] = float64(v)
			}
			r.along(along, draw)
			for j, v := range along {
				series[j][k] = append(series[j][k], v)
			}
			return nil
		})}
	}
	if err := w.Run(ctx, burnIn+steps, observers, nil); err != nil {
		return nil, err
	}
	return o.timesOf(series), nil
}

// timesOf returns what series along directions say. It squares them.
func (o *options) timesOf(series [][][]float64) *measurement {
	m := new(measurement)
	for _, walkers := range series {
		time := diagnostics.IntegratedTimeOfChains(walkers, 0).Tau
		for _, s := range walkers {
			floats.Mul(s, s)
			m.square += stat.Mean(s, nil) / float64(len(walkers)*len(series))
		}
		time = max(time, diagnostics.IntegratedTimeOfChains(walkers, 0).Tau)
		m.times = append(m.times, time*float64(o.thin))
	}
	return m
}
