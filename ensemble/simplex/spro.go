package simplex

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/nn/descent"
)

// SPRO adds n vertices to a complex, one after the other, by simplicial pointwise random
// optimization (Benton et al., arXiv 2102.13042). Each joins all simplexes of
// the complex, or those of Config.Simplexes; earlier ones stay fixed. It starts at the
// mean of the vertices of these simplexes and minimizes the mean loss of H models that
// each step draws from them, minus λₖ log V.
//
// On the complex of one mode this grows a simplex, whose first vertex is the mode. On the
// complex of several, the first vertex joins each mode by a line, the second makes these
// triangles that share a side, and so on: the new vertices connect the modes.
//
// SPRO ends early when the context is done, with the context's cause; when a loss is NaN
// or infinite; or as Config.Progress says. The complex then has the vertices that were
// complete. The same random numbers give the same vertices, bit for bit, if gradients
// are the same.
func SPRO(ctx context.Context, complex *Complex, n int, gradient Gradient, config Config) error {
	config, err := check(ctx, complex, n, gradient, config)
	if err != nil {
		return err
	}
	chosen, err := complex.chosen(config.Simplexes)
	if err != nil {
		return err
	}
	for range n {
		vertex, err := complex.train(ctx, chosen, gradient, config)
		if err != nil {
			return fmt.Errorf("simplex: vertex %d: %w", complex.Len(), err)
		}
		complex.vertices = append(complex.vertices, vertex)
		for _, s := range chosen {
			complex.simplexes[s] = append(complex.simplexes[s], complex.Len()-1)
		}
	}
	return nil
}

// ESPRO grows a simplex of n more vertices from each of several trained models by SPRO,
// and returns their complex, in which simplex i begins with models[i] and shares nothing
// with the others (Benton et al., arXiv 2102.13042). Its Committee averages
// the predictions of points of all. The models are copied. Config.Simplexes must be nil.
func ESPRO(ctx context.Context, models [][]float32, n int, gradient Gradient, config Config) (*Complex, error) {
	complex, err := New(models)
	if err != nil {
		return nil, err
	}
	if config.Simplexes != nil {
		return nil, errors.New("simplex: Config.Simplexes is set, but ESPRO chooses the simplexes")
	}
	if config, err = check(ctx, complex, n, gradient, config); err != nil {
		return nil, err
	}
	for i := range models {
		config.Simplexes = []int{i}
		if err := SPRO(ctx, complex, n, gradient, config); err != nil {
			return nil, err
		}
	}
	return complex, nil
}

func check(ctx context.Context, complex *Complex, n int, gradient Gradient, config Config) (Config, error) {
	switch {
	case ctx == nil:
		return config, errors.New("simplex: the context is nil")
	case complex == nil || complex.Len() == 0:
		return config, errors.New("simplex: the complex is nil or empty")
	case null.Is(gradient):
		return config, errors.New("simplex: gradient is nil")
	case gradient.Params() != complex.Params():
		return config, fmt.Errorf("simplex: the complex has %d parameters, the gradient %d", complex.Params(), gradient.Params())
	case n < 1:
		return config, fmt.Errorf("simplex: n = %d, want at least 1 vertex", n)
	}
	return config.complete()
}

// chosen returns the numbers of the simplexes that new vertices join.
func (c *Complex) chosen(simplexes []int) ([]int, error) {
	if simplexes == nil {
		for s := range c.simplexes {
			simplexes = append(simplexes, s)
		}
	}
	if len(simplexes) == 0 {
		return nil, errors.New("simplex: Config.Simplexes is empty")
	}
	for i, s := range simplexes {
		if s < 0 || s >= len(c.simplexes) {
			return nil, fmt.Errorf("simplex: Config.Simplexes has %d, want 0 to %d", s, len(c.simplexes)-1)
		}
		if slices.Contains(simplexes[:i], s) {
			return nil, fmt.Errorf("simplex: Config.Simplexes has %d twice", s)
		}
		first, this := len(c.simplexes[simplexes[0]]), len(c.simplexes[s])
		if first != this {
			return nil, fmt.Errorf("simplex: the simplexes %d and %d to join have %d and %d vertices, want the same number", simplexes[0], s, first, this)
		}
	}
	return simplexes, nil
}

// train returns a new vertex of the chosen simplexes.
func (c *Complex) train(ctx context.Context, chosen []int, gradient Gradient, config Config) ([]float32, error) {
	joined := make([][]int, len(chosen))
	for i, s := range chosen {
		joined[i] = c.simplexes[s]
	}
	lambda := c.lambda(joined, config)
	objective := newObjective(c, joined, gradient, lambda, config)
	if lambda > 0 && objective.isFlat() {
		return nil, errors.New("the simplexes to join have no volume: two vertices are the same, or several on a line")
	}
	vertex := c.mean(joined)
	_, err := descent.Run(ctx, vertex, objective, descent.Config{
		Epochs: config.Epochs, Batch: config.Batch, Optimizer: config.Optimizer, Schedule: config.Schedule, Source: config.Source,
		Progress: func(e descent.Epoch) error {
			if config.Progress == nil {
				return nil
			}
			return config.Progress(Epoch{
				Vertex: c.Len(), Number: e.Number, Loss: objective.meanLoss(),
				LogVolume: objective.logVolume(vertex), Lambda: lambda, Rate: e.Rate,
			})
		},
	})
	if err != nil {
		return nil, err
	}
	if err := checkModel(vertex, c.Params()); err != nil {
		return nil, err
	}
	return vertex, nil
}

// mean returns the mean of all vertices of some simplexes, of which each counts once.
func (c *Complex) mean(simplexes [][]int) []float32 {
	var all []int
	for _, simplex := range simplexes {
		all = append(all, simplex...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	weights := make([]float64, len(all))
	for i := range weights {
		weights[i] = 1 / float64(len(all))
	}
	mean := make([]float32, c.Params())
	mix(mean, weights, choose(c.vertices, all))
	return mean
}

// isFlat tells whether none of the simplexes that are joined has a volume.
func (o *objective) isFlat() bool {
	return !slices.ContainsFunc(o.bases, func(base *hull) bool { return base.log > math.Inf(-1) })
}
