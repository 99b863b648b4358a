package directions

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/memory"
)

// batch is how many draws a Covariance gathers before it multiplies them, as each row of the
// matrix is then read once for all of them.
const batch = 32

// A Covariance takes the mean and the covariance of draws, one by one. It is for one goroutine.
type Covariance struct {
	params     int
	count      int           // of draws in mean and deviations
	mean       []float64     // P
	deviations *mat.SymDense // P × P, Σ (θ − mean)(θ − mean)ᵀ
	pending    []float64     // the draws not yet in them, row-major
	shift      []float64     // scratch
}

// NewCovariance returns a Covariance of draws of that many parameters, at least 1. The error says
// if the machine has no memory for the matrix.
func NewCovariance(params int) (*Covariance, error) {
	if params < 1 {
		return nil, fmt.Errorf("directions: params = %d, want at least 1", params)
	}
	if err := memory.Check(8 * float64(params) * float64(params)); err != nil {
		return nil, fmt.Errorf("directions: the covariance of %d parameters %w; Principal of some draws does not form it", params, err)
	}
	return &Covariance{
		params: params, mean: make([]float64, params), deviations: mat.NewSymDense(params, nil),
		pending: make([]float64, 0, batch*params), shift: make([]float64, params),
	}, nil
}

// Add adds a draw, which is not kept. It does not allocate, and takes time for P² multiplications.
// It panics if the length is not the number of parameters. A draw that is not finite makes
// results NaN from then on.
func (c *Covariance) Add(draw []float32) {
	if len(draw) != c.params {
		panic("directions: length of a draw is not the number of parameters")
	}
	for _, x := range draw {
		c.pending = append(c.pending, float64(x))
	}
	if len(c.pending) == cap(c.pending) {
		c.flush()
	}
}

// flush takes in the pending draws.
func (c *Covariance) flush() {
	n := len(c.pending) / c.params
	if n == 0 {
		return
	}
	clear(c.shift)
	for at := 0; at < len(c.pending); at += c.params {
		floats.AddScaled(c.shift, 1/float64(n), c.pending[at:at+c.params])
	}
	for at := 0; at < len(c.pending); at += c.params {
		floats.Sub(c.pending[at:at+c.params], c.shift)
	}
	rows := blas64.General{Rows: n, Cols: c.params, Stride: c.params, Data: c.pending}
	blas64.Syrk(blas.Trans, 1, rows, 1, c.deviations.RawSymmetric())
	c.join(n, c.shift)
	c.pending = c.pending[:0]
}

// join adds what n draws of another mean, whose deviations from it are added already, have in
// common (Chan, Golub and LeVeque, Stanford STAN-CS-79-773, 1979, eqs. 2.1). It uses shift.
func (c *Covariance) join(n int, mean []float64) {
	floats.SubTo(c.shift, mean, c.mean)
	total := float64(c.count + n)
	vector := blas64.Vector{N: c.params, Inc: 1, Data: c.shift}
	blas64.Syr(float64(c.count)*float64(n)/total, vector, c.deviations.RawSymmetric())
	floats.AddScaled(c.mean, float64(n)/total, c.shift)
	c.count += n
}

// Merge adds the draws of another Covariance, of the same number of parameters, which stays as it
// is but for rounding.
func (c *Covariance) Merge(other *Covariance) {
	if other.params != c.params {
		panic("directions: covariances of different models")
	}
	c.flush()
	other.flush()
	if other.count == 0 {
		return
	}
	c.deviations.AddSym(c.deviations, other.deviations)
	c.join(other.count, other.mean)
}

// Count returns how many draws there were.
func (c *Covariance) Count() int { return c.count + len(c.pending)/c.params }

// Mean returns their mean, P numbers in a new slice, all 0 without draws.
func (c *Covariance) Mean() []float64 {
	c.flush()
	return append([]float64(nil), c.mean...)
}

// Matrix returns their covariance with the divisor n − 1, a new P × P matrix. The error says if
// there are fewer than 2 draws.
func (c *Covariance) Matrix() (*mat.SymDense, error) {
	if c.Count() < 2 {
		return nil, fmt.Errorf("directions: covariance of %d draws, want at least 2", c.Count())
	}
	c.flush()
	matrix := mat.NewSymDense(c.params, nil)
	matrix.ScaleSym(1/float64(c.count-1), c.deviations)
	return matrix, nil
}

// Axes returns the k principal axes of the draws, 1 ≤ k ≤ P.
func (c *Covariance) Axes(k int) (*Axes, error) {
	matrix, err := c.Matrix()
	if err != nil {
		return nil, err
	}
	axes := &Axes{Center: c.Mean(), Total: mat.Trace(matrix)}
	if err := axes.of(symmetric{matrix}, k, func(vector []float64) []float64 { return vector }); err != nil {
		return nil, err
	}
	return axes, nil
}
