package laplace

import (
	"context"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
)

// A layerCurvature is the generalized Gauss–Newton matrix of a last layer, a sum over
// samples. With the inputs φ of the layer, 1 added for the bias, the part of outputs k
// and l is Σᵢ Λ_ikl φᵢ φᵢᵀ.
type layerCurvature struct {
	*head
	likelihood Likelihood
	parts      [][]float64 // of outputs k ≤ l, (inputs + 1)²; nil: zero so far
	weights    []float64   // of one sample
	scaled     []float64   // inputs times Λ_kl, of a block
}

// gaussNewton returns the matrix over all samples of a dataset, in the order of the
// layer's parameters.
func (h *head) gaussNewton(ctx context.Context, d *data.Dataset, likelihood Likelihood) (*mat.SymDense, error) {
	c := &layerCurvature{head: h, likelihood: likelihood, parts: make([][]float64, h.outputs*h.outputs), weights: make([]float64, h.outputs)}
	f := h.newFeatures(d)
	var second []float64 // Λ, outputs × outputs × samples
	for from := 0; from < d.Len(); {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		samples := block(from, d.Len(), h.inputs+1)
		if err := f.compute(samples); err != nil {
			return nil, err
		}
		second = resize(second, len(samples)*len(c.parts))
		coupled := c.derive(second, f.outputs)
		for k := range h.outputs {
			for l := k; l < h.outputs && (l == k || coupled); l++ {
				c.add(k*h.outputs+l, second, f.inputs)
			}
		}
		from += len(samples)
	}
	return c.matrix(), nil
}

// derive writes Λ_kl for the outputs of a block of samples. It tells whether one is not
// diagonal.
func (c *layerCurvature) derive(dst, outputs []float64) (coupled bool) {
	n := len(outputs) / c.outputs
	for j := range n {
		subtract := c.likelihood.Curvature(c.weights, outputs[j*c.outputs:][:c.outputs])
		coupled = coupled || subtract
		for k, w := range c.weights {
			for l, v := range c.weights {
				second := 0.0
				if subtract {
					second = -w * v
				}
				if k == l {
					second += w
				}
				dst[(k*c.outputs+l)*n+j] = second
			}
		}
	}
	return coupled
}

// add adds a block of samples to a part.
func (c *layerCurvature) add(part int, second, inputs []float64) {
	size := c.inputs + 1
	n := len(inputs) / size
	if c.parts[part] == nil {
		c.parts[part] = make([]float64, size*size)
	}
	c.scaled = resize(c.scaled, len(inputs))
	for j, s := range second[part*n:][:n] {
		for i, x := range inputs[j*size:][:size] {
			c.scaled[j*size+i] = s * x
		}
	}
	rows := func(x []float64) blas64.General {
		return blas64.General{Rows: len(x) / size, Cols: size, Stride: size, Data: x}
	}
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, rows(c.scaled), rows(inputs), 1, rows(c.parts[part]))
}

// matrix returns the sum in the order of the parameters.
func (c *layerCurvature) matrix() *mat.SymDense {
	size := c.inputs + 1
	matrix := mat.NewSymDense(c.params(), nil)
	for k := range c.outputs {
		for l := k; l < c.outputs; l++ {
			part := c.parts[k*c.outputs+l]
			if part == nil {
				continue
			}
			for i := range size {
				for j := range size {
					if at, to := c.place(k, i), c.place(l, j); at >= 0 && to >= 0 {
						matrix.SetSym(at, to, part[i*size+j])
					}
				}
			}
		}
	}
	return matrix
}
