package laplace

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/metrics"
)

// Outputs returns the means and the variances of the network's outputs for the samples of
// a dataset, samples × outputs, row-major. They are exact for the posterior, as outputs
// are linear in the parameters of the last layer: the means are the outputs at θ*. For a
// regression add the variance of the noise to have that of a target.
func (l *LastLayer) Outputs(ctx context.Context, d *data.Dataset) (means, variances []float64, err error) {
	n := l.head.outputs
	err = l.eachOutput(ctx, d, false, func(outputs []float64, covariance *mat.SymDense) {
		means = append(means, outputs...)
		for k := range n {
			variances = append(variances, covariance.At(k, k))
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return means, variances, nil
}

// Probit returns approximate mean probabilities of classes for the samples of a dataset.
// With the mean μ and the covariance Σ of the outputs, that of class k is
//
//	p_k ∝ 1 / Σ_j exp(−(μ_k − μ_j)/√(1 + π/8 · v_kj)),  v_kj = Σ_kk + Σ_jj − 2 Σ_kj
//
// (Lu, Ie and Sha, arXiv 2006.07584: mf2 in the code that they publish), for two classes the
// approximation of MacKay (Neural Computation 4 (1992), 720). That of Daxberger et al., section 2, which divides each
// output by √(1 + π/8 · Σ_kk), depends on what all outputs have in common. The softmax does
// not, so that the data say nothing of it, and the prior makes its variance as large as can
// be.
//
// It is for networks of at least two outputs with the likelihood Categorical.
func (l *LastLayer) Probit(ctx context.Context, d *data.Dataset) (*metrics.Predictions, error) {
	n := l.head.outputs
	if n < 2 {
		return nil, errors.New("laplace: the network has one output, want at least two for classes")
	}
	var logs []float64
	err := l.eachOutput(ctx, d, true, func(outputs []float64, covariance *mat.SymDense) {
		for k, y := range outputs {
			odds := make([]float64, n) // in logarithms, of the other classes
			for j, z := range outputs {
				v := covariance.At(k, k) + covariance.At(j, j) - 2*covariance.At(k, j)
				odds[j] = (z - y) / math.Sqrt(1+math.Pi/8*max(v, 0))
			}
			logs = append(logs, -floats.LogSumExp(odds))
		}
	})
	if err != nil {
		return nil, err
	}
	if logs, err = metrics.LogSoftmax(logs, n); err != nil { // so that they sum to 1
		return nil, err
	}
	return metrics.NewPredictions(logs, n)
}

// eachOutput calls do with the mean outputs for each sample of a dataset and with their
// covariance matrix, of which all but the diagonal is 0 unless it is asked for.
func (l *LastLayer) eachOutput(ctx context.Context, d *data.Dataset, all bool, do func(outputs []float64, covariance *mat.SymDense)) error {
	if ctx == nil {
		return errNoContext
	}
	if err := l.head.check(d); err != nil {
		return err
	}
	n, size := l.head.outputs, l.head.inputs+1
	parts := l.outputCovariances(all)
	f, product := l.head.newFeatures(d), new(mat.Dense)
	for from := 0; from < d.Len(); {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		samples := block(from, d.Len(), size)
		if err := f.compute(samples); err != nil {
			return err
		}
		inputs, covariances := mat.NewDense(len(samples), size, f.inputs), make([]*mat.SymDense, len(samples))
		for j := range covariances {
			covariances[j] = mat.NewSymDense(n, nil)
		}
		for at, part := range parts {
			if part == nil {
				continue
			}
			product.Reset()
			product.Mul(inputs, part)
			for j, covariance := range covariances {
				covariance.SetSym(at/n, at%n, mat.Dot(product.RowView(j), inputs.RowView(j)))
			}
		}
		for j, covariance := range covariances {
			do(f.outputs[j*n:][:n], covariance)
		}
		from += len(samples)
	}
	return nil
}

// outputCovariances returns the covariances of what makes output k, weights and bias, with
// what makes output m, at the place k·outputs + m: for k = m, or for all k ≤ m.
func (l *LastLayer) outputCovariances(all bool) []*mat.Dense {
	h, covariance := l.head, l.Covariance()
	parts := make([]*mat.Dense, h.outputs*h.outputs)
	for k := range h.outputs {
		for m := k; m < h.outputs && (m == k || all); m++ {
			part := mat.NewDense(h.inputs+1, h.inputs+1, nil)
			for i := range h.inputs + 1 {
				for j := range h.inputs + 1 {
					if at, to := h.place(k, i), h.place(m, j); at >= 0 && to >= 0 {
						part.Set(i, j, covariance.At(at, to))
					}
				}
			}
			parts[k*h.outputs+m] = part
		}
	}
	return parts
}
