package main

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/tps/diagnostics/directions"
)

// followed is how many of the widest, of the narrowest and of the directions between are
// followed, at most.
const followed = 12

// A reference is what is known of the posterior from a long run of chains without a
// preconditioner.
type reference struct {
	axes       *directions.Axes
	curvatures []float64 // of U at the mode, the smallest first
	// roughness is how much larger than there the largest curvature is at draws, at most, and
	// rough how much larger that of B H B is, with H at a draw and the covariance of 7 other
	// ones, than for normal distributions, η being a tenth of the largest curvature.
	roughness, rough float64
	// indices are those of the axes that are followed: the widest first, then those between,
	// and at last the narrowest; wide is how many are among the widest, and the narrowest.
	indices []int
	wide    int
}

// newReference runs the chains, with steps of half the size that the others have.
func (o *options) newReference(ctx context.Context, p *problem) (*reference, error) {
	r := &reference{roughness: 1}
	atMode := p.hessian(p.mode)
	var err error
	if r.curvatures, err = eigenvalues(atMode); err != nil {
		return nil, err
	}
	covariance, err := directions.NewCovariance(p.params())
	if err != nil {
		return nil, err
	}
	var draws [][]float64
	const chains, perChain = 16, 20
	for k := range chains {
		c, err := langevin.NewChain(langevin.Config{
			Sampler: langevin.BAOAB{Step: o.share / math.Sqrt(r.largest()), Friction: math.Sqrt(r.curvatures[0])},
			Prior:   langevin.Gaussian{Sigma: p.prior}, Start: p.start(), Seed: o.seed, Stream: uint64(1000 + k),
		}, p.model())
		if err != nil {
			return nil, err
		}
		if err := c.Run(ctx, o.reference/10); err != nil {
			return nil, err
		}
		if err := c.Run(ctx, o.reference+o.reference/10, langevin.Every(o.thin, func(c *langevin.Chain) error {
			covariance.Add(c.Params())
			return nil
		}), langevin.Every(o.reference/perChain, func(c *langevin.Chain) error {
			draws = append(draws, widen(c.Params()))
			return nil
		})); err != nil {
			return nil, err
		}
	}
	for _, theta := range draws {
		values, err := eigenvalues(p.hessian(theta))
		if err != nil {
			return nil, err
		}
		r.roughness = max(r.roughness, values[len(values)-1]/r.largest())
	}
	if r.rough, err = r.ratioAtDraws(p, draws, len(draws)/chains, o.seed); err != nil {
		return nil, err
	}
	if r.axes, err = covariance.Axes(p.params()); err != nil {
		return nil, err
	}
	r.choose()
	return r, nil
}

// choose chooses what to follow.
func (r *reference) choose() {
	n := len(r.axes.Variances)
	r.wide = min(followed, n/3)
	for i := range r.wide {
		r.indices = append(r.indices, i)
	}
	between := min(followed, n-2*r.wide)
	for i := range between {
		r.indices = append(r.indices, r.wide+(n-2*r.wide)*(2*i+1)/(2*between))
	}
	for i := range r.wide {
		r.indices = append(r.indices, n-r.wide+i)
	}
}

// largest returns the largest curvature at the mode.
func (r *reference) largest() float64 { return r.curvatures[len(r.curvatures)-1] }

// axis returns one of the axes.
func (r *reference) axis(i int) []float64 {
	n := len(r.axes.Center)
	return r.axes.Vectors[i*n : (i+1)*n]
}

// along writes the coordinates of a draw along the followed axes, in standard deviations.
func (r *reference) along(dst, draw []float64) {
	floats.Sub(draw, r.axes.Center)
	for j, i := range r.indices {
		dst[j] = floats.Dot(r.axis(i), draw) / math.Sqrt(r.axes.Variances[i])
	}
}

// String says what the posterior is like.
func (r *reference) String() string {
	v := r.axes.Variances
	half, tenth := 0, 0
	for _, x := range v {
		if x > v[0]/2 {
			half++
		}
		if x > v[0]/10 {
			tenth++
		}
	}
	return fmt.Sprintf("variances %.3g to %.3g: %d of %d directions above half of the largest, %d above a tenth; curvatures at the mode %.3g to %.3g, at draws up to %.2f times as large, and that of B H B with the covariance of 7 others, η = 0.1 h, up to %.2f times what normal distributions have",
		v[0], v[len(v)-1], half, len(v), tenth, r.curvatures[0], r.largest(), r.roughness, r.rough)
}

// start returns the mode.
func (p *problem) start() []float32 {
	start := make([]float32, len(p.mode))
	for i, x := range p.mode {
		start[i] = float32(x)
	}
	return start
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = float64(x[i])
	}
	return y
}

// eigenvalues returns those of a matrix, the smallest first.
func eigenvalues(m mat.Symmetric) ([]float64, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(m, false) {
		return nil, fmt.Errorf("the eigenvalues of the Hessian do not converge")
	}
	return eigen.Values(nil), nil
}
