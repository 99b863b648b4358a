package hessian

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/random"
)

// LanczosConfig holds the options of Leading. The zero value works.
type LanczosConfig struct {
	// Steps is the largest number of products with the matrix, at least the
	// number of eigenvalues asked for. 0: ten times that and twenty, or the
	// order of the matrix if it is smaller.
	Steps int
	// Tolerance ends the iteration once the residual of each eigenvalue asked
	// for is below this share of the largest. 0: 10⁻³, which is what products
	// by differences of float32 gradients are good for.
	Tolerance float64
	// Seed seeds the vector to start with.
	Seed uint64
}

// An Eigenvalue is an approximate eigenvalue, with its vector of norm 1 and
// the norm of H v − λ v: there is an eigenvalue within that distance.
type Eigenvalue struct {
	Value    float64
	Vector   []float64
	Residual float64
}

// A Matrix is symmetric and multiplies vectors, such as a Hessian.
type Matrix interface {
	// Len returns the order of the matrix.
	Len() int
	// Product writes the product of the matrix with v to dst.
	Product(dst, v []float64)
}

// Leading returns the k eigenvalues of the largest absolute value, the largest
// first, by Lanczos' method with full reorthogonalization (Golub and Van Loan,
// Matrix Computations, 4th ed., 2013, section 10.3). An eigenvalue that occurs
// several times is found once. The result is as good as its residuals say when
// the steps are used up; the error is the context's cause if it is done
// earlier. Memory for Steps vectors is needed.
func Leading(ctx context.Context, m Matrix, k int, config LanczosConfig) ([]Eigenvalue, error) {
	n := m.Len()
	if k < 1 || k > n {
		return nil, fmt.Errorf("hessian: k = %d, want 1 to the order of the matrix, %d", k, n)
	}
	if config.Steps == 0 {
		config.Steps = 10*k + 20
	}
	if config.Steps < k {
		return nil, fmt.Errorf("hessian: Steps = %d, want at least k = %d", config.Steps, k)
	}
	if config.Tolerance == 0 {
		config.Tolerance = 1e-3
	}
	if !(config.Tolerance > 0) {
		return nil, fmt.Errorf("hessian: Tolerance = %v, want a number > 0", config.Tolerance)
	}
	l := newLanczos(m, config.Seed)
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		remainder, err := l.step()
		if err != nil {
			return nil, err
		}
		// What is left of rounding errors is no new direction.
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

// lanczos is an iteration: an orthonormal basis in which the matrix is
// tridiagonal.
type lanczos struct {
	matrix   Matrix
	basis    [][]float64
	diagonal []float64
	beside   []float64 // beside the diagonal
	next     []float64 // the next basis vector, before it is normalized
	size     float64   // about the norm of the matrix
}

func newLanczos(m Matrix, seed uint64) *lanczos {
	first := make([]float64, m.Len())
	normal := rand.New(random.Source(seed))
	for i := range first {
		first[i] = normal.NormFloat64()
	}
	floats.Scale(1/floats.Norm(first, 2), first)
	return &lanczos{matrix: m, basis: [][]float64{first}, next: make([]float64, m.Len())}
}

// step multiplies the last basis vector and returns the norm of what is new.
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

// extend makes what is new the next basis vector.
func (l *lanczos) extend(norm float64) {
	l.beside = append(l.beside, norm)
	v := slices.Clone(l.next)
	floats.Scale(1/norm, v)
	l.basis = append(l.basis, v)
}

// ritz returns the leading eigenvalues of the tridiagonal matrix, with the
// vectors in the basis.
func (l *lanczos) ritz(k int, remainder float64) []Eigenvalue {
	n := len(l.diagonal)
	t := mat.NewSymDense(n, nil)
	for i, x := range l.diagonal {
		t.SetSym(i, i, x)
		if i+1 < n {
			t.SetSym(i, i+1, l.beside[i])
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

// vectors replaces the vectors in the basis by those in the whole space.
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
