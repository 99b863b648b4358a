package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"time"

	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/judge"
	"github.com/trajens/trajens/nn"
)

// The two comparisons that each way takes part in.
const (
	equalMembers = "members"
	equalSeconds = "seconds"
)

// A row of the table is a way in one of the comparisons.
type row struct{ view, way string }

// A comparison is that of all ways over some seeds.
type comparison struct {
	*options
	sets     *judge.Sets
	net      *nn.Network
	measures map[row][]judge.Measures // a number for each seed that is done
	progress *cli.Progress
	begin    time.Time
	done     int // rows, of all seeds
}

func newComparison(o *options, s *judge.Sets, net *nn.Network, stderr io.Writer) *comparison {
	return &comparison{
		options: o, sets: s, net: net, measures: make(map[row][]judge.Measures),
		progress: cli.NewProgress(stderr, 1), begin: time.Now(),
	}
}

// compare trains and judges all ways for a seed, from 0.
func (c *comparison) compare(ctx context.Context, seed int) error {
	gradients, err := nn.NewGradients(c.net, c.sets.Train, nn.CrossEntropy, nn.Config{Workers: c.workers})
	if err != nil {
		return err
	}
	defer gradients.Close()
	b := &bench{options: c.options, seed: c.seed + uint64(seed), sets: c.sets, net: c.net, gradients: gradients}
	usual := make(map[string]float64) // seconds
	for _, view := range []string{equalMembers, equalSeconds} {
		for _, w := range c.ways {
			at := row{view, w.name}
			effort := 1.0
			if view == equalSeconds {
				effort = usual[deepEnsemble] / usual[w.name]
			}
			if view == equalSeconds && (w.fixed || w.name == deepEnsemble) {
				all := c.measures[row{equalMembers, w.name}]
				c.add(at, all[len(all)-1])
				continue
			}
			b.show = c.showing(seed, at)
			m, err := c.measure(ctx, &task{bench: b, effort: effort, stream: streamOf(w.name)}, w)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			if view == equalMembers {
				usual[w.name] = m[judge.Seconds]
			}
			c.add(at, m)
		}
	}
	return nil
}

// streamOf returns the stream of a way's random numbers, which does not depend on what other
// ways there are.
func streamOf(name string) uint64 {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	return hash.Sum64()
}

func (c *comparison) add(at row, m judge.Measures) {
	c.measures[at] = append(c.measures[at], m)
	c.done++
}

// measure has a way do a task, and measures what comes of it.
func (c *comparison) measure(ctx context.Context, t *task, w way) (m judge.Measures, err error) {
	t.clock.begin = time.Now()
	o, err := w.train(ctx, t)
	if err != nil {
		return m, err
	}
	seconds := t.clock.seconds()
	predictions := make([]*metrics.Predictions, len(c.sets.Judged))
	for k, d := range c.sets.Judged {
		if ctx.Err() != nil {
			return m, context.Cause(ctx)
		}
		if predictions[k], err = o.predict(d); err != nil {
			return m, err
		}
	}
	m, err = c.sets.Measure(predictions)
	m[judge.Members], m[judge.Parameters], m[judge.Seconds] = float64(o.members), float64(o.parameters), seconds
	return m, err
}

// showing returns what shows how far a row is.
func (c *comparison) showing(seed int, at row) func(loss float64) {
	share := float64(c.done) / float64(2*len(c.ways)*c.seeds)
	return func(loss float64) {
		fields := append(cli.Done(share, time.Since(c.begin).Seconds()), fmt.Sprintf("%s, equal %s", at.way, at.view))
		if c.seeds > 1 {
			fields = append(fields, fmt.Sprintf("seed %d of %d", seed+1, c.seeds))
		}
		c.progress.Show(0, append(fields, fmt.Sprintf("loss %.4f", loss))...)
	}
}

// A summary is a row of the table with the means over its seeds.
type summary struct {
	row
	seeds        int
	mean, errors judge.Measures // errors are standard errors, NaN of one seed
}

// summaries returns the rows that there are of a comparison, in the order of the ways.
func (c *comparison) summaries(view string) (all []summary) {
	for _, w := range c.ways {
		if values := c.measures[row{view, w.name}]; values != nil {
			s := summary{row: row{view, w.name}, seeds: len(values)}
			s.mean, s.errors = judge.Mean(values)
			all = append(all, s)
		}
	}
	return all
}
