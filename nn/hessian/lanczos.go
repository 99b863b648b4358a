package hessian

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// LanczosConfig configures Leading. The zero value works.
type LanczosConfig struct {
	// Steps is the largest number of products with the matrix, at least the
	// number of eigenvalues asked for. 0: ten times that and twenty, or the
	// order of the matrix if it is smaller.
	Steps int
	// Tolerance ends the iteration once the residual of each eigenvalue asked
	// for is below this share of the largest eigenvalue, > 0. 0: 10⁻³; products
	// by differences of float32 gradients are not good for less.
	Tolerance float64
	// Source is where the random vector comes from that the iteration starts
	// with. nil: the same vector each time.
	Source rand.Source
}

// An Eigenvalue is an approximate eigenvalue λ of a matrix H.
type Eigenvalue struct {
	// Value is λ.
	Value float64
	// Vector is the eigenvector v, of norm 1.
	Vector []float64
	// Residual is the norm of H v − λ v. H has an eigenvalue within that
	// distance of λ.
	Residual float64
}

// A Matrix is a symmetric matrix that multiplies vectors. *Hessian is one.
type Matrix interface {
	// Len returns the order of the matrix.
	Len() int
	// Product writes the product of the matrix with v to dst. Both have the
	// length Len. Neither is to be kept, nor v to be changed.
	Product(dst, v []float64)
}

// Leading returns the k eigenvalues of the largest absolute value, the largest
// first, by Lanczos' method with full reorthogonalization (Golub and Van Loan,
// Matrix Computations, 4th ed., 2013, section 10.3). An eigenvalue that occurs
// several times is found once. When the steps are used up, the result is as good
// as its residuals say. When the context is done first, the error is its cause.
// Leading needs memory for Steps vectors.
func Leading(ctx context.Context, m Matrix, k int, config LanczosConfig) ([]Eigenvalue, error) {
	if ctx == nil {
		return nil, errors.New("hessian: the context is nil")
	}
	if null.Is(m) {
		return nil, errors.New("hessian: the matrix is nil")
	}
	n := m.Len()
	if k < 1 || k > n {
		return nil, fmt.Errorf("hessian: k = %d, want 1 to the order of the matrix, %d", k, n)
	}
	config.Steps = cmp.Or(config.Steps, 10*k+20)
	config.Tolerance = cmp.Or(config.Tolerance, 1e-3)
	config.Source = cmp.Or[rand.Source](config.Source, random.Source(0))
	if config.Steps < k {
		return nil, fmt.Errorf("hessian: Steps = %d, want at least k = %d", config.Steps, k)
	}
	if !(config.Tolerance > 0) {
		return nil, fmt.Errorf("hessian: Tolerance = %v, want a number > 0", config.Tolerance)
	}
	l := newLanczos(m, config.Source)
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		remainder, err := l.step()
		if err != nil {
			return nil, err
		}
		// A remainder of rounding errors is no new direction.
		exhausted := len(l.basis) == n || !(remainder > 1e-10*l.size)
		if last := exhausted || len(l.basis) == config.Steps; last || len(l.basis) >= k {
			pairs := l.ritz(min(k, len(l.basis)), remainder)
			if last || slices.MaxFunc(pairs, byResidual).Residual <= config.Tolerance*math.Abs(pairs[0].Value) {
				return l.vectors(pairs), nil
			}
		}
		l.extend(remainder)
	}
}

func byResidual(a, b Eigenvalue) int { return cmp.Compare(a.Residual, b.Residual) }

// A lanczos is an iteration under way: an orthonormal basis in which the matrix
// is tridiagonal.
type lanczos struct {
	matrix      Matrix
	basis       [][]float64
	diagonal    []float64 // of the tridiagonal matrix
	offDiagonal []float64
	next        []float64 // the next basis vector, before it is normalized
	size        float64   // about the norm of the matrix
}

func newLanczos(m Matrix, source rand.Source) *lanczos {
	first := make([]float64, m.Len())
	normal := rand.New(source)
	for i := range first {
		first[i] = normal.NormFloat64()
	}
	floats.Scale(1/floats.Norm(first, 2), first)
	return &lanczos{matrix: m, basis: [][]float64{first}, next: make([]float64, m.Len())}
}

// step multiplies the last basis vector, takes out what the basis has of the
// product, and returns the norm of the remainder.
func (l *lanczos) step() (remainder float64, err error) {
	last := l.basis[len(l.basis)-1]
	l.matrix.Product(l.next, last)
	l.diagonal = append(l.diagonal, floats.Dot(l.next, last))
	l.size = max(l.size, floats.Norm(l.next, 2))
	if l.size-l.size != 0 {
		return 0, fmt.Errorf("hessian: product %d is not finite", len(l.basis))
	}
	for range 2 { // twice is enough (Giraud et al., Numer. Math. 101, 87 (2005))
		for _, v := range l.basis {
			floats.AddScaled(l.next, -floats.Dot(l.next, v), v)
		}
	}
	return floats.Norm(l.next, 2), nil
}

// extend makes the remainder of the last step the next basis vector.
func (l *lanczos) extend(remainder float64) {
	l.offDiagonal = append(l.offDiagonal, remainder)
	v := slices.Clone(l.next)
	floats.Scale(1/remainder, v)
	l.basis = append(l.basis, v)
}

// ritz returns the k leading eigenvalues of the tridiagonal matrix. Their
// vectors are coordinates in the basis. Their residuals are what the product
// with the last basis vector leaves outside of the basis.
func (l *lanczos) ritz(k int, remainder float64) []Eigenvalue {
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
		panic("hessian: eigenvalues of a finite tridiagonal matrix do not converge")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	pairs := make([]Eigenvalue, n)
	for j, value := range eigen.Values(nil) {
		vector := mat.Col(nil, j, &vectors)
		pairs[j] = Eigenvalue{value, vector, math.Abs(remainder * vector[n-1])}
	}
	slices.SortFunc(pairs, func(a, b Eigenvalue) int { return cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)) })
	return pairs[:k]
}

// vectors replaces the coordinates in the basis by vectors in the whole space.
func (l *lanczos) vectors(pairs []Eigenvalue) []Eigenvalue {
	for j, pair := range pairs {
		whole := make([]float64, l.matrix.Len())
		for i, x := range pair.Vector {
			floats.AddScaled(whole, x, l.basis[i])
		}
		pairs[j].Vector = whole
	}
	return pairs
}
