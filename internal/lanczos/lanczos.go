// Package lanczos finds the leading eigenvalues of a symmetric matrix that is known by its
// products with vectors.
package lanczos

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A Matrix is a symmetric matrix that multiplies vectors.
type Matrix interface {
	// Len returns the order of the matrix.
	Len() int
	// Product writes the product of the matrix with v to dst. Both have the
	// length Len. Neither is to be kept, nor v to be changed.
	Product(dst, v []float64)
}

// A Pair is an approximate eigenvalue λ of a matrix H with its vector v of norm 1, and the norm
// of H v − λ v.
type Pair struct {
	Value    float64
	Vector   []float64
	Residual float64
}

// Leading returns the k eigenvalues of the largest absolute value, the largest first, by Lanczos'
// method with full reorthogonalization (Golub and Van Loan, Matrix Computations, 4th ed., 2013,
// section 10.3). It ends after that many steps, at least k, each of which is one product, or once
// all k residuals are below tolerance times the largest eigenvalue. An eigenvalue that occurs
// several times is found once, so there may be fewer than k. When the context is done first, the
// error is its cause; otherwise an error is a product that is not finite.
func Leading(ctx context.Context, m Matrix, k, steps int, tolerance float64, source rand.Source) ([]Pair, error) {
	n := m.Len()
	l := newIteration(m, source)
	for check := k; ; {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		remainder, err := l.step()
		if err != nil {
			return nil, err
		}
		// A remainder of rounding errors is no new direction.
		exhausted := len(l.basis) == n || !(remainder > 1e-10*l.size)
		if last := exhausted || len(l.basis) == steps; last || len(l.basis) >= check {
			pairs := l.ritz(min(k, len(l.basis)), remainder)
			if last || slices.MaxFunc(pairs, byResidual).Residual <= tolerance*math.Abs(pairs[0].Value) {
				return l.vectors(pairs), nil
			}
			// In a large basis finding out costs more than a few products.
			check = len(l.basis) + 1 + len(l.basis)/64*4
		}
		l.extend(remainder)
	}
}

func byResidual(a, b Pair) int { return cmp.Compare(a.Residual, b.Residual) }

// An iteration is what Leading has found: an orthonormal basis in which the matrix
// is tridiagonal.
type iteration struct {
	matrix      Matrix
	basis       [][]float64
	diagonal    []float64 // of the tridiagonal matrix
	offDiagonal []float64
	next        []float64 // the next basis vector, before it is normalized
	size        float64   // about the norm of the matrix
}

func newIteration(m Matrix, source rand.Source) *iteration {
	first := make([]float64, m.Len())
	normal := rand.New(source)
	for i := range first {
		first[i] = normal.NormFloat64()
	}
	floats.Scale(1/floats.Norm(first, 2), first)
	return &iteration{matrix: m, basis: [][]float64{first}, next: make([]float64, m.Len())}
}

// step multiplies the last basis vector, takes out what the basis has of the
// product, and returns the norm of the remainder.
func (l *iteration) step() (remainder float64, err error) {
	last := l.basis[len(l.basis)-1]
	l.matrix.Product(l.next, last)
	l.diagonal = append(l.diagonal, floats.Dot(l.next, last))
	l.size = max(l.size, floats.Norm(l.next, 2))
	if l.size-l.size != 0 {
		return 0, fmt.Errorf("product %d is not finite", len(l.basis))
	}
	for range 2 { // twice is enough (Giraud et al., Numer. Math. 101, 87 (2005))
		for _, v := range l.basis {
			floats.AddScaled(l.next, -floats.Dot(l.next, v), v)
		}
	}
	return floats.Norm(l.next, 2), nil
}

// extend makes the remainder of the last step the next basis vector.
func (l *iteration) extend(remainder float64) {
	l.offDiagonal = append(l.offDiagonal, remainder)
	v := slices.Clone(l.next)
	floats.Scale(1/remainder, v)
	l.basis = append(l.basis, v)
}

// ritz returns the k leading eigenvalues of the tridiagonal matrix. Their
// vectors are coordinates in the basis. Their residuals are what the product
// with the last basis vector leaves outside of the basis.
func (l *iteration) ritz(k int, remainder float64) []Pair {
	n := len(l.diagonal)
	t := mat.NewSymDense(n, nil)
	for i, x := range l.diagonal {
		t.SetSym(i, i, x)
		if i+1 < n {
			t.SetSym(i, i+1, l.offDiagonal[i])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(t, true) {
		panic("lanczos: eigenvalues of a finite tridiagonal matrix do not converge")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	pairs := make([]Pair, n)
	for j, value := range eigen.Values(nil) {
		vector := mat.Col(nil, j, &vectors)
		pairs[j] = Pair{value, vector, math.Abs(remainder * vector[n-1])}
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)) })
	return pairs[:k]
}

// vectors replaces the coordinates in the basis by vectors in the whole space.
func (l *iteration) vectors(pairs []Pair) []Pair {
	for j, pair := range pairs {
		whole := make([]float64, l.matrix.Len())
		for i, x := range pair.Vector {
			floats.AddScaled(whole, x, l.basis[i])
		}
		pairs[j].Vector = whole
	}
	return pairs
}
