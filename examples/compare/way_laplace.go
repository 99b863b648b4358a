package main

import (
	"context"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/laplace"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/nn"
)

// lastLayer returns Laplace's approximation of the last layer of one network.
func (t *task) lastLayer(ctx context.Context) (*laplace.LastLayer, error) {
	model, err := t.one(ctx)
	if err != nil {
		return nil, err
	}
	return laplace.NewLastLayer(ctx, t.net, t.sets.Train, laplace.Categorical{}, model, laplace.Config{})
}

// trainLaplaceProbit predicts by the probit approximation, from the network and the
// covariance matrix.
func trainLaplaceProbit(ctx context.Context, t *task) (*outcome, error) {
	l, err := t.lastLayer(ctx)
	if err != nil {
		return nil, err
	}
	n := l.Covariance().SymmetricDim()
	return &outcome{1, t.net.Params() + n*(n+1)/2, func(d *data.Dataset) (*metrics.Predictions, error) {
		return l.Probit(ctx, d)
	}}, nil
}

// trainLaplaceLast draws members, which share all layers but the last.
func trainLaplaceLast(ctx context.Context, t *task) (*outcome, error) {
	l, err := t.lastLayer(ctx)
	if err != nil {
		return nil, err
	}
	models, err := l.Draw(t.drawn(), t.source(0))
	if err != nil {
		return nil, err
	}
	o, err := t.committee(models)
	if err == nil {
		n := l.Covariance().SymmetricDim()
		o.parameters = t.net.Params() + (len(models)-1)*n
	}
	return o, err
}

// trainLaplaceDiagonal draws members from the approximation of all layers.
func trainLaplaceDiagonal(ctx context.Context, t *task) (*outcome, error) {
	model, err := t.one(ctx)
	if err != nil {
		return nil, err
	}
	jacobian, err := nn.NewJacobian(t.net, t.sets.Train, nn.Config{Workers: t.workers})
	if err != nil {
		return nil, err
	}
	defer jacobian.Close()
	curvature, err := laplace.GaussNewton(ctx, jacobian, laplace.Categorical{}, model)
	if err != nil {
		return nil, err
	}
	d, err := laplace.NewDiagonal(model, curvature, laplace.Config{})
	if err != nil {
		return nil, err
	}
	members, err := d.Draw(t.drawn(), t.source(0))
	if err != nil {
		return nil, err
	}
	return t.committee(members)
}
