package laplace

import (
	"context"
	"errors"
	"fmt"

	"github.com/trajens/trajens/internal/null"
)

// A Jacobian is what GaussNewton needs to know of a model and its data. *nn.Jacobian is
// one.
type Jacobian interface {
	// Samples returns the number of samples, at least 1.
	Samples() int

	// Params returns the number of parameters, at least 1.
	Params() int

	// Outputs returns the number of outputs of a sample, at least 1.
	Outputs() int

	// PerSample writes the derivatives of one output, counted from 0, with respect to
	// the parameters for each of the samples to dst, samples × Params, and the output
	// itself to values. It must not keep its arguments.
	PerSample(dst []float32, values []float64, params []float32, output int, samples []int)
}

// Gradients are what EmpiricalFisher needs to know of a model and its data.
// *nn.Gradients has it.
type Gradients interface {
	// Samples returns the number of samples, at least 1.
	Samples() int

	// Params returns the number of parameters, at least 1.
	Params() int

	// PerSample writes the gradient of the negative log-likelihood of each of the
	// samples to dst, samples × Params, and the negative log-likelihoods to losses. It
	// must not keep its arguments.
	PerSample(dst []float32, losses []float64, params []float32, samples []int)
}

// GaussNewton returns the diagonal of the generalized Gauss–Newton matrix over all samples
// at params, a number for each parameter:
//
//	Σᵢ (Jᵢᵀ Λᵢ Jᵢ)_pp = Σᵢ (Σ_k w_ik J_ikp² − (Σ_k w_ik J_ikp)²)
//
// without the last term where Λᵢ is diagonal. It costs a gradient of each output of each
// sample. It is an error if an output or a derivative is not finite.
func GaussNewton(ctx context.Context, jacobian Jacobian, likelihood Likelihood, params []float32) ([]float64, error) {
	if ctx == nil {
		return nil, errNoContext
	}
	if null.Is(jacobian) {
		return nil, errors.New("laplace: the Jacobian is nil")
	}
	if err := checkLikelihood(likelihood); err != nil {
		return nil, err
	}
	if err := checkModel(jacobian, params); err != nil {
		return nil, err
	}
	n, p := jacobian.Outputs(), jacobian.Params()
	sum, mean := make([]float64, p), make([]float64, p)
	outputs, weights := make([]float64, n), make([]float64, n)
	rows, values := make([][]float32, n), make([][]float64, n)
	for from := 0; from < jacobian.Samples(); {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		samples := block(from, jacobian.Samples(), n*p)
		for k := range rows {
			rows[k], values[k] = resize(rows[k], len(samples)*p), resize(values[k], len(samples))
			jacobian.PerSample(rows[k], values[k], params, k, samples)
		}
		for j, i := range samples {
			for k := range outputs {
				outputs[k] = values[k][j]
				if outputs[k]-outputs[k] != 0 {
					return nil, fmt.Errorf("laplace: output %d of sample %d is %v, want a finite number", k, i, outputs[k])
				}
			}
			coupled := likelihood.Curvature(weights, outputs)
			clear(mean)
			for k, w := range weights {
				addSquares(sum, mean, rows[k][j*p:][:p], w)
			}
			if coupled {
				for at, m := range mean {
					sum[at] -= m * m
				}
			}
		}
		from += len(samples)
	}
	return sum, checkCurvature(sum)
}

// addSquares adds the weighted squares of a row to a sum, and the weighted row to a mean.
func addSquares(sum, mean []float64, row []float32, weight float64) {
	for i, d := range row {
		weighted := weight * float64(d)
		sum[i] += weighted * float64(d)
		mean[i] += weighted
	}
}

// EmpiricalFisher returns the diagonal of the empirical Fisher matrix at params: the sum
// over all samples of the squares of the gradients of their negative log-likelihoods, a
// number for each parameter. It costs one gradient of each sample. Where a network fits
// its data its gradients vanish, and with them this curvature, which the Gauss–Newton
// matrix does not (Kunstner, Balles and Hennig, arXiv 1905.12558). It is an error if a
// loss or a gradient is not finite.
func EmpiricalFisher(ctx context.Context, gradients Gradients, params []float32) ([]float64, error) {
	if ctx == nil {
		return nil, errNoContext
	}
	if null.Is(gradients) {
		return nil, errors.New("laplace: gradients are nil")
	}
	if err := checkModel(gradients, params); err != nil {
		return nil, err
	}
	p := gradients.Params()
	sum := make([]float64, p)
	var rows []float32
	var losses []float64
	for from := 0; from < gradients.Samples(); {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		samples := block(from, gradients.Samples(), p)
		rows, losses = resize(rows, len(samples)*p), resize(losses, len(samples))
		gradients.PerSample(rows, losses, params, samples)
		for j, i := range samples {
			if loss := losses[j]; loss-loss != 0 {
				return nil, fmt.Errorf("laplace: the loss of sample %d is %v, want a finite number", i, loss)
			}
			for at, g := range rows[j*p:][:p] {
				sum[at] += float64(g) * float64(g)
			}
		}
		from += len(samples)
	}
	return sum, checkCurvature(sum)
}

var errNoContext = errors.New("laplace: the context is nil")

// checkModel returns an error if a model has no samples, or other parameters.
func checkModel(model interface {
	Samples() int
	Params() int
}, params []float32) error {
	if model.Samples() < 1 {
		return errors.New("laplace: there are no samples")
	}
	if len(params) != model.Params() || len(params) == 0 {
		return fmt.Errorf("laplace: params has %d numbers, want those of the model, %d", len(params), model.Params())
	}
	return nil
}

// checkCurvature returns an error if a curvature is not finite or negative beyond
// rounding, and sets those to zero that are negative by rounding.
func checkCurvature(curvature []float64) error {
	largest := 0.0
	for _, h := range curvature {
		if h > largest { // which NaN is not
			largest = h
		}
	}
	for i, h := range curvature {
		if !(h >= -1e-9*largest && h <= maxCurvature) {
			return fmt.Errorf("laplace: the curvature of parameter %d is %v, want a number from 0 to %v", i, h, maxCurvature)
		}
		curvature[i] = max(h, 0)
	}
	return nil
}

// maxCurvature is beyond any use, and leaves room for sums.
const maxCurvature = 1e150

// blockNumbers is how many numbers a block of samples may have, 32 MB of them.
const blockNumbers = 1 << 23

// block returns the samples that follow from a sample on, when each has so many numbers.
func block(from, samples, each int) []int {
	block := make([]int, min(samples-from, max(blockNumbers/each, 1), 256))
	for j := range block {
		block[j] = from + j
	}
	return block
}

// resize returns a slice of length n, the same one if it is long enough.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
