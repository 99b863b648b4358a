package main

import "context"

// trainDeep trains independent networks, with more effort more of them.
func trainDeep(ctx context.Context, t *task) (*outcome, error) {
	models, err := t.independent(ctx, t.several(t.members))
	if err != nil {
		return nil, err
	}
	return t.committee(models)
}
