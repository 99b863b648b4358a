package landscape

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// A Plane is the models Origin + x·U + y·V. U and V are taken as they are; Through and Span make them
// orthonormal, so that x and y are distances.
type Plane struct {
	Origin []float32
	U, V   []float64
}

// Through returns the plane through three models, which must not be on a line: the origin is a, U
// points to b, and V to the side of c.
func Through(a, b, c []float32) (*Plane, error) {
	if len(b) != len(a) || len(c) != len(a) {
		return nil, fmt.Errorf("landscape: models of %d, %d and %d parameters, want the same number", len(a), len(b), len(c))
	}
	return Span(a, Difference(b, a), Difference(c, a))
}

// Span returns the plane through a model along two directions, which must not be parallel: U is u
// divided by its norm, and V what v has perpendicular to it, divided by its norm. Nothing that is
// given is kept.
func Span(origin []float32, u, v []float64) (*Plane, error) {
	if len(u) != len(origin) || len(v) != len(origin) || len(origin) == 0 {
		return nil, fmt.Errorf("landscape: a model of %d parameters and directions of %d and %d, want the same positive number", len(origin), len(u), len(v))
	}
	p := &Plane{Origin: slices.Clone(origin), U: slices.Clone(u), V: slices.Clone(v)}
	norm := floats.Norm(p.U, 2)
	if !(norm > 0) || notFinite(norm) {
		return nil, fmt.Errorf("landscape: the norm of the first direction is %v, want a finite number > 0", norm)
	}
	floats.Scale(1/norm, p.U)
	before := floats.Norm(p.V, 2)
	for range 2 { // the second time takes out the rounding errors of the first
		floats.AddScaled(p.V, -floats.Dot(p.U, p.V), p.U)
	}
	norm = floats.Norm(p.V, 2)
	if !(norm > 1e-7*before) || notFinite(norm) { // float32 parameters are not good for less
		return nil, errors.New("landscape: the directions of the plane are parallel, zero or not finite")
	}
	floats.Scale(1/norm, p.V)
	return p, nil
}

// Difference returns a − b.
func Difference(a, b []float32) []float64 {
	if len(a) != len(b) {
		panic("landscape: lengths of models differ")
	}
	d := make([]float64, len(a))
	for i, x := range a {
		d[i] = float64(x) - float64(b[i])
	}
	return d
}

// Point writes the model at (x, y) to dst.
func (p *Plane) Point(dst []float32, x, y float64) {
	for i := range dst {
		dst[i] = float32(float64(p.Origin[i]) + x*p.U[i] + y*p.V[i])
	}
}

// Place returns the coordinates of the point of the plane that is nearest to a model, and its distance
// from there, for orthonormal U and V.
func (p *Plane) Place(model []float32) (x, y, distance float64) {
	d := Difference(model, p.Origin)
	x, y = floats.Dot(d, p.U), floats.Dot(d, p.V)
	floats.AddScaled(d, -x, p.U)
	floats.AddScaled(d, -y, p.V)
	return x, y, floats.Norm(d, 2)
}

// A Grid has losses on a plane. Its methods are those of plotter.GridXYZ of gonum/plot.
type Grid struct {
	Xs, Ys []float64 // coordinates of columns and rows
	Loss   []float64 // row by row: Loss[r·len(Xs) + c] is that at (Xs[c], Ys[r])
}

// Dims returns the numbers of columns and rows.
func (g *Grid) Dims() (c, r int) { return len(g.Xs), len(g.Ys) }

// Z returns the loss in column c of row r.
func (g *Grid) Z(c, r int) float64 { return g.Loss[r*len(g.Xs)+c] }

// X returns the coordinate of column c.
func (g *Grid) X(c int) float64 { return g.Xs[c] }

// Y returns the coordinate of row r.
func (g *Grid) Y(r int) float64 { return g.Ys[r] }

// Losses returns the mean losses on the grid of points (x, y) of the plane. Coordinates are copied.
// They must be finite and increase, as gonum/plot wants it. A loss may be +Inf, far away. The error
// says where it is NaN, or is the cause of the end of the context.
func (p *Plane) Losses(ctx context.Context, losses Losses, xs, ys []float64, config Config) (*Grid, error) {
	m, err := newMeans(ctx, losses, config, p.Origin, p.U, p.V)
	if err != nil {
		return nil, err
	}
	for _, axis := range [][]float64{xs, ys} {
		if len(axis) == 0 {
			return nil, errors.New("landscape: the grid has no points")
		}
		for k, x := range axis {
			if notFinite(x) || k > 0 && !(x > axis[k-1]) {
				return nil, fmt.Errorf("landscape: coordinate %d of the grid is %v, want finite numbers that increase", k, x)
			}
		}
	}
	if len(xs) > math.MaxInt/len(ys) {
		return nil, fmt.Errorf("landscape: a grid of %d × %d points is too large", len(xs), len(ys))
	}
	grid := &Grid{Xs: slices.Clone(xs), Ys: slices.Clone(ys), Loss: make([]float64, len(xs)*len(ys))}
	err = m.compute(grid.Loss, func(model []float32, k int) error {
		p.Point(model, xs[k%len(xs)], ys[k/len(xs)])
		return nil
	}, func(k int) string { return fmt.Sprintf("(%v, %v)", xs[k%len(xs)], ys[k/len(xs)]) })
	if err != nil {
		return nil, err
	}
	return grid, nil
}
