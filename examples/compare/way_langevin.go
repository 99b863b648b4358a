package main

import (
	"context"
	"math"
	"slices"

	"github.com/trajens/trajens/ensemble/langevin"
)

// trainSGLD and trainSGHMC go on from one network, by steps of five times and of twice the
// default, which were found on training images of MNIST.
func trainSGLD(ctx context.Context, t *task) (*outcome, error) {
	return t.sampleInBatches(ctx, langevin.SGLD{Step: 0.1 / float64(t.sets.Train.Len())})
}

func trainSGHMC(ctx context.Context, t *task) (*outcome, error) {
	return t.sampleInBatches(ctx, langevin.SGHMC{Step: 0.2 / math.Sqrt(float64(t.sets.Train.Len()))})
}

// sampleInBatches samples from one network on, in batches of 100, usually for twice as many
// epochs as the network was trained. Members are spread evenly over the last two thirds of the
// steps.
func (t *task) sampleInBatches(ctx context.Context, s langevin.Sampler) (*outcome, error) {
	models, err := t.independent(ctx, 1)
	if err != nil {
		return nil, err
	}
	n, batch := t.sets.Train.Len(), min(100, t.sets.Train.Len())
	var members [][]float32
	err = t.spend(2*float64(t.epochs*n/batch), func(steps float64) (err error) {
		c := langevin.Config{Sampler: s, Batch: batch, Start: models[0], Source: t.source(0)}
		members, err = t.walk(ctx, c, int(steps), int(steps/3), t.drawn())
		return err
	})
	if err != nil {
		return nil, err
	}
	return t.committee(members)
}

const (
	// priorSigma is the width of the normal prior. With 1, which leaves parameters free to grow
	// for as long as these chains run, the loss was larger on such images.
	priorSigma = 0.3
	// mileTuning is how many steps tune a chain of MILE, where the paper has 50,000, and
	// mileSteps how many follow.
	mileTuning, mileSteps = 200, 50
	// mileLeast is the fewest steps that tune a chain.
	mileLeast = 10
)

// trainMILE starts a chain from each of three networks, as langevin.MILE does, with its settings
// but for the number of steps: each costs two gradients over all samples. With a budget a chain
// keeps the ratio of the steps that tune it to the others, or makes one for each member.
func trainMILE(ctx context.Context, t *task) (*outcome, error) {
	models, err := t.independent(ctx, t.several(t.few()))
	if err != nil {
		return nil, err
	}
	chains := len(models)
	draws := (max(t.drawn(), chains) + chains - 1) / chains
	var members [][]float32
	err = t.spend(float64(chains*(mileTuning+mileSteps)), func(steps float64) error {
		each := int(steps) / chains
		tuning := max(mileLeast, min(each*mileTuning/(mileTuning+mileSteps), each-draws))
		for k, model := range models {
			drawn, err := t.walk(ctx, langevin.Config{
				Sampler: langevin.MCLMC{
					Step: 0.001, Length: max(math.Sqrt(float64(t.net.Params())), 15),
					Tuning: langevin.MCLMCTuning{Steps: tuning, Shares: [3]float64{8, 1, 1}, EnergyVariance: 0.5, FinalEnergyVariance: 0.1, Memory: 100},
				},
				Start: model, Source: t.source(uint64(k)),
			}, each, tuning, draws)
			if err != nil {
				return err
			}
			members = append(members, drawn...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t.committee(members[:max(t.drawn(), chains)])
}

// walk makes some steps of a chain, with a normal prior, and returns members that are spread
// evenly over those after the first ones. It makes more steps if there are too few for that.
func (t *task) walk(ctx context.Context, c langevin.Config, steps, first, members int) (all [][]float32, err error) {
	n := t.sets.Train.Len()
	c.Prior = langevin.Gaussian{Sigma: priorSigma}
	chain, err := langevin.NewChain(c, t.gradients)
	if err != nil {
		return nil, err
	}
	every := max(1, (steps-first)/members)
	steps = max(steps, first+members*every)
	err = chain.Run(ctx, steps, langevin.EachStep(func(c *langevin.Chain, step langevin.Step) error {
		if left := steps - c.Steps(); left%every == 0 && left/every < members {
			all = append(all, slices.Clone(c.Params()))
		}
		if c.Steps()%100 == 0 || c.Config().Batch == n {
			t.show(step.Loss)
		}
		return nil
	}))
	return all, err
}
