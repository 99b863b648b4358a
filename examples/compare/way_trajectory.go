package main

import (
	"context"
	"math"

	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/tps"
)

// lossesPerGradient is how many losses take about as long as a gradient.
const lossesPerGradient = 3

// leaving is the share of what a budget leaves beside networks that makes the first models of
// trajectories from them. What is left samples.
const leaving = 0.75

// paperFlags are the paper's settings, in the words of examples/mnist.
var paperFlags = []string{"-s", "50", "-sigma", "0.05", "-chunk", "60", "-sigmac", "1", "-rule", "stopping", "-infinite"}

// trainTrajectory samples a trajectory from one network, and from copies of it that noise
// has moved and some epochs have trained again, usually for as long as all that took.
func trainTrajectory(ctx context.Context, t *task) (*outcome, error) { return t.trajectories(ctx, 1) }

// trainTrajectories does it from each of three networks.
func trainTrajectories(ctx context.Context, t *task) (*outcome, error) {
	return t.trajectories(ctx, t.few())
}

// trajectories samples one from each of some networks.
func (t *task) trajectories(ctx context.Context, networks int) (*outcome, error) {
	models, err := t.independent(ctx, networks)
	if err != nil {
		return nil, err
	}
	f, d, err := t.sampler(t.seed, t.sets.Train.Len())
	if err != nil {
		return nil, err
	}
	f.Tau = (t.members + networks - 1) / networks
	if t.budget > 0 {
		epoch := t.networks[0].seconds / float64(t.epochs)
		f.Tau = 1 + int(leaving*(t.budget-t.clock.seconds())/(epoch*float64(networks*d.Restarts)))
	}
	f.Move.Blocks = t.net.LayerCoordinates()
	var starts []*tps.Trajectory
	for k, model := range models {
		start, _, _, err := d.Leave(ctx, f, model, t.gradients, t.source(uint64(k)), func(_, loss float64) { t.show(loss) })
		if err != nil {
			return nil, err
		}
		starts = append(starts, start)
	}
	return t.sample(ctx, f, starts, float64(t.epochs+d.Work(f)))
}

// trainTrajectoryPaper samples a trajectory from a random start at the settings of the paper,
// usually for as long as the members of a deep ensemble take to train.
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
	return t.sample(ctx, f, []*tps.Trajectory{start}, float64(t.members*t.epochs))
}

// sample runs a chain from each start, usually until it has computed as many losses as take
// about as long as some epochs of gradient descent, or with a budget for an equal share of what
// that leaves.
func (t *task) sample(ctx context.Context, f *sampler.Flags, starts []*tps.Trajectory, epochs float64) (*outcome, error) {
	losses, err := f.NewLosses(t.net, t.sets.Train, t.workers)
	if err != nil {
		return nil, err
	}
	for _, l := range losses {
		defer l.Close()
	}
	most := int(lossesPerGradient * epochs * float64(t.sets.Train.Len()))
	var members [][]float32
	for k, start := range starts {
		chain, err := f.NewChain(losses, start, nil, k)
		if err != nil {
			return nil, err
		}
		begin := t.clock.seconds()
		end := begin + (t.budget-begin)/float64(len(starts)-k)
		if err := chain.Run(ctx, math.MaxInt, tps.EachStep(func(chain *tps.Chain, _ tps.Step) error {
			if chain.Steps()%100 == 0 {
				t.show(chain.LossEstimate())
			}
			if t.budget == 0 && chain.Stats().Evaluations >= most || t.budget > 0 && t.clock.seconds() >= end {
				return tps.ErrStop
			}
			return nil
		})); err != nil {
			return nil, err
		}
		members = append(members, chain.Trajectory().Clone().Models()...)
	}
	if t.budget == 0 {
		members = members[:t.members]
	}
	return t.committee(members)
}
