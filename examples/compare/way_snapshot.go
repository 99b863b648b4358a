package main

import (
	"context"
	"math"

	"github.com/trajens/trajens/ensemble/snapshot"
	"github.com/trajens/trajens/nn/descent"
)

// trainSnapshot trains one network in cycles, which together have the usual number of
// epochs of one network, as in the paper, or more with more effort.
func trainSnapshot(ctx context.Context, t *task) (*outcome, error) {
	params, source := make([]float32, t.net.Params()), t.source(0)
	t.initialize(params, source)
	models, err := snapshot.Train(ctx, params, t.gradients, snapshot.Config{
		Members: t.members,
		Peak:    t.rate,
		Descent: descent.Config{
			Epochs:    max(1, int(math.Round(t.effort*float64(t.epochs)/float64(t.members)))),
			Optimizer: new(descent.Adam),
			Source:    source,
			Progress:  t.progress,
		},
	})
	if err != nil {
		return nil, err
	}
	return t.committee(models)
}
