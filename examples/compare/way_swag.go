package main

import (
	"context"
	"math"

	"github.com/trajens/trajens/ensemble/swag"
	"github.com/trajens/trajens/nn/descent"
)

// swagRate is the constant learning rate of SWAG, for SGD with momentum 0.9.
const swagRate = 0.02

// trainSWAG goes on from one network for as many epochs as it was trained, or more.
func trainSWAG(ctx context.Context, t *task) (*outcome, error) {
	return t.swag(ctx, 1, t.rest(float64(t.epochs), float64(t.epochs)))
}

// trainMultiSWAG does it from three networks for half as many epochs each, with more effort
// from more networks.
func trainMultiSWAG(ctx context.Context, t *task) (*outcome, error) {
	return t.swag(ctx, t.several(t.few()), float64(t.epochs)/2)
}

// swag goes on from some networks for some epochs each, and draws members.
func (t *task) swag(ctx context.Context, networks int, epochs float64) (*outcome, error) {
	models, err := t.independent(ctx, networks)
	if err != nil {
		return nil, err
	}
	var posteriors swag.Multi
	for k, model := range models {
		// Half of the steps of an epoch lie between two that are collected: there are
		// twenty after ten epochs.
		steps := (t.gradients.Samples() + 99) / 100
		p, err := swag.Run(ctx, model, t.gradients, swag.Config{Every: max(1, steps/2), Descent: descent.Config{
			Epochs:   max(1, int(math.Round(epochs))),
			Schedule: descent.Constant(swagRate),
			Source:   t.source(uint64(k)),
			Progress: t.progress,
		}})
		if err != nil {
			return nil, err
		}
		posteriors = append(posteriors, p)
	}
	members, err := posteriors.Draw(max(t.members, networks), t.source(1<<32))
	if err != nil {
		return nil, err
	}
	return t.committee(members)
}
