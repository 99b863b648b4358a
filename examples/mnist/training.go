package main

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
)

// A training is one or several chains on a dataset.
type training struct {
	*options
	set    *digits.Set
	report *report
	net    *nn.Network
	chains []*chain
	draws  *draws
}

// A chain is one of a training, with what goes along with it.
type chain struct {
	*tps.Chain
	index  int          // from 0
	number int          // for people: from 1, or 0 for the only one
	losses []*nn.Losses // for each goroutine that works on it
	begin  *beginning   // nil unless it starts from a network
	meter  *meter
	watch  *watch
	trace  *cli.Trace
	saver  *cli.Saver

	snapshots snapshots
}

// newTraining returns a training that starts, or goes on from its checkpoints.
func newTraining(ctx context.Context, o *options, set *digits.Set, report *report) (*training, error) {
	t := &training{options: o, set: set, report: report, net: nn.MairCNN()}
	t.Move.Blocks = t.net.LayerCoordinates()
	savers, err := o.checkpoints.OpenChains(report.stderr, o.chains)
	if err != nil {
		return nil, err
	}
	for k, saver := range savers {
		c := &chain{index: k, saver: saver}
		if len(savers) > 1 {
			c.number = k + 1
		}
		t.chains = append(t.chains, c)
		if err := t.prepare(ctx, c); err != nil {
			t.close()
			return nil, err
		}
	}
	if err := t.begin(); err != nil {
		t.close()
		return nil, err
	}
	for _, c := range t.chains {
		if t.steps > 0 && c.Steps() > t.steps {
			t.close()
			return nil, cli.Usagef("-steps %d: the run in %s has made %d already", t.steps, t.checkpoints.Dir, c.Steps())
		}
	}
	if err := t.beginTogether(); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// begin lets the chains go on from their checkpoints, and opens what is written on
// the way.
func (t *training) begin() (err error) {
	if t.draws, err = t.newDraws(); err != nil {
		return err
	}
	for k, c := range t.chains {
		parts := append(c.watch.parts(), cli.Part("meter", &c.meter.meterState))
		parts = append(append(parts, c.trace.Parts()...), t.draws.parts(k)...)
		if t.options.snapshots > 1 {
			parts = append(parts, cli.Part("snapshots", &c.snapshots))
		}
		if err := c.saver.Start(c.Chain, parts...); err != nil {
			return err
		}
		if err := c.trace.Start(c.Chain); err != nil {
			return err
		}
	}
	return t.draws.start()
}

// prepare makes a chain.
func (t *training) prepare(ctx context.Context, c *chain) error {
	start, err := t.newStart(ctx, c)
	if err != nil {
		return err
	}
	surrogate, err := t.KeptSurrogate(ctx, c.saver, t.net, t.set.Train, start.Model(0), c.index)
	if err != nil {
		return err
	}
	if c.losses, err = t.NewLosses(t.net, t.set.Train, max(1, t.Workers/t.options.chains)); err != nil {
		return err
	}
	if c.Chain, err = t.NewChain(c.losses, start, surrogate, c.index); err != nil {
		return err
	}
	if c.watch, err = newWatch(t.options, t.set.Train.Len()); err != nil {
		return err
	}
	if c.meter, err = newMeter(c.number, t.steps/20); err != nil {
		return err
	}
	c.trace, err = cli.NewTrace(t.trace, c.index, t.options.chains, t.report.stderr, trace.Config{
		Columns: []trace.Column{trace.Loss(), trace.Acceptance(), trace.Batch()},
		Every:   100,
		Average: true,
	})
	return err
}

func (t *training) close() {
	for _, c := range t.chains {
		for _, losses := range c.losses {
			losses.Close()
		}
		c.trace.Close() // in the wake of another error; run has closed it otherwise
	}
	t.draws.close()
}

// run trains until the steps are made, the time is up or the context is done,
// none of which is an error, saves a last checkpoint of each chain, and returns
// the chains that have not failed. One that fails does not stop the others.
func (t *training) run(ctx context.Context) (good []*chain, failed error) {
	total := t.steps
	if total == 0 {
		total = math.MaxInt
	}
	var running []*chain
	var chains []*tps.Chain
	for _, c := range t.chains {
		if t.timeUp(c) || c.Steps() >= total {
			good = append(good, c)
			continue
		}
		running, chains = append(running, c), append(chains, c.Chain)
		c.meter.start()
	}
	errs := tps.RunAll(ctx, chains, total, func(k int) []tps.Observer { return t.observers(running[k]) })
	for k, c := range running {
		if errs[k] == nil || ctx.Err() != nil && errors.Is(errs[k], context.Cause(ctx)) {
			good = append(good, c)
			errs[k] = nil
		}
		err := errors.Join(t.report.point(c, c.meter.point(c.Chain)), c.saver.Save(c.Chain), c.trace.Close())
		failed = errors.Join(failed, c.name(errs[k]), err)
	}
	t.report.progress.End()
	return good, errors.Join(failed, t.draws.end())
}

// name returns an error of RunAll with the number that the chain has for people.
func (c *chain) name(err error) error {
	var e *tps.ChainError
	if !errors.As(err, &e) {
		return err
	}
	if c.number == 0 {
		return e.Err
	}
	return fmt.Errorf("chain %d: %w", c.number, e.Err)
}

// observers returns what is called after the steps of a chain.
func (t *training) observers(c *chain) []tps.Observer {
	measure := tps.EachStep(func(_ *tps.Chain, step tps.Step) error {
		if err := t.report.point(c, c.meter.add(c.Chain, step)); err != nil {
			return err
		}
		if t.timeUp(c) {
			return tps.ErrStop
		}
		return nil
	})
	observers := append(c.trace.Observers(), t.draws.observers(c.index)...)
	observers = append(append(observers, c.watch.observers()...), t.snapshotObservers(c)...)
	return append(observers, measure, c.saver.Observer())
}

// timeUp tells whether a chain has had its time, in all runs together.
func (t *training) timeUp(c *chain) bool { return t.duration > 0 && c.meter.Spent >= t.duration }

// stats sums up the steps of all chains.
func (t *training) stats() (sum tps.Stats) {
	for _, c := range t.chains {
		sum.Add(c.Stats())
	}
	return sum
}

// evaluate lets the trajectories of chains vote on the test set.
func (t *training) evaluate(chains []*chain) (*result, error) {
	votes, err := t.vote(t.models(chains))
	if err != nil {
		return nil, err
	}
	stats, seconds := t.stats(), 0.0
	for _, c := range t.chains {
		seconds = max(seconds, c.meter.Spent.Seconds())
	}
	n := t.set.Train.Len()
	return &result{
		Final:              true,
		Dataset:            t.set.Name,
		TrainSamples:       n,
		TestSamples:        votes.Samples,
		Accuracy:           votes.Accuracy,
		NLL:                cli.Number(votes.NLL),
		MemberAccuracyMean: votes.MemberAccuracyMean(),
		StepsPerSecond:     cli.Number(float64(stats.Steps) / seconds),
		SamplesPerSecond:   cli.Number(float64(stats.Evaluations) / seconds),
		DataUse:            stats.DataUse,
		MeanBatch:          cli.Number(stats.MeanBatch()),
		FullDataRatio:      cli.Number(float64(n) / stats.MeanBatch()),
		label:              t.set.Label(),
		steps:              stats.Steps,
		seconds:            seconds,
	}, nil
}
