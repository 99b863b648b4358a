package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
)

// A training is one or several chains on a dataset.
type training struct {
	*options
	set    *dataset
	stderr io.Writer
	status *progress
	begin  func(*beginning) error // reports where a chain begins

	// Of chains that start from a trained network.
	begins           []*beginning
	networks, starts [][]float32

	net     *nn.Network
	losses  []*nn.Losses // of each chain
	chains  []*tps.Chain
	meters  []*meter
	savers  []*cli.Saver
	traces  []*trace.File // of each chain, or none
	watches []*watch
	bad     []bool // chains that failed
}

// newTraining returns a training that starts, or goes on from its checkpoints.
// It passes what it trained by gradient descent to begin.
func newTraining(ctx context.Context, o *options, set *dataset, stderr io.Writer, status *progress, begin func(*beginning) error) (*training, error) {
	t := &training{options: o, set: set, net: nn.MairCNN(), stderr: stderr, status: status, begin: begin}
	var err error
	if t.savers, err = o.checkpoints.OpenChains(o.chains, stderr); err != nil {
		return nil, err
	}
	for k := range o.chains {
		if err := t.add(ctx, k); err != nil {
			t.close()
			return nil, err
		}
	}
	if err := t.beginTogether(); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// add makes chain k.
func (t *training) add(ctx context.Context, k int) error {
	test, err := t.newTest(t.set.train.Len())
	if err != nil {
		return err
	}
	start, err := t.newStart(ctx, k)
	if err != nil {
		return err
	}
	losses, err := nn.NewLosses(t.net, t.set.train, nn.CrossEntropy, nn.Config{Workers: max(1, t.workers/t.options.chains)})
	if err != nil {
		return err
	}
	t.losses = append(t.losses, losses)
	chain, err := tps.NewChain(tps.Config{
		Tau:      t.tau,
		Sigma:    t.sigma,
		S:        t.s,
		Fraction: t.fraction,
		Test:     test,
		Start:    start,
		Source:   t.source(chainStream, k),
	}, losses)
	if err != nil {
		return err
	}
	number := t.number(k)
	m := newMeter(number, t.steps/20)
	w, err := newWatch(t.options, t.set.train.Len())
	if err != nil {
		return err
	}
	parts := append(w.parts(), tps.Part{Name: "meter", State: m})
	if t.trace != "" {
		rows, err := t.newTrace(k)
		if err != nil {
			return err
		}
		t.traces = append(t.traces, rows)
		parts = append(parts, tps.Part{Name: "trace", State: rows})
	}
	if err := t.savers[k].Start(chain, parts...); err != nil {
		return err
	}
	if t.trace != "" {
		err := t.traces[k].Start(chain)
		if errors.Is(err, fs.ErrExist) {
			return cli.Usagef("-trace %s: the file exists already", t.traces[k].Path())
		}
		if err != nil {
			return err
		}
	}
	m.restart()
	t.watches = append(t.watches, w)
	t.chains = append(t.chains, chain)
	t.meters = append(t.meters, m)
	return nil
}

// newTrace returns the trace of chain k.
func (t *training) newTrace(k int) (*trace.File, error) {
	return trace.NewFile(trace.ChainPath(t.trace, k, t.options.chains), trace.Config{
		Columns: []trace.Column{trace.Loss(), trace.Acceptance(), trace.Batch()},
		Every:   100,
		Average: true,
		OnError: func(err error) error {
			fmt.Fprintf(t.stderr, "%v; the run goes on\n", err)
			return nil
		},
	})
}

// number returns the number of chain k for people: from 1, or 0 for the only
// one.
func (t *training) number(k int) int {
	if t.options.chains == 1 {
		return 0
	}
	return k + 1
}

func (t *training) close() {
	for _, losses := range t.losses {
		losses.Close()
	}
	for _, rows := range t.traces {
		rows.Close() // in the wake of another error; run has closed it otherwise
	}
}

// source returns the random numbers of chain k for one use.
func (o *options) source(stream uint64, k int) rand.Source {
	if k == 0 {
		return random.Source(o.seed, stream)
	}
	return random.Source(o.seed, stream, uint64(k))
}

func (o *options) newTest(samples int) (minibatch.Test, error) {
	switch o.test {
	case "barker":
		return minibatch.NewBarker(samples)
	case "metropolis":
		return minibatch.NewMetropolis(samples)
	}
	return minibatch.NewAdaptive(samples, minibatch.AdaptiveConfig{Chunk: o.chunk, Sigma: o.sigmaC, FinitePopulation: o.finite})
}

// earlier returns the points of the loss curves before the checkpoints.
func (t *training) earlier() (points []point) {
	for _, m := range t.meters {
		points = append(points, m.Points...)
	}
	return points
}

// run trains until the steps are made, the time is up or the context is done,
// none of which is an error, passes points of the loss curves to report, and
// saves a last checkpoint of each chain. A chain that fails does not stop the
// others; it is bad, and its error among those returned.
func (t *training) run(ctx context.Context, report func(point) error) error {
	steps := t.steps
	if steps == 0 {
		steps = math.MaxInt
	}
	var mu sync.Mutex // report is not for several goroutines at once
	reportOne := func(p point) error {
		mu.Lock()
		defer mu.Unlock()
		return report(p)
	}
	errs := tps.RunAll(ctx, t.chains, steps, func(k int) []tps.Observer {
		m := t.meters[k]
		m.report = reportOne
		measure := tps.EachStep(func(chain *tps.Chain, step tps.Step) error {
			seconds, err := m.add(chain, step)
			if err == nil && t.duration > 0 && seconds >= t.duration.Seconds() {
				err = tps.ErrStop
			}
			return err
		})
		var observers []tps.Observer
		if t.traces != nil { // first, as others may end the run
			observers = append(observers, t.traces[k].Observer())
		}
		observers = append(append(observers, t.watches[k].observers()...), measure)
		return append(observers, t.savers[k].Observer())
	})
	t.bad = make([]bool, len(t.chains))
	for k, err := range errs {
		if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
			errs[k] = nil
		}
		t.bad[k] = errs[k] != nil
		errs[k] = errors.Join(errs[k], t.meters[k].finish(t.chains[k]), t.savers[k].Save(t.chains[k]))
		if t.traces != nil {
			errs[k] = errors.Join(errs[k], t.traces[k].Close())
		}
	}
	return errors.Join(errs...)
}

