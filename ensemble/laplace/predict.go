package laplace

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/metrics"
)

// Outputs returns the means and the variances of the network's outputs for the samples of
// a dataset, samples × outputs, row-major. They are exact for the posterior, as outputs
// are linear in the parameters of the last layer: the means are the outputs at θ*. For a
// regression add the variance of the noise to have that of a target.
func (l *LastLayer) Outputs(ctx context.Context, d *data.Dataset) (means, variances []float64, err error) {
	if ctx == nil {
		return nil, nil, errNoContext
	}
	if err := l.head.check(d); err != nil {
		return nil, nil, err
	}
	covariances := l.outputCovariances()
	f, size := l.head.newFeatures(d), l.head.inputs+1
	product := mat.NewDense(1, 1, nil)
	for from := 0; from < d.Len(); {
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		samples := block(from, d.Len(), size)
		if err := f.compute(samples); err != nil {
			return nil, nil, err
		}
		means = append(means, f.outputs...)
		inputs := mat.NewDense(len(samples), size, f.inputs)
		block := make([]float64, len(f.outputs))
		for k, covariance := range covariances {
			product.Reset()
			product.Mul(inputs, covariance)
			for j := range samples {
				block[j*l.head.outputs+k] = mat.Dot(product.RowView(j), inputs.RowView(j))
			}
		}
		variances = append(variances, block...)
		from += len(samples)
	}
	return means, variances, nil
}

// outputCovariances returns for each output the covariance of its weights and bias.
func (l *LastLayer) outputCovariances() []*mat.Dense {
	h, all := l.head, l.Covariance()
	covariances := make([]*mat.Dense, h.outputs)
	for k := range covariances {
		covariances[k] = mat.NewDense(h.inputs+1, h.inputs+1, nil)
		for i := range h.inputs + 1 {
			for j := range h.inputs + 1 {
				if at, to := h.place(k, i), h.place(k, j); at >= 0 && to >= 0 {
					covariances[k].Set(i, j, all.At(at, to))
				}
			}
		}
	}
	return covariances
}

// Probit returns approximate mean probabilities of classes for the samples of a dataset:
// the softmax of the mean outputs, each divided by √(1 + π/8 · its variance) (MacKay,
// Neural Computation 4 (1992), 720; for several classes Gibbs, 1997, and Daxberger et al.,
// section 2). It is for networks of at least two outputs with the likelihood Categorical.
func (l *LastLayer) Probit(ctx context.Context, d *data.Dataset) (*metrics.Predictions, error) {
	if l.head.outputs < 2 {
		return nil, errors.New("laplace: the network has one output, want at least two for classes")
	}
	means, variances, err := l.Outputs(ctx, d)
	if err != nil {
		return nil, err
	}
	for i, v := range variances {
		means[i] /= math.Sqrt(1 + math.Pi/8*v)
	}
	logs, err := metrics.LogSoftmax(means, l.head.outputs)
	if err != nil {
		return nil, err
	}
	return metrics.NewPredictions(logs, l.head.outputs)
}
