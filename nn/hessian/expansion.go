package hessian

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/nn/descent"
)

// An Expansion is the mean loss around a point to second order, in the directions in
// which it is curved upwards the most:
//
//	Σₖ aₖ/2 · (vₖ·(θ − θ*) + gₖ/aₖ)².
//
// It has the fields of a Quadratic of package
// [github.com/trajens/trajens/tps], to which it converts: (*tps.Quadratic)(expansion).
type Expansion struct {
	// Center is the point θ*, a copy.
	Center []float32
	// Curvatures are aₖ, the leading eigenvalues of the Hessian that are positive.
	Curvatures []float64
	// Directions are vₖ, orthonormal.
	Directions [][]float64
	// Slopes are gₖ, those of the loss over all samples.
	Slopes []float64
}

// ExpandConfig configures Expand. The zero value works.
type ExpandConfig struct {
	// Directions is the number of eigenvectors that are computed, 1 to the number of
	// parameters; those of negative eigenvalues are left out of the result. 0: 50, or
	// all if there are fewer.
	Directions int
	// Samples are those for the Hessian; a few thousand are enough. nil: all.
	Samples []int
	// Source is that of Lanczos' method. nil: the same vector each time.
	Source rand.Source
}

// expansionSteps is how many more products with the Hessian than directions there are.
const expansionSteps = 30

// Expand returns the expansion of the mean loss at params, for two gradients over
// Samples in each of some Directions + 30 products and one over all samples. When the
// context is done first, the error is its cause.
func Expand(ctx context.Context, gradient descent.Gradient, params []float32, config ExpandConfig) (*Expansion, error) {
	h, err := New(gradient, params, Config{Samples: config.Samples})
	if err != nil {
		return nil, err
	}
	k := cmp.Or(config.Directions, min(50, h.Len()))
	if k < 1 || k > h.Len() {
		return nil, fmt.Errorf("hessian: Directions = %d, want 1 to the number of parameters, %d", k, h.Len())
	}
	leading, err := Leading(ctx, h, k, LanczosConfig{Steps: min(k+expansionSteps, h.Len()), Source: config.Source})
	if err != nil {
		return nil, err
	}
	all, slope := make([]int, gradient.Samples()), make([]float32, len(params))
	for i := range all {
		all[i] = i
	}
	gradient.Gradient(slope, params, all)
	wide := make([]float64, len(slope))
	for i, g := range slope {
		wide[i] = float64(g)
	}
	e := &Expansion{Center: slices.Clone(params)}
	for _, pair := range leading {
		if pair.Value > 1e-6*leading[0].Value { // curved upwards, rounding errors apart
			e.Curvatures, e.Directions = append(e.Curvatures, pair.Value), append(e.Directions, pair.Vector)
			e.Slopes = append(e.Slopes, floats.Dot(pair.Vector, wide))
		}
	}
	if len(e.Curvatures) == 0 {
		return nil, errors.New("hessian: the loss is curved upwards in none of the directions")
	}
	return e, nil
}
