package laplace

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/nn"
)

// LastLayer is the approximate posterior of the weights and the bias of a network's last
// layer, which is dense, with their whole covariance. The layers before it are fixed.
// Its methods may be used by several goroutines at once.
type LastLayer struct {
	head     *head
	mode     []float32 // all parameters
	spectrum spectrum
	delta    float64

	precision mat.Cholesky // of H + δI, in the order of the layer's parameters
}

// NewLastLayer returns the posterior about a trained network, given the samples that it
// was trained on; of these it looks at inputs only. The network and params, which are
// copied, belong together, and the last layer must be nn.Dense. The network before it is
// evaluated once for each sample.
//
// The memory grows with the square of the number of the layer's parameters, and the time
// with the cube: it is some seconds for a thousand of them, and minutes for a few thousand.
// It is an error if the machine does not have the memory or if an output is not finite.
func NewLastLayer(ctx context.Context, net *nn.Network, d *data.Dataset, likelihood Likelihood, params []float32, config Config) (*LastLayer, error) {
	if ctx == nil {
		return nil, errNoContext
	}
	if err := checkLikelihood(likelihood); err != nil {
		return nil, err
	}
	h, err := newHead(net, params)
	if err != nil {
		return nil, err
	}
	if err := h.check(d); err != nil {
		return nil, err
	}
	p := float64(h.params())
	if err := memory.Check(8 * 4 * p * p); err != nil {
		return nil, fmt.Errorf("laplace: a matrix for the %.0f parameters of the last layer: it %w", p, err)
	}
	l := &LastLayer{head: h, mode: slices.Clone(params)}
	if _, err := squaredNorm(params[:h.at]); err != nil {
		return nil, err
	}
	if l.spectrum.norm2, err = squaredNorm(params[h.at:]); err != nil {
		return nil, err
	}
	curvature, err := h.gaussNewton(ctx, d, likelihood)
	if err != nil {
		return nil, err
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(curvature, false) {
		return nil, errors.New("laplace: the eigenvalues of the curvature were not found")
	}
	l.spectrum.curvatures = eigen.Values(nil)
	if err := checkCurvature(l.spectrum.curvatures); err != nil {
		return nil, err
	}
	if l.delta, err = l.spectrum.prior(config); err != nil {
		return nil, err
	}
	for i := range curvature.SymmetricDim() {
		curvature.SetSym(i, i, curvature.At(i, i)+l.delta)
	}
	if !l.precision.Factorize(curvature) {
		return nil, fmt.Errorf("laplace: with the prior precision %v the precision matrix is not positive definite up to rounding, want a larger one", l.delta)
	}
	return l, nil
}

// PriorPrecision returns δ.
func (l *LastLayer) PriorPrecision() float64 { return l.delta }

// LogEvidence returns the logarithm of the evidence, the marginal likelihood of all
// samples, given that of the likelihood at θ*: the sum of ln p over the samples. The
// prior is that of the last layer's parameters.
func (l *LastLayer) LogEvidence(logLikelihood float64) float64 {
	return logLikelihood + l.spectrum.logEvidence(l.delta)
}

// Covariance returns the covariance matrix of the last layer's parameters in their order:
// the weight [outputs, inputs], row-major, then the bias.
func (l *LastLayer) Covariance() *mat.SymDense {
	covariance := new(mat.SymDense)
	if err := l.precision.InverseTo(covariance); err != nil {
		var condition mat.Condition
		if !errors.As(err, &condition) { // which is a warning
			panic("laplace: " + err.Error())
		}
	}
	return covariance
}

// Draw returns n members, at least 1, drawn from the posterior: whole parameter vectors,
// which differ in the last layer. A nil source stands for a generator that starts each
// call with the same numbers.
func (l *LastLayer) Draw(n int, source rand.Source) ([][]float32, error) {
	// With the precision UᵀU, U⁻¹z has its inverse for covariance.
	var upper mat.TriDense
	l.precision.UTo(&upper)
	z := mat.NewVecDense(l.precision.SymmetricDim(), nil)
	return draw(n, l.mode, source, func(member []float32, normal *rand.Rand) {
		for i := range z.Len() {
			z.SetVec(i, normal.NormFloat64())
		}
		blas64.Trsv(blas.NoTrans, upper.RawTriangular(), z.RawVector())
		for i := range z.Len() {
			member[l.head.at+i] = float32(float64(l.mode[l.head.at+i]) + z.AtVec(i))
		}
	})
}
