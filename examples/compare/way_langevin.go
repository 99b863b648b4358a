package main

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// trainLangevin returns the way that samples from one network on by a sampler, in batches
// of 100, with a normal prior of width 1. It takes twice as long as the network, or longer.
// Members are spread evenly over the last two thirds of the steps.
func trainLangevin(s langevin.Sampler) func(ctx context.Context, t *task) (*outcome, error) {
	return func(ctx context.Context, t *task) (*outcome, error) {
		models, err := t.independent(ctx, 1)
		if err != nil {
			return nil, err
		}
		n := t.sets.Train.Len()
		batch := min(100, n)
		chain, err := langevin.NewChain(langevin.Config{
			Sampler: s, Prior: langevin.Gaussian{Sigma: 1}, Batch: batch, Start: models[0], Source: t.source(0),
		}, t.gradients)
		if err != nil {
			return nil, err
		}
		steps := int(t.rest(float64(t.epochs), 2*float64(t.epochs)) * float64(n) / float64(batch))
		every := max(1, steps*2/3/t.members)
		var members [][]float32
		err = chain.Run(ctx, max(steps, t.members), langevin.EachStep(func(c *langevin.Chain, step langevin.Step) error {
			if left := max(steps, t.members) - c.Steps(); left%every == 0 && left/every < t.members {
				members = append(members, slices.Clone(c.Params()))
			}
			if c.Steps()%100 == 0 {
				t.show(step.Loss)
			}
			return nil
		}))
		if err != nil {
			return nil, err
		}
		return t.committee(members)
	}
}

// trainMILE starts a chain from each of three networks, with more effort from more of them.
// A step costs two gradients over all samples, so that there are few: 20 that tune the chain
// and 5 for each draw, where the paper has 50,000 and 10 for each of 1000.
func trainMILE(ctx context.Context, t *task) (*outcome, error) {
	networks := t.several(t.few())
	var gradients []langevin.Gradient
	for range min(t.workers, networks) {
		g, err := nn.NewGradients(t.net, t.sets.Train, nn.CrossEntropy, nn.Config{})
		if err != nil {
			return nil, err
		}
		gradients = append(gradients, g)
	}
	result, err := langevin.MILEOf(ctx, gradients, func(params []float32, source rand.Source) { t.initialize(params, source) }, langevin.MILEConfig{
		Members: networks,
		Training: langevin.MILETraining{
			Validation: -1, Epochs: t.epochs, Batch: min(100, t.sets.Train.Len()),
			Schedule: descent.Cosine{Peak: t.rate, WarmUp: warmUp},
		},
		Sampler:       langevin.MCLMC{Tuning: langevin.MCLMCTuning{Steps: 20, Shares: [3]float64{80, 10, 10}, EnergyVariance: 0.5, FinalEnergyVariance: 0.1}},
		Draws:         (t.members + networks - 1) / networks,
		Thin:          5,
		Seed:          t.source(0).Uint64(),
		ProgressEvery: 10,
		Progress: func(p langevin.MILEProgress) error {
			if p.Total > 0 {
				t.show(p.Loss)
			} else {
				t.show(p.Epoch.Loss)
			}
			return nil
		},
	})
	if err == nil {
		err = result.Err()
	}
	if err != nil {
		return nil, err
	}
	models := result.Models()
	return t.committee(models[:max(t.members, networks)])
}
