package main

import (
	"context"

	"github.com/trajens/trajens/ensemble/snapshot"
	"github.com/trajens/trajens/nn/descent"
)

// trainSnapshot trains one network in cycles, which together have the usual number of
// epochs of one network, as in the paper, or with a budget more.
func trainSnapshot(ctx context.Context, t *task) (*outcome, error) {
	params, source := make([]float32, t.net.Params()), t.source(0)
	t.initialize(params, source)
	var models [][]float32
	err := t.spend(float64(t.epochs), func(epochs float64) (err error) {
		models, err = snapshot.Train(ctx, params, t.gradients, snapshot.Config{
			Members: t.members,
			Peak:    t.rate,
			Descent: descent.Config{
				Epochs:    whole(epochs / float64(t.members)),
				Optimizer: new(descent.Adam),
				Source:    source,
				Progress:  t.progress,
			},
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return t.committee(models)
}