// evaluate lets the trajectories of the good chains vote on the test set.
func (t *training) evaluate() (*result, error) {
	var models [][]float32
	for k, chain := range t.chains {
		if !t.bad[k] {
			models = append(models, chain.Trajectory().Models()...)
		}
	}
	report, err := t.vote(models)
	if err != nil {
		return nil, err
	}
	var stats tps.Stats
	seconds := 0.0
	for k, chain := range t.chains {
		stats.Add(chain.Stats())
		seconds = max(seconds, t.meters[k].Spent.Seconds())
	}
	n := t.set.train.Len()
	return &result{
		Final:              true,
		Dataset:            t.set.name,
		TrainSamples:       n,
		TestSamples:        report.Samples,
		Accuracy:           report.Accuracy,
		NLL:                number(report.NLL),
		MemberAccuracyMean: report.MemberAccuracyMean(),
		StepsPerSecond:     number(float64(stats.Steps) / seconds),
		SamplesPerSecond:   number(float64(stats.Evaluations) / seconds),
		DataUse:            stats.DataUse,
		MeanBatch:          number(stats.MeanBatch()),
		FullDataRatio:      number(float64(n) / stats.MeanBatch()),
		label:              t.set.label(),
		steps:              stats.Steps,
		seconds:            seconds,
	}, nil
}
