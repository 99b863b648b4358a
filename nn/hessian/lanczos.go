package hessian

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/lanczos"
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
	pairs, err := lanczos.Leading(ctx, m, k, config.Steps, config.Tolerance, config.Source)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, fmt.Errorf("hessian: %w", err)
	}
	eigenvalues := make([]Eigenvalue, len(pairs))
	for j, pair := range pairs {
		eigenvalues[j] = Eigenvalue(pair)
	}
	return eigenvalues, nil
}
