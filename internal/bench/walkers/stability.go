package main

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// ensembles is how many are drawn to see how large the preconditioned curvature becomes.
const ensembles = 20

// preconditioned returns the largest eigenvalue of B H B, B² = I + ηC, over some covariances C of
// vectors independent draws of the normal distribution with the Hessian H at the mode, and the
// mean of the smallest. In coordinates in which that distribution is round, C is the covariance W
// of white noise, and B H B has the eigenvalues of H + ηW.
func (r *reference) preconditioned(eta float64, vectors int, seed uint64) (largest, smallest float64, err error) {
	n := len(r.curvatures)
	random := rand.New(rand.NewPCG(seed, 2))
	for range ensembles {
		m := whiteCovariance(n, vectors, random)
		m.ScaleSym(eta, m)
		for i, h := range r.curvatures {
			m.SetSym(i, i, m.At(i, i)+h)
		}
		values, err := eigenvalues(m)
		if err != nil {
			return 0, 0, err
		}
		largest = max(largest, values[n-1])
		smallest += values[0] / ensembles
	}
	return largest, smallest, nil
}

// whiteCovariance returns the covariance of vectors of white noise, less their mean.
func whiteCovariance(n, vectors int, random *rand.Rand) *mat.SymDense {
	rows := mat.NewDense(vectors, n, nil)
	mean := make([]float64, n)
	for k := range vectors {
		row := rows.RawRowView(k)
		for i := range row {
			row[i] = random.NormFloat64()
		}
		floats.AddScaled(mean, 1/float64(vectors), row)
	}
	for k := range vectors {
		floats.Sub(rows.RawRowView(k), mean)
	}
	var w mat.SymDense
	w.SymOuterK(1/float64(vectors-1), rows.T())
	return &w
}
