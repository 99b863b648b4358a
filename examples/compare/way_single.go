package main

import (
	"context"

	"github.com/trajens/trajens/nn/descent"
)

// trainSingle trains one network, with more effort for more epochs.
func trainSingle(ctx context.Context, t *task) (*outcome, error) {
	if t.effort == 1 {
		models, err := t.independent(ctx, 1)
		if err != nil {
			return nil, err
		}
		return t.committee(models)
	}
	params, config := make([]float32, t.net.Params()), t.descent(t.effort*float64(t.epochs))
	config.Source = t.source(0)
	t.initialize(params, config.Source)
	if _, err := descent.Run(ctx, params, t.gradients, config); err != nil {
		return nil, err
	}
	return t.committee([][]float32{params})
}
