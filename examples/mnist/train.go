package main

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// initialSigma is the standard deviation of the first model's parameters.
const initialSigma = 0.05

// A training is a chain on a dataset.
type training struct {
	*options
	set     *dataset
	net     *nn.Network
	losses  *nn.Losses
	chain   *tps.Chain
	seconds float64 // spent training
}

func newTraining(o *options, set *dataset) (*training, error) {
	t := &training{options: o, set: set, net: nn.MairCNN()}
	test, err := o.newTest(set.train.Len())
	if err != nil {
		return nil, err
	}
	start, err := o.newStart(t.net)
	if err != nil {
		return nil, err
	}
	t.losses, err = nn.NewLosses(t.net, set.train, nn.CrossEntropy, nn.LossesConfig{Workers: o.workers})
	if err != nil {
		return nil, err
	}
	t.chain, err = tps.NewChain(tps.Config{
		Tau:      o.tau,
		Sigma:    o.sigma,
		S:        o.s,
		Fraction: o.fraction,
		Test:     test,
		Start:    start,
		Source:   random.Source(o.seed, chainStream),
	}, t.losses)
	return t, err
}

func (t *training) close() { t.losses.Close() }

func (o *options) newTest(samples int) (minibatch.Test, error) {
	switch o.test {
	case "barker":
		return minibatch.NewBarker(samples)
	case "metropolis":
		return minibatch.NewMetropolis(samples)
	}
	return minibatch.NewAdaptive(samples, minibatch.AdaptiveConfig{Chunk: o.chunk, Sigma: o.sigmaC})
}

func (o *options) newStart(net *nn.Network) (*tps.Trajectory, error) {
	var source rand.Source = random.Source(o.seed, startStream)
	first := make([]float32, net.Params())
	if o.init == "uniform" {
		nn.InitUniform(first, net, source)
	} else {
		nn.InitNormal(first, initialSigma, source)
	}
	return tps.RandomWalk(o.tau, first, o.sigma, source)
}

// run trains until the steps are made, the time is up or the context is done,
// none of which is an error, and passes points of the loss curve to report.
func (t *training) run(ctx context.Context, report func(point) error) error {
	steps := t.steps
	if steps == 0 {
		steps = math.MaxInt
	}
	m := newMeter(t.steps/20, report)
	err := t.chain.Run(ctx, steps, tps.EachStep(func(chain *tps.Chain, step tps.Step) error {
		seconds, err := m.add(chain, step)
		if err == nil && t.duration > 0 && seconds >= t.duration.Seconds() {
			err = tps.ErrStop
		}
		return err
	}))
	t.seconds = time.Since(m.start).Seconds()
	if err != nil && ctx.Err() == nil {
		return err
	}
	return m.finish(t.chain)
}

// evaluate lets the trajectory vote on the test set.
func (t *training) evaluate() (*result, error) {
	committee, err := ensemble.New(t.net, t.chain.Trajectory())
	if err != nil {
		return nil, err
	}
	report, err := committee.Evaluate(t.set.test)
	if err != nil {
		return nil, err
	}
	stats := t.chain.Stats()
	n := t.set.train.Len()
	return &result{
		Final:              true,
		Dataset:            t.set.name,
		TrainSamples:       n,
		TestSamples:        report.Samples,
		Accuracy:           report.Accuracy,
		NLL:                number(report.NLL),
		MemberAccuracyMean: report.MemberAccuracyMean(),
		StepsPerSecond:     number(float64(stats.Steps) / t.seconds),
		SamplesPerSecond:   number(float64(stats.Evaluations) / t.seconds),
		DataUse:            stats.DataUse,
		MeanBatch:          number(stats.MeanBatch()),
		FullDataRatio:      number(float64(n) / stats.MeanBatch()),
		label:              t.set.label(),
		steps:              stats.Steps,
		seconds:            t.seconds,
	}, nil
}
