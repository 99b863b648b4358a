package main

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"
)

// The Hessian is that of the gradient, and the mode is where the gradient of U is 0.
func TestProblem(t *testing.T) {
	const n, params = 60, 4
	random := rand.New(rand.NewPCG(1, 2))
	p := &problem{prior: 2, images: blas32.General{Rows: n, Cols: params, Stride: params}}
	for range n {
		for range params - 1 {
			p.images.Data = append(p.images.Data, random.Float32())
		}
		p.images.Data = append(p.images.Data, 1)
		p.nines = append(p.nines, float32(random.IntN(2)))
	}
	require.NoError(t, p.findMode())
	model := p.model()
	slope := func(theta []float32) []float32 {
		g := make([]float32, params)
		model.Gradient(g, theta, nil)
		for i := range g {
			g[i] = n*g[i] + theta[i]/float32(p.prior*p.prior)
		}
		return g
	}
	for _, g := range slope(p.start()) {
		assert.InDelta(t, 0, g, 1e-2)
	}
	h := p.hessian(p.mode)
	for k := range params {
		const e = 0.01
		up, down := p.start(), p.start()
		up[k], down[k] = up[k]+e, down[k]-e
		above, below := slope(up), slope(down)
		for i := range above {
			assert.InDelta(t, h.At(i, k), float64(above[i]-below[i])/(2*e), 0.01)
		}
	}
}

// The covariance of white noise has the mean I.
func TestWhiteCovariance(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	sum := mat.NewSymDense(3, nil)
	const covariances, vectors = 2000, 5
	for range covariances {
		sum.AddSym(sum, whiteCovariance(3, vectors, random))
	}
	// The variances of the entries are 2/(m − 1) and 1/(m − 1): four standard errors.
	for i := range 3 {
		for j := range 3 {
			want := 0.0
			if i == j {
				want = 1
			}
			assert.InDelta(t, want, sum.At(i, j)/covariances, 0.064)
		}
	}
}
