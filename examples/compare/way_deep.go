package main

import "context"

// trainDeep trains independent networks. What they take is the budget of the others.
func trainDeep(ctx context.Context, t *task) (*outcome, error) {
	models, err := t.independent(ctx, t.members)
	if err != nil {
		return nil, err
	}
	return t.committee(models)
}
