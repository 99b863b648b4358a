package directions

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/lanczos"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps/diagnostics/internal/draws"
)

const (
	// dense is the largest order of a matrix all of whose eigenvalues are computed.
	dense = 400
	// still is the share of the first variance below which a variance is rounding.
	still = 1e-12
	// converged is the residual of an eigenvalue over the largest one.
	converged = 1e-8
)

// Axes are the principal axes of draws: orthonormal eigenvectors of their covariance.
type Axes struct {
	// Center is the mean of the draws, P numbers.
	Center []float64
	// Variances are those along the axes, with the divisor n − 1, the largest first.
	Variances []float64
	// Vectors has the axes, one row of P numbers for each, as IntegratedTimes takes them. The
	// number of largest absolute value in each is positive.
	Vectors []float64
	// Total is the variance along all axes, the trace of the covariance.
	Total float64
}

// Principal returns the k principal axes of n draws of params parameters, 1 ≤ k ≤ min(n − 1, params).
// There are fewer if draws vary along fewer. It takes memory for the draws in float64. With
// m = min(n, params), it takes time for n params m operations and all eigenvalues of an m × m
// matrix if m ≤ 400; above, it iterates with products of the draws with a vector, some hundreds
// of them. Draws are not changed.
func Principal(list []float32, params, k int) (*Axes, error) {
	n, err := draws.Count(list, params, 2)
	if err != nil {
		return nil, fmt.Errorf("directions: %w", err)
	}
	if most := min(n-1, params); k < 1 || k > most {
		return nil, fmt.Errorf("directions: k = %d, want 1 to min(draws − 1, parameters) = %d", k, most)
	}
	centered, mean, err := draws.Centered(list, params)
	if err != nil {
		return nil, fmt.Errorf("directions: %w", err)
	}
	floats.Scale(1/math.Sqrt(float64(n-1)), centered)
	rows := blas64.General{Rows: n, Cols: params, Stride: params, Data: centered}
	axes := &Axes{Center: mean, Total: floats.Dot(centered, centered)}
	if params <= n {
		err = axes.of(newProduct(rows, blas.Trans), k, func(vector []float64) []float64 { return vector })
	} else {
		err = axes.of(newProduct(rows, blas.NoTrans), k, func(vector []float64) []float64 {
			// An eigenvector u of X Xᵀ is that of Xᵀ X times X.
			whole := make([]float64, params)
			blas64.Gemv(blas.Trans, 1, rows, blas64.Vector{N: n, Inc: 1, Data: vector}, 0, blas64.Vector{N: params, Inc: 1, Data: whole})
			floats.Scale(1/floats.Norm(whole, 2), whole)
			return whole
		})
	}
	if err != nil {
		return nil, err
	}
	return axes, nil
}

// A matrix has the variances as its eigenvalues.
type matrix interface {
	lanczos.Matrix
	form() *mat.SymDense
}

// of finds the k largest eigenvalues. Whole makes an axis of an eigenvector.
func (a *Axes) of(m matrix, k int, whole func([]float64) []float64) error {
	if k < 1 || k > m.Len() {
		return fmt.Errorf("directions: k = %d, want 1 to %d", k, m.Len())
	}
	if !(a.Total > 0) || math.IsInf(a.Total, 1) {
		return fmt.Errorf("directions: the variance of the draws is %v, want a finite number > 0", a.Total)
	}
	pairs, err := leading(m, k)
	if err != nil {
		return err
	}
	for j, pair := range pairs {
		if j > 0 && !(pair.Value > still*a.Variances[0]) {
			break
		}
		vector := whole(pair.Vector)
		largest := slices.MaxFunc(vector, func(x, y float64) int { return cmp.Compare(math.Abs(x), math.Abs(y)) })
		floats.Scale(math.Copysign(1, largest), vector)
		a.Variances = append(a.Variances, pair.Value)
		a.Vectors = append(a.Vectors, vector...)
	}
	return nil
}

func leading(m matrix, k int) ([]lanczos.Pair, error) {
	if m.Len() > dense {
		steps := min(m.Len(), 20*k+600)
		pairs, err := lanczos.Leading(context.Background(), m, k, steps, converged, random.Source(0))
		if err != nil {
			return nil, fmt.Errorf("directions: %w", err)
		}
		for j, pair := range pairs {
			if !(pair.Residual <= 2*converged*pairs[0].Value) {
				return nil, fmt.Errorf("directions: variance %d of %d is not found in %d iterations: ask for fewer", j+1, k, steps)
			}
		}
		return pairs, nil
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(m.form(), true) {
		return nil, fmt.Errorf("directions: the eigenvalues of the covariance do not converge")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil) // the smallest first
	pairs := make([]lanczos.Pair, k)
	for j := range pairs {
		at := len(values) - 1 - j
		pairs[j] = lanczos.Pair{Value: values[at], Vector: mat.Col(nil, at, &vectors)}
	}
	return pairs, nil
}

// symmetric is a covariance that has been formed.
type symmetric struct{ *mat.SymDense }

// Len returns the order.
func (s symmetric) Len() int { return s.SymmetricDim() }

func (s symmetric) form() *mat.SymDense { return s.SymDense }

// Product writes the product with a vector.
func (s symmetric) Product(dst, v []float64) {
	x, y := blas64.Vector{N: len(v), Inc: 1, Data: v}, blas64.Vector{N: len(dst), Inc: 1, Data: dst}
	blas64.Symv(1, s.RawSymmetric(), x, 0, y)
}

// A product is Xᵀ X, or X Xᵀ, of the rows X, which is formed for small orders only.
type product struct {
	rows    blas64.General
	first   blas.Transpose // of X in the product
	between []float64
}

func newProduct(rows blas64.General, first blas.Transpose) *product {
	p := &product{rows: rows, first: first}
	p.between = make([]float64, rows.Rows+rows.Cols-p.Len())
	return p
}

// Len returns the order.
func (p *product) Len() int {
	if p.first == blas.Trans {
		return p.rows.Cols
	}
	return p.rows.Rows
}

func (p *product) form() *mat.SymDense {
	s := mat.NewSymDense(p.Len(), nil)
	blas64.Syrk(p.first, 1, p.rows, 0, s.RawSymmetric())
	return s
}

// Product writes the product with a vector.
func (p *product) Product(dst, v []float64) {
	second := blas.Trans
	if p.first == blas.Trans {
		second = blas.NoTrans
	}
	x, y := blas64.Vector{N: len(v), Inc: 1, Data: v}, blas64.Vector{N: len(dst), Inc: 1, Data: dst}
	z := blas64.Vector{N: len(p.between), Inc: 1, Data: p.between}
	blas64.Gemv(second, 1, p.rows, x, 0, z)
	blas64.Gemv(p.first, 1, p.rows, z, 0, y)
}
