package correction

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// The same equations with a dense matrix, by Cholesky factorisation of the
// normal equations.
func TestRidgeAgainstDense(t *testing.T) {
	for _, test := range []struct {
		sigma float64
		grid  RidgeGrid
	}{
		{1, RidgeGrid{V: 10, N: 60, Lambda: 10}},
		{1, RidgeGrid{V: 10, N: 200, Lambda: 0.5}},
		{0.8, RidgeGrid{V: 7, N: 101, Lambda: 1}},
		{1.3, RidgeGrid{V: 10, N: 1, Lambda: 1e-3}},
	} {
		n := test.grid.N
		m := mat.NewDense(4*n+1, 2*n+1, nil)
		v := mat.NewVecDense(4*n+1, nil)
		for i := range 4*n + 1 {
			x := -2*test.grid.V + test.grid.V/float64(n)*float64(i)
			v.SetVec(i, 1/(1+math.Exp(-x)))
			for j := range 2*n + 1 {
				y := -test.grid.V + test.grid.V/float64(n)*float64(j)
				m.Set(i, j, 0.5*math.Erfc(-(x-y)/(test.sigma*math.Sqrt2)))
			}
		}
		var gram mat.SymDense
		gram.SymOuterK(1, m.T())
		for j := range 2*n + 1 {
			gram.SetSym(j, j, gram.At(j, j)+test.grid.Lambda)
		}
		var right, want mat.VecDense
		right.MulVec(m.T(), v)
		var cholesky mat.Cholesky
		require.True(t, cholesky.Factorize(&gram))
		require.NoError(t, cholesky.SolveVecTo(&want, &right))

		got, err := ridgeWeights(test.sigma, test.grid)
		require.NoError(t, err)
		require.InDeltaSlice(t, want.RawVector().Data, got, 2e-9*mat.Norm(&want, 2))
	}
}

func TestToeplitz(t *testing.T) {
	const rows, cols = 13, 7
	at := func(d int) float64 { return math.Sin(float64(3*d)) + float64(d) }
	fast := newToeplitz(rows, cols, at)
	slow := mat.NewDense(rows, cols, nil)
	slow.Apply(func(i, j int, _ float64) float64 { return at(i - j) }, slow)
	x := []float64{1, -2, 3, 0.5, 0, 4, -1}
	y := []float64{2, 1, 0, -1, 3, 5, 8, -2, 0.25, 1, 1, 6, -3}
	var want mat.VecDense
	for range 2 { // the second time with used buffers
		got := make([]float64, rows)
		fast.mul(got, x)
		want.MulVec(slow, mat.NewVecDense(cols, x))
		assert.InDeltaSlice(t, want.RawVector().Data, got, 1e-12)
		want.Reset()
		got = make([]float64, cols)
		fast.mulTrans(got, y)
		want.MulVec(slow.T(), mat.NewVecDense(rows, y))
		assert.InDeltaSlice(t, want.RawVector().Data, got, 1e-12)
		want.Reset()
	}
}

// The paper's parameters give the paper's accuracy, which NonNegative
// surpasses by far.
func TestRidgeErrors(t *testing.T) {
	for _, want := range []struct{ sigma, largestError, factor float64 }{{0.8, 1.6e-4, 5e7}, {1, 3.7e-4, 5000}, {1.3, 2.6e-2, 150}} {
		start := time.Now()
		d := solve(t, Config{Sigma: want.sigma, Method: Ridge})
		t.Logf("σ_c = %v: largest CDF error %.3g, %d atoms, solved in %v", want.sigma, d.MaxCDFError(), len(d.Atoms()), time.Since(start))
		assert.Equal(t, Ridge, d.Method())
		assert.InEpsilon(t, want.largestError, d.MaxCDFError(), 0.03, "σ_c = %v", want.sigma)
		assert.Greater(t, d.MaxCDFError(), want.factor*solve(t, Config{Sigma: want.sigma}).MaxCDFError())
	}
}

func TestRidgeTooMuchRegularisation(t *testing.T) {
	// λ so large that u is Mᵀv/λ: wide, but still a distribution.
	d := solve(t, Config{Sigma: 1, Method: Ridge, Ridge: RidgeGrid{N: 50, Lambda: 1e12}})
	assert.Greater(t, d.MaxCDFError(), 0.1)
}
