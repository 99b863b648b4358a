package main

import (
	"context"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/joint"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/nn/descent"
)

// trainJoint returns the way that trains networks together with a λ. They predict what they
// were trained to: the geometric mean of their probabilities, normalized.
func trainJoint(lambda float64) func(ctx context.Context, t *task) (*outcome, error) {
	return func(ctx context.Context, t *task) (*outcome, error) {
		source := t.source(0)
		modules := joint.Initialize(t.net, t.members, source)
		err := t.spend(float64(t.epochs), func(epochs float64) error {
			config := t.descent(epochs)
			config.Source, config.Optimizer = source, new(descent.Adam)
			_, err := joint.Train(ctx, t.net, modules, t.sets.Train, joint.Config{Lambda: lambda, Workers: t.workers, Descent: config})
			return err
		})
		if err != nil {
			return nil, err
		}
		o, err := t.committee(modules)
		if err != nil {
			return nil, err
		}
		c, err := ensemble.New(t.net, modules)
		if err != nil {
			return nil, err
		}
		o.predict = func(d *data.Dataset) (*metrics.Predictions, error) {
			p, err := c.PredictClasses(d.Unlabeled())
			if err != nil {
				return nil, err
			}
			return metrics.NewPredictions(p.LogGeometric(), p.Classes)
		}
		return o, nil
	}
}
