package tps

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/tps/exact"
)

// alongEigenvectors returns the mean variance of the models along the eigenvectors of
// the Hessian.
func alongEigenvectors(t *testing.T, l *exact.Linear, covariance mat.Symmetric) (variances []float64) {
	var eigen mat.EigenSym
	require.True(t, eigen.Factorize(l.Hessian, true))
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	p := l.Params()
	tau := covariance.SymmetricDim() / p
	for k := range p {
		sum := 0.0
		for time := range tau {
			for i := range p {
				for j := range p {
					sum += vectors.At(i, k) * vectors.At(j, k) * covariance.At(time*p+i, time*p+j) / float64(tau)
				}
			}
		}
		variances = append(variances, sum)
	}
	return variances
}

// The temperature is that of the exact covariance of the linear perceptron, with each
// prior.
func TestTemperature(t *testing.T) {
	l := newLine(64, 1)
	for _, tau := range []int{1, 2, 7, 32} {
		for _, s := range []float64{0.5, 20, 64.0 / 7, 1000} {
			for name, prior := range map[string]float64{"flat": math.Inf(1), "first": 0.4, "every": 0.4} {
				path := Path{Sigma: 0.2}
				if name != "flat" {
					path.Prior, path.EveryModel = &Gaussian{Sigma: prior}, name == "every"
				}
				_, covariance, err := l.Gaussian(tau, s, path.Sigma, prior)
				require.NoError(t, err)
				if path.EveryModel {
					_, covariance = tiltedLine{l, path, tau, s}.gaussian(t)
				}
				for k, variance := range alongEigenvectors(t, l, covariance) {
					a := l.Eigenvalues[k]
					bayes := 64*a + 1/(prior*prior)
					got := path.Temperature(tau, s, a, 64)
					assert.InEpsilon(t, bayes*variance, got, 1e-8, fmt.Sprint(tau, s, name, k))
					if name == "flat" {
						r, x := 0.0, s*a*path.Sigma*path.Sigma
						for j := range tau {
							r += x / (x + 2 - 2*math.Cos(math.Pi*float64(j)/float64(tau))) / float64(tau)
						}
						assert.InEpsilon(t, 64*r/s, got, 1e-11)
					}
				}
			}
		}
	}
}

// By name and by limit: one model at s = N is Bayes', with each prior; very stiff and
// very soft directions.
func TestTemperatureLimits(t *testing.T) {
	for _, path := range []Path{{Sigma: 0.1}, {Sigma: 0.1, Prior: &Gaussian{Sigma: 2}}, {Sigma: 0.1, Prior: &Gaussian{Sigma: 2}, EveryModel: true}} {
		for _, a := range []float64{1e-12, 1e-3, 1, 1e9} {
			assert.InEpsilon(t, 1, path.Temperature(1, 500, a, 500), 1e-12)
		}
	}
	flat := Path{Sigma: 0.1}
	assert.InEpsilon(t, 5, flat.Temperature(16, 100, 1e9, 500), 1e-6)
	assert.InEpsilon(t, 5.0/16, flat.Temperature(16, 100, 1e-9, 500), 1e-4)
	for _, x := range []float64{
		flat.Temperature(0, 1, 1, 1), flat.Temperature(1, 0, 1, 1), flat.Temperature(1, 1, -1, 1), flat.Temperature(1, 1, 1, 0),
		flat.Temperature(1, math.Inf(1), 1, 1), flat.Temperature(1, 1, math.NaN(), 1), Path{}.Temperature(1, 1, 1, 1),
	} {
		assert.True(t, math.IsNaN(x))
	}
}
