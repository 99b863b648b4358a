package laplace

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// golden is what testdata/logistic.py wrote.
type golden struct {
	X, Mode, New                   []float32
	Labels                         []int
	Delta, LogLikelihood           float64
	Hessian, Covariance, Empirical []float64
	Evidence, Best                 float64
	DiagonalEvidence, DiagonalBest float64
	Mean, Variance, Probit         []float64
	net                            *nn.Network
	train, test                    *data.Dataset
}

func readGolden(t testing.TB) *golden {
	t.Helper()
	text, err := os.ReadFile("testdata/logistic.json")
	require.NoError(t, err)
	var g golden
	require.NoError(t, json.Unmarshal(text, &g))
	g.net, err = nn.NewNetwork([]int{2}, nn.Dense{Outputs: 3})
	require.NoError(t, err)
	g.train, err = data.NewLabeled(g.X, []int{2}, g.Labels, 3)
	require.NoError(t, err)
	g.test, err = data.NewInputs(g.New, []int{2})
	require.NoError(t, err)
	return &g
}

// allClose requires relative differences below 1e-5, but for numbers below 1e-6 of the
// largest: the script's second derivatives are differences.
func allClose(t testing.TB, want, got []float64) {
	t.Helper()
	require.Len(t, got, len(want))
	largest := 0.0
	for _, w := range want {
		largest = max(largest, w, -w)
	}
	for i, w := range want {
		require.InDelta(t, w, got[i], 1e-5*max(w, -w)+1e-6*largest, "number %d", i)
	}
}

// Softmax regression against NumPy and SciPy, as the last layer of a network that has
// no other.
func TestLastLayerGolden(t *testing.T) {
	g := readGolden(t)
	ctx := context.Background()
	l, err := NewLastLayer(ctx, g.net, g.train, Categorical{}, g.Mode, Config{PriorPrecision: g.Delta})
	require.NoError(t, err)
	assert.Equal(t, g.Delta, l.PriorPrecision())
	allClose(t, g.Covariance, mat.DenseCopyOf(l.Covariance()).RawMatrix().Data)
	assert.InDelta(t, g.Evidence, l.LogEvidence(g.LogLikelihood), 1e-4)
	means, variances, err := l.Outputs(ctx, g.test)
	require.NoError(t, err)
	allClose(t, g.Mean, means)
	allClose(t, g.Variance, variances)
	probit, err := l.Probit(ctx, g.test)
	require.NoError(t, err)
	var probabilities []float64
	for i := range probit.Len() {
		for _, l := range probit.LogProbabilities(i) {
			probabilities = append(probabilities, math.Exp(l))
		}
	}
	allClose(t, g.Probit, probabilities)

	l, err = NewLastLayer(ctx, g.net, g.train, Categorical{}, g.Mode, Config{})
	require.NoError(t, err)
	assert.InEpsilon(t, g.Best, l.PriorPrecision(), 1e-5)
}

func TestDiagonalGolden(t *testing.T) {
	g := readGolden(t)
	jacobian, err := nn.NewJacobian(g.net, g.train, nn.Config{})
	require.NoError(t, err)
	curvature, err := GaussNewton(context.Background(), jacobian, Categorical{}, g.Mode)
	require.NoError(t, err)
	var want []float64
	for i := range g.Mode {
		want = append(want, g.Hessian[i*len(g.Mode)+i])
	}
	allClose(t, want, curvature)
	d, err := NewDiagonal(g.Mode, curvature, Config{PriorPrecision: g.Delta})
	require.NoError(t, err)
	assert.InDelta(t, g.DiagonalEvidence, d.LogEvidence(g.LogLikelihood), 1e-4)
	for i, v := range d.Variances() {
		assert.InEpsilon(t, 1/(want[i]+g.Delta), v, 1e-5)
	}
	d, err = NewDiagonal(g.Mode, curvature, Config{})
	require.NoError(t, err)
	assert.InEpsilon(t, g.DiagonalBest, d.PriorPrecision(), 1e-5)

	gradients, err := nn.NewGradients(g.net, g.train, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	empirical, err := EmpiricalFisher(context.Background(), gradients, g.Mode)
	require.NoError(t, err)
	allClose(t, g.Empirical, empirical)
}
