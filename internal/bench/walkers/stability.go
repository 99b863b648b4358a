package main

import (
	"errors"
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

// ratioAtDraws returns the largest eigenvalue of B H B with H at a draw and the covariance of one
// draw of each of the 7 next chains, of which each has so many draws, one after the other: the
// largest over draws, in units of what preconditioned says of it. The weight is a tenth of the
// largest curvature.
func (r *reference) ratioAtDraws(p *problem, draws [][]float64, perChain int, seed uint64) (float64, error) {
	const walkers = 7
	eta := r.largest() / 10
	normal, _, err := r.preconditioned(eta, walkers, seed)
	if err != nil {
		return 0, err
	}
	largest := 0.0
	for k, theta := range draws {
		others, mean := make([][]float64, walkers), make([]float64, len(theta))
		for i := range others {
			others[i] = draws[(k+(i+1)*perChain)%len(draws)]
			floats.AddScaled(mean, 1.0/walkers, others[i])
		}
		var factors mat.Cholesky
		if !factors.Factorize(p.hessian(theta)) {
			return 0, errors.New("the Hessian is not positive")
		}
		// With H = LLᵀ, LᵀB²L has the eigenvalues of B H B.
		var lower mat.TriDense
		factors.LTo(&lower)
		var m mat.SymDense
		m.SymOuterK(1, lower.T())
		for _, x := range others {
			var along mat.VecDense
			along.MulVec(lower.T(), mat.NewVecDense(len(x), floats.SubTo(make([]float64, len(x)), x, mean)))
			m.SymRankOne(&m, eta/(walkers-1), &along)
		}
		values, err := eigenvalues(&m)
		if err != nil {
			return 0, err
		}
		largest = max(largest, values[len(values)-1]/normal)
	}
	return largest, nil
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
