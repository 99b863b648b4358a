package descent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// largestSpread bounds the noise, so that parameters, which are float32, do not overflow.
const largestSpread = 1e30

// Spread returns n models that differ, made from one that is trained: each is a copy of
// model, moved by normal noise of the standard deviation sigma in every parameter, and
// trained again by Run. model is not changed.
//
// With a learning rate above that which trained the model, a few epochs bring the loss
// down again, at another place for each: the models disagree where the data leave a
// choice. It is a start for a trajectory of package tps whose walk is about as wide,
// and a cheap ensemble by itself. Source of the idea: warm restarts, as of snapshot
// ensembles (Huang et al., arXiv 1704.00109), here from noisy copies of one model.
//
// n is at least 1, sigma from 0 to 10³⁰. The Source of config gives the noise and the
// batches of all models, one after the other; Progress is called after each epoch of
// each. The models are made one after the other: the gradient may use several workers.
func Spread(ctx context.Context, model []float32, n int, sigma float64, gradient Gradient, config Config) ([][]float32, error) {
	if ctx == nil {
		return nil, errNoContext
	}
	if n < 1 {
		return nil, fmt.Errorf("descent: n = %d, want at least 1 model", n)
	}
	if !(sigma >= 0 && sigma <= largestSpread) {
		return nil, fmt.Errorf("descent: sigma = %v, want a number from 0 to %v", sigma, largestSpread)
	}
	if null.Is(gradient) {
		return nil, errors.New("descent: gradient is nil")
	}
	if len(model) != gradient.Params() {
		return nil, fmt.Errorf("descent: model has %d numbers, want those of the gradient, %d", len(model), gradient.Params())
	}
	for i, x := range model {
		if x-x != 0 {
			return nil, fmt.Errorf("descent: parameter %d of model is %v, want a finite number", i, x)
		}
	}
	if _, err := newDescent(slices.Clone(model), gradient, config); err != nil {
		return nil, err // of no single model
	}
	config.Source = cmp.Or[rand.Source](config.Source, random.Source(0))
	normal := rand.New(config.Source)
	models := make([][]float32, n)
	for k := range models {
		models[k] = slices.Clone(model)
		for i, x := range model {
			models[k][i] = float32(float64(x) + sigma*normal.NormFloat64())
		}
		if _, err := Run(ctx, models[k], gradient, config); err != nil {
			return nil, fmt.Errorf("descent: model %d of %d: %w", k+1, n, err)
		}
	}
	return models, nil
}
