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
	stderr   io.Writer
	progress *cli.Progress
	begin    time.Time
	done     int // rows, of all seeds
}

func newComparison(o *options, s *judge.Sets, net *nn.Network, stderr io.Writer) *comparison {
	return &comparison{
		options: o, sets: s, net: net, measures: make(map[row][]judge.Measures),
		stderr: stderr, progress: cli.NewProgress(stderr, 1), begin: time.Now(),
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
	costs := make(map[string]cost) // of the ways that have not failed
	for _, view := range []string{equalMembers, equalSeconds} {
		for _, w := range c.ways {
			at, t := row{view, w.name}, &task{bench: b, stream: streamOf(w.name)}
			if view == equalSeconds {
				if t.cost = costs[w.name]; t.cost.all == 0 {
					c.done++
					continue
				}
				t.budget = costs[deepEnsemble].all
			}
			b.show = c.showing(seed, at)
			m, err := c.measure(ctx, t, w)
			switch {
			case err == nil:
				costs[w.name] = t.cost
				c.measures[at] = append(c.measures[at], m)
			case ctx.Err() != nil || w.name == deepEnsemble:
				return fmt.Errorf("%s: %w", w.name, err)
			default: // its row is left out
				c.progress.End()
				fmt.Fprintf(c.stderr, "%s, equal %s: %v\n", w.name, view, err)
			}
			c.done++
			if err := c.writeCSV(); err != nil { // a run may be cut short
				return err
			}
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

// measure has a way do a task, and measures what comes of it.
func (c *comparison) measure(ctx context.Context, t *task, w way) (m judge.Measures, err error) {
	if t.budget > 0 && w.name == deepEnsemble { // the budget is its own
		all := c.measures[row{equalMembers, w.name}]
		return all[len(all)-1], nil
	}
	t.clock = newClock()
	o, err := w.train(ctx, t)
	if err != nil {
		return m, err
	}
	seconds := t.finish()
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

// all returns the rows of both comparisons.
func (c *comparison) all() (all []summary) {
	for _, view := range views {
		all = append(all, c.summaries(view[0])...)
	}
	return all
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
