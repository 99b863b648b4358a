package main

import (
	"context"

	"github.com/trajens/trajens/ensemble/simplex"
	"github.com/trajens/trajens/nn/descent"
)

const (
	// reward is λ*, that for volume.
	reward = 0.01
	// points is how many models a step takes the loss at: each epoch costs as many of
	// gradient descent.
	points = 5
)

// trainSPRO grows three vertices from one network, each in as much time as the network took, or
// more.
func trainSPRO(ctx context.Context, t *task) (*outcome, error) {
	const vertices = 3
	models, err := t.independent(ctx, 1)
	if err != nil {
		return nil, err
	}
	complex, err := simplex.New(models)
	if err != nil {
		return nil, err
	}
	err = t.spend(vertices*float64(t.epochs)/points, func(epochs float64) error {
		return simplex.SPRO(ctx, complex, vertices, t.gradients, t.grow(epochs/vertices))
	})
	if err != nil {
		return nil, err
	}
	return t.pointsOf(complex)
}

// trainESPRO grows one vertex from each of three networks, in half of the time that each of
// these took.
func trainESPRO(ctx context.Context, t *task) (*outcome, error) {
	models, err := t.independent(ctx, t.several(t.few()))
	if err != nil {
		return nil, err
	}
	vertices := float64(len(models))
	var complex *simplex.Complex
	err = t.spend(vertices*float64(t.epochs)/2/points, func(epochs float64) (err error) {
		complex, err = simplex.ESPRO(ctx, models, 1, t.gradients, t.grow(epochs/vertices))
		return err
	})
	if err != nil {
		return nil, err
	}
	return t.pointsOf(complex)
}

// grow returns how a vertex is trained for some epochs.
func (t *task) grow(epochs float64) simplex.Config {
	return simplex.Config{
		Epochs:     whole(epochs),
		Points:     points,
		Schedule:   descent.Cosine{Peak: t.rate, WarmUp: warmUp},
		Lambda:     reward,
		Initialize: t.initialize,
		Source:     t.source(0),
		Progress: func(e simplex.Epoch) error {
			t.show(e.Loss)
			return nil
		},
	}
}

// pointsOf draws members. What is kept is the vertices.
func (t *task) pointsOf(complex *simplex.Complex) (*outcome, error) {
	members, err := complex.Points(max(t.drawn(), len(complex.Simplexes())), t.source(1))
	if err != nil {
		return nil, err
	}
	o, err := t.committee(members)
	if err == nil {
		o.parameters = complex.Len() * complex.Params()
	}
	return o, err
}
