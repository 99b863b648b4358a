package main

import (
	"context"
	"math/rand/v2"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// trainMILE starts a chain from each of three networks, with more effort from more of them.
// A step costs two gradients over all samples, so that there are few: 40 that tune the chain
// and 10 for each draw, where the paper has 50,000 and 10 for each of 1000.
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
		Sampler:       langevin.MCLMC{Tuning: langevin.MCLMCTuning{Steps: 40, Shares: [3]float64{80, 10, 10}, EnergyVariance: 0.5, FinalEnergyVariance: 0.1}},
		Draws:         (t.members + networks - 1) / networks,
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
	if err != nil {
		return nil, err
	}
	models := result.Models()
	return t.committee(models[:max(t.members, networks)])
}
