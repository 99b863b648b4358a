package exact

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
)

// Linear is the linear perceptron, prediction w·x + c with half the squared
// error as loss, on given data. Its tilted trajectory ensemble with a flat or a
// Gaussian prior is Gaussian. Parameters are (w₁ … w_D, c), as in package nn.
//
// It implements tps.Losses, computed in float64. Its fields are not to be
// changed; then several goroutines may use it.
type Linear struct {
	data *data.Dataset
	// Hessian is H = X Xᵀ/N with a constant 1 added to each input.
	Hessian *mat.SymDense
	// Eigenvalues are those of the Hessian, increasing.
	Eigenvalues []float64
	// Minimizer is the parameter vector of least loss.
	Minimizer []float64
	// Residual is that loss, 0 for targets without noise.
	Residual float64
}

// NewLinear returns the perceptron on a dataset with one target, which it
// keeps. The inputs with the constant must not be linearly dependent.
func NewLinear(d *data.Dataset) (*Linear, error) {
	if d == nil {
		return nil, errors.New("exact: the dataset is nil")
	}
	if d.Outputs() != 1 {
		return nil, fmt.Errorf("exact: the dataset has %d targets, want 1", d.Outputs())
	}
	p := d.Size() + 1
	row := make([]float64, p)
	sums := make([]float64, p*p)
	right := make([]float64, p)
	for i := range d.Len() {
		for k, x := range d.Input(i) {
			row[k] = float64(x)
		}
		row[p-1] = 1
		y := float64(d.Target(i)[0])
		for k, x := range row {
			right[k] += x * y / float64(d.Len())
			for l, other := range row {
				sums[k*p+l] += x * other / float64(d.Len())
			}
		}
	}
	l := &Linear{data: d, Hessian: mat.NewSymDense(p, sums), Minimizer: make([]float64, p)}

	var eigen mat.EigenSym
	if !eigen.Factorize(l.Hessian, false) {
		return nil, errors.New("exact: the Hessian's eigenvalues do not converge")
	}
	l.Eigenvalues = eigen.Values(nil)
	var cholesky mat.Cholesky
	if !cholesky.Factorize(l.Hessian) {
		return nil, errors.New("exact: the inputs are linearly dependent")
	}
	if err := cholesky.SolveVecTo(mat.NewVecDense(p, l.Minimizer), mat.NewVecDense(p, right)); err != nil {
		return nil, fmt.Errorf("exact: %w", err)
	}
	for i := range d.Len() {
		prediction := l.Minimizer[p-1]
		for k, x := range d.Input(i) {
			prediction += l.Minimizer[k] * float64(x)
		}
		e := prediction - float64(d.Target(i)[0])
		l.Residual += e * e / 2 / float64(d.Len())
	}
	return l, nil
}

// Samples returns N, the number of samples.
func (l *Linear) Samples() int { return l.data.Len() }

// Params returns P = D + 1, the number of parameters of a model.
func (l *Linear) Params() int { return len(l.Minimizer) }

// Losses writes the loss of each sample with each model, as tps.Losses says.
func (l *Linear) Losses(dst [][]float64, models [][]float32, samples []int) {
	dim := l.Params() - 1
	for k, model := range models {
		weights, constant, losses := model[:dim], float64(model[dim]), dst[k]
		for j, i := range samples {
			prediction := 0.0
			for n, x := range l.data.Input(i)[:len(weights)] {
				prediction += float64(weights[n]) * float64(x)
			}
			e := prediction + constant - float64(l.data.Target(i)[0])
			losses[j] = e * e / 2
		}
	}
}

// Concurrent returns true: chains of several goroutines may share a Linear.
func (l *Linear) Concurrent() bool { return true }

// MeanLoss returns ⟨L⟩/τ, the exact mean loss per model, with a flat prior, tilt
// s > 0 and walk width sigma:
//
//	residual + (1/τ) Σₖ Σⱼ (aₖ/2) / (s aₖ + (2 − 2 cos(πj/τ))/σ²),  j = 0 … τ−1,
//
// aₖ being the Hessian's eigenvalues; the other term has the eigenvalues of
// the path's Laplacian. Source: Mair, Causer and Garrahan, arXiv 2306.13442,
// Appendix B 1, in the walk's normal modes.
func (l *Linear) MeanLoss(tau int, s, sigma float64) float64 {
	sum := 0.0
	for _, a := range l.Eigenvalues {
		for j := range tau {
			laplacian := 2 - 2*math.Cos(math.Pi*float64(j)/float64(tau))
			sum += a / 2 / (s*a + laplacian/(sigma*sigma))
		}
	}
	return l.Residual + sum/float64(tau)
}

// Gaussian returns the mean and the covariance of the whole trajectory, a
// Gaussian in τP dimensions, model after model, by inverting its precision:
// sH on the diagonal blocks and the couplings of the walk. prior is the
// standard deviation of a Gaussian prior of mean 0 on the first model, or
// +Inf for the flat one, for which s must be positive.
func (l *Linear) Gaussian(tau int, s, sigma, prior float64) (mean *mat.VecDense, covariance *mat.SymDense, err error) {
	p := len(l.Minimizer)
	precision := mat.NewSymDense(tau*p, nil)
	field := mat.NewVecDense(tau*p, nil) // precision times mean
	add := func(i, j int, v float64) { precision.SetSym(i, j, precision.At(i, j)+v) }
	minimizer := mat.NewVecDense(p, l.Minimizer)
	var slope mat.VecDense
	slope.MulVec(l.Hessian, minimizer)
	for t := range tau {
		for k := range p {
			at := t*p + k
			for other := k; other < p; other++ {
				add(at, t*p+other, s*l.Hessian.At(k, other))
			}
			field.SetVec(at, s*slope.AtVec(k))
			if t == 0 {
				add(at, at, 1/(prior*prior))
			}
			if t+1 < tau {
				add(at, at, 1/(sigma*sigma))
				add(at+p, at+p, 1/(sigma*sigma))
				add(at, at+p, -1/(sigma*sigma))
			}
		}
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(precision) {
		return nil, nil, errors.New("exact: the trajectory's precision is not positive definite")
	}
	mean = mat.NewVecDense(tau*p, nil)
	if err := cholesky.SolveVecTo(mean, field); err != nil {
		return nil, nil, fmt.Errorf("exact: %w", err)
	}
	covariance = mat.NewSymDense(tau*p, nil)
	if err := cholesky.InverseTo(covariance); err != nil {
		return nil, nil, fmt.Errorf("exact: %w", err)
	}
	return mean, covariance, nil
}
