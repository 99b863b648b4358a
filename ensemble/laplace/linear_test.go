package laplace

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// A linearRegression has an exact posterior: with the inputs X, of which the last is 1,
// targets of noise v and the prior precision δ, its precision is XᵀX/v + δI, and the
// evidence is the density of the targets under N(0, v I + XXᵀ/δ).
type linearRegression struct {
	noise, delta  float64
	net           *nn.Network
	data          *data.Dataset
	x             *mat.Dense
	y             *mat.VecDense
	precision     *mat.SymDense
	mode          []float32
	logLikelihood float64 // at the mode
}

const points, dims = 30, 3

func newLinearRegression(t testing.TB) *linearRegression {
	t.Helper()
	r := &linearRegression{noise: 0.3, delta: 2, x: mat.NewDense(points, dims+1, nil), y: mat.NewVecDense(points, nil)}
	source := random.Source(8)
	var inputs, targets []float32
	for i := range points {
		sum := 0.0
		for j := range dims {
			v := float32(4*random.Open(source) - 1)
			inputs = append(inputs, v)
			r.x.Set(i, j, float64(v))
			sum += float64(j) * float64(v)
		}
		r.x.Set(i, dims, 1)
		target := float32(sum + 2*random.Open(source))
		targets = append(targets, target)
		r.y.SetVec(i, float64(target))
	}
	var err error
	r.net, err = nn.NewNetwork([]int{dims}, nn.Dense{Outputs: 1})
	require.NoError(t, err)
	r.data, err = data.NewTargets(inputs, []int{dims}, targets)
	require.NoError(t, err)

	r.precision = mat.NewSymDense(dims+1, nil)
	r.precision.SymOuterK(1/r.noise, r.x.T())
	for i := range dims + 1 {
		r.precision.SetSym(i, i, r.precision.At(i, i)+r.delta)
	}
	var right, mode mat.VecDense
	right.MulVec(r.x.T(), r.y)
	right.ScaleVec(1/r.noise, &right)
	var cholesky mat.Cholesky
	require.True(t, cholesky.Factorize(r.precision))
	require.NoError(t, cholesky.SolveVecTo(&mode, &right))
	for i := range dims + 1 {
		r.mode = append(r.mode, float32(mode.AtVec(i)))
	}
	var residual mat.VecDense
	residual.MulVec(r.x, &mode)
	residual.SubVec(r.y, &residual)
	r.logLikelihood = -mat.Dot(&residual, &residual)/2/r.noise - points/2.0*math.Log(2*math.Pi*r.noise)
	return r
}

// evidence returns the exact one.
func (r *linearRegression) evidence(t testing.TB, delta float64) float64 {
	covariance := mat.NewSymDense(points, nil)
	covariance.SymOuterK(1/delta, r.x)
	for i := range points {
		covariance.SetSym(i, i, covariance.At(i, i)+r.noise)
	}
	var cholesky mat.Cholesky
	require.True(t, cholesky.Factorize(covariance))
	var solved mat.VecDense
	require.NoError(t, cholesky.SolveVecTo(&solved, r.y))
	return -(mat.Dot(r.y, &solved) + cholesky.LogDet() + points*math.Log(2*math.Pi)) / 2
}

// Laplace's approximation of a linear regression is the exact posterior.
func TestLinearRegressionIsExact(t *testing.T) {
	r := newLinearRegression(t)
	ctx := context.Background()
	l, err := NewLastLayer(ctx, r.net, r.data, Gaussian{r.noise}, r.mode, Config{PriorPrecision: r.delta})
	require.NoError(t, err)
	var exact mat.Dense
	require.NoError(t, exact.Inverse(r.precision))
	covariance := l.Covariance()
	for i := range dims + 1 {
		for j := range dims + 1 {
			assert.InDelta(t, exact.At(i, j), covariance.At(i, j), 1e-9)
		}
	}
	assert.InDelta(t, r.evidence(t, r.delta), l.LogEvidence(r.logLikelihood), 1e-5)

	means, variances, err := l.Outputs(ctx, r.data)
	require.NoError(t, err)
	for i := range points {
		row := mat.VecDenseCopyOf(r.x.RowView(i))
		var product mat.VecDense
		product.MulVec(&exact, row)
		assert.InDelta(t, mat.Dot(row, &product), variances[i], 1e-9)
		mean := 0.0
		for j, m := range r.mode {
			mean += float64(m) * row.AtVec(j)
		}
		assert.InDelta(t, mean, means[i], 1e-9)
	}

	jacobian, err := nn.NewJacobian(r.net, r.data, nn.Config{})
	require.NoError(t, err)
	curvature, err := GaussNewton(ctx, jacobian, Gaussian{r.noise}, r.mode)
	require.NoError(t, err)
	d, err := NewDiagonal(r.mode, curvature, Config{PriorPrecision: r.delta})
	require.NoError(t, err)
	for i, v := range d.Variances() {
		assert.InEpsilon(t, 1/r.precision.At(i, i), v, 1e-6)
	}
}

// The default prior precision has the largest evidence.
func TestPriorPrecisionOfTheLargestEvidence(t *testing.T) {
	r := newLinearRegression(t)
	at := func(delta float64) *LastLayer {
		l, err := NewLastLayer(context.Background(), r.net, r.data, Gaussian{r.noise}, r.mode, Config{PriorPrecision: delta})
		require.NoError(t, err)
		return l
	}
	best := at(0)
	for factor := 1e-4; factor < 1e4; factor *= 1.01 {
		assert.GreaterOrEqual(t, best.LogEvidence(0), at(factor*best.PriorPrecision()).LogEvidence(0))
	}
	// MacKay's condition.
	gamma := 0.0
	for _, h := range best.spectrum.curvatures {
		gamma += h / (h + best.delta)
	}
	assert.InEpsilon(t, gamma, best.delta*best.spectrum.norm2, 1e-9)
}

// The covariance of what is drawn is that of the posterior, within 4.5 standard errors,
// which are 0.3 % for a variance.
func TestDrawsHaveTheCovariance(t *testing.T) {
	const draws = 200_000
	r := newLinearRegression(t)
	l, err := NewLastLayer(context.Background(), r.net, r.data, Gaussian{r.noise}, r.mode, Config{PriorPrecision: r.delta})
	require.NoError(t, err)
	d, err := NewDiagonal(r.mode, []float64{1, 4, 0, 9}, Config{PriorPrecision: 2})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		draw       func(int) ([][]float32, error)
		covariance mat.Matrix
	}{
		"last layer": {func(n int) ([][]float32, error) { return l.Draw(n, random.Source(4)) }, l.Covariance()},
		"diagonal":   {func(n int) ([][]float32, error) { return d.Draw(n, random.Source(4)) }, mat.NewDiagDense(4, []float64{1.0 / 3, 1.0 / 6, 0.5, 1.0 / 11})},
	} {
		members, err := c.draw(draws)
		require.NoError(t, err)
		for i := range r.mode {
			for j := range i + 1 {
				mean, product := 0.0, 0.0
				for _, m := range members {
					x := float64(m[i]) - float64(r.mode[i])
					mean += x / draws
					product += x * (float64(m[j]) - float64(r.mode[j])) / draws
				}
				v, w, both := c.covariance.At(i, i), c.covariance.At(j, j), c.covariance.At(i, j)
				assert.InDelta(t, 0, mean, 4.5*math.Sqrt(v/draws), name)
				assert.InDelta(t, both, product, 4.5*math.Sqrt((v*w+both*both)/draws), "%s, %d and %d", name, i, j)
			}
		}
	}
}
