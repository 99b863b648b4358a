package main

import "context"

// trainSingle trains one network, with a budget for more epochs.
func trainSingle(ctx context.Context, t *task) (*outcome, error) {
	model, err := t.one(ctx)
	if err != nil {
		return nil, err
	}
	return t.committee([][]float32{model})
}
