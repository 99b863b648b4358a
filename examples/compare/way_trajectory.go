package main

import (
	"context"
	"math"

	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/tps"
)

// lossesPerGradient is how many losses take about as long as a gradient.
const lossesPerGradient = 3

// paperFlags are the paper's settings, in the words of examples/mnist.
var paperFlags = []string{"-s", "50", "-sigma", "0.05", "-chunk", "60", "-sigmac", "1", "-rule", "stopping", "-infinite"}

// trainTrajectory samples a trajectory from one network, and from copies of it that noise
// has moved and some epochs have trained again, for as long as all that took, or more.
func trainTrajectory(ctx context.Context, t *task) (*outcome, error) {
	f, d, err := t.sampler(t.seed, t.sets.Train.Len())
	if err != nil {
		return nil, err
	}
	f.Move.Blocks = t.net.LayerCoordinates()
	models, err := t.independent(ctx, 1)
	if err != nil {
		return nil, err
	}
	start, _, _, err := d.Leave(ctx, f, models[0], t.gradients, t.source(0), func(_, loss float64) { t.show(loss) })
	if err != nil {
		return nil, err
	}
	before := float64(t.epochs + d.Work(f))
	return t.sample(ctx, f, start, t.rest(before, before))
}

// trainTrajectoryPaper samples a trajectory from a random start at the settings of the paper,
// for as long as the usual members take to train, or longer.
func trainTrajectoryPaper(ctx context.Context, t *task) (*outcome, error) {
	f, _, err := t.sampler(t.seed, t.sets.Train.Len(), paperFlags...)
	if err != nil {
		return nil, err
	}
	source := t.source(0)
	start, err := tps.RandomWalk(f.Tau, sampler.RandomModel(t.net, source), f.Sigma, source)
	if err != nil {
		return nil, err
	}
	return t.sample(ctx, f, start, t.effort*float64(t.members*t.epochs))
}

// sample runs a chain until it has computed as many losses as take about as long as some
// epochs of gradient descent.
func (t *task) sample(ctx context.Context, f *sampler.Flags, start *tps.Trajectory, epochs float64) (*outcome, error) {
	losses, err := f.NewLosses(t.net, t.sets.Train, t.workers)
	if err != nil {
		return nil, err
	}
	for _, l := range losses {
		defer l.Close()
	}
	chain, err := f.NewChain(losses, start, nil, 0)
	if err != nil {
		return nil, err
	}
	most := int(lossesPerGradient * epochs * float64(t.sets.Train.Len()))
	if err := chain.Run(ctx, math.MaxInt, tps.EachStep(func(chain *tps.Chain, _ tps.Step) error {
		if chain.Steps()%100 == 0 {
			t.show(chain.LossEstimate())
		}
		if chain.Stats().Evaluations >= most {
			return tps.ErrStop
		}
		return nil
	})); err != nil {
		return nil, err
	}
	return t.committee(chain.Trajectory().Clone().Models())
}
