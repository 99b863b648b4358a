package nnls

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// A factor is A and b, multiplied from the left by an orthogonal Qᵀ that
// makes the passive columns (those of positive unknowns), in their order, an
// upper triangle R. Below row len(passive) those columns are zero, b is the
// residual of the least-squares fit with them, and the other columns are
// their parts orthogonal to them, all turned by Qᵀ.
type factor struct {
	rows      int
	a         []float64 // by columns
	b         []float64
	passive   []int
	isPassive []bool
}

func newFactor(columns, b []float64) *factor {
	rows := len(b)
	cols := len(columns) / rows
	return &factor{
		rows:      rows,
		a:         slices.Clone(columns),
		b:         slices.Clone(b),
		passive:   make([]int, 0, min(rows, cols)),
		isPassive: make([]bool, cols),
	}
}

func (f *factor) column(j int) []float64 {
	return f.a[j*f.rows : (j+1)*f.rows : (j+1)*f.rows]
}

// dual returns a_jᵀ r, with r the residual of the fit with the passive
// columns.
func (f *factor) dual(j int) float64 {
	k := len(f.passive)
	return floats.Dot(f.column(j)[k:], f.b[k:])
}

// tail returns the length of column j's part orthogonal to the passive ones.
func (f *factor) tail(j int) float64 {
	return floats.Norm(f.column(j)[len(f.passive):], 2)
}

// residual returns the norm of the residual of the fit with the passive
// columns.
func (f *factor) residual() float64 {
	return floats.Norm(f.b[len(f.passive):], 2)
}

// enter makes column j the last of the passive ones, by the Householder
// reflection 1 − β v vᵀ. The column must not depend on the passive ones.
func (f *factor) enter(j int) {
	k := len(f.passive)
	v := f.column(j)[k:]
	length := floats.Norm(v, 2)
	if v[0] > 0 {
		length = -length // so that v[0] − length does not cancel
	}
	beta := length / (length - v[0])
	v[0] -= length
	floats.Scale(1/length, v)
	f.isPassive[j] = true
	reflect := func(y []float64) { floats.AddScaled(y, -beta*floats.Dot(v, y), v) }
	reflect(f.b[k:])
	for i, passive := range f.isPassive {
		if !passive {
			reflect(f.column(i)[k:])
		}
	}
	clear(v)
	v[0] = length
	f.passive = append(f.passive, j)
}

// leave takes the k-th passive column out. The columns after it have then one
// element too many each, which Givens rotations of neighbouring rows remove.
func (f *factor) leave(k int) {
	f.isPassive[f.passive[k]] = false
	f.passive = slices.Delete(f.passive, k, k+1)
	for row := k; row < len(f.passive); row++ {
		pivot := f.column(f.passive[row])
		length := math.Hypot(pivot[row], pivot[row+1])
		if length == 0 {
			continue
		}
		cos, sin := pivot[row]/length, pivot[row+1]/length
		rotate := func(y []float64) {
			y[row], y[row+1] = cos*y[row]+sin*y[row+1], cos*y[row+1]-sin*y[row]
		}
		rotate(f.b)
		for j, passive := range f.isPassive {
			if !passive {
				rotate(f.column(j))
			}
		}
		for _, j := range f.passive[row:] {
			rotate(f.column(j))
		}
		pivot[row], pivot[row+1] = length, 0
	}
}

// solve stores the least-squares solution for the passive columns in z, which
// grows if it must, and returns it.
func (f *factor) solve(z []float64) []float64 {
	n := len(f.passive)
	z = append(z[:0], f.b[:n]...)
	for k := n - 1; k >= 0; k-- {
		r := f.column(f.passive[k])
		z[k] /= r[k]
		floats.AddScaled(z[:k], -z[k], r[:k])
	}
	return z
}
