package main

import (
	"context"
	"math/rand/v2"

	"github.com/trajens/trajens/ensemble/swag"
	"github.com/trajens/trajens/nn/descent"
)

// swagRate is the constant learning rate of SWAG, for SGD with momentum 0.9: of 0.005 to 0.1 one of
// the lowest losses, at the best temperature, on training images of MNIST.
const swagRate = 0.05

// trainSWAG goes on from one network for as many epochs as it was trained, or more.
func trainSWAG(ctx context.Context, t *task) (*outcome, error) {
	return t.swag(ctx, 1, float64(t.epochs))
}

// trainMultiSWAG does it from three networks for half as many epochs each.
func trainMultiSWAG(ctx context.Context, t *task) (*outcome, error) {
	return t.swag(ctx, t.several(t.few()), float64(t.epochs)/2)
}

// swag goes on from some networks, usually for some epochs each, and draws members.
func (t *task) swag(ctx context.Context, networks int, usual float64) (*outcome, error) {
	models, err := t.independent(ctx, networks)
	if err != nil {
		return nil, err
	}
	var posteriors swag.Multi
	err = t.spend(usual*float64(networks), func(epochs float64) error {
		for k, model := range models {
			p, err := t.collect(ctx, model, whole(epochs/float64(networks)), t.source(uint64(k)))
			if err != nil {
				return err
			}
			posteriors = append(posteriors, p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	members, err := posteriors.Draw(max(t.drawn(), networks), t.source(1<<32))
	if err != nil {
		return nil, err
	}
	return t.committee(members)
}

// collect runs SWAG from a network. Half of the steps of an epoch lie between two parameter
// vectors that are collected: there are twenty after ten epochs.
func (t *task) collect(ctx context.Context, model []float32, epochs int, source rand.Source) (*swag.Posterior, error) {
	steps := (t.gradients.Samples() + 99) / 100
	return swag.Run(ctx, model, t.gradients, swag.Config{Every: max(1, steps/2), Descent: descent.Config{
		Epochs:   epochs,
		Schedule: descent.Constant(swagRate),
		Source:   source,
		Progress: t.progress,
	}})
}
