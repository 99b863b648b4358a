package directions

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/internal/random"
)

// rotation returns an orthogonal matrix, its columns being axes.
func rotation(n int, normal *rand.Rand) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			m.Set(i, j, normal.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(m)
	var q mat.Dense
	qr.QTo(&q)
	return &q
}

// chain returns n draws whose coordinates along the columns of axes are stationary AR(1) series of
// the given deviations and autocorrelation times, about an offset.
func chain(n int, axes *mat.Dense, deviations, tau []float64, offset float64, normal *rand.Rand) []float32 {
	params := len(deviations)
	state := make([]float64, params)
	for j := range state {
		state[j] = normal.NormFloat64()
	}
	list := make([]float32, 0, n*params)
	for range n {
		for i := range params {
			x := offset
			for j, s := range state {
				x += axes.At(i, j) * deviations[j] * s
			}
			list = append(list, float32(x))
		}
		for j := range state {
			a := (tau[j] - 1) / (tau[j] + 1)
			state[j] = a*state[j] + math.Sqrt(1-a*a)*normal.NormFloat64()
		}
	}
	return list
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

func dense64(list []float32, params int) *mat.Dense {
	x := make([]float64, len(list))
	for i, v := range list {
		x[i] = float64(v)
	}
	return mat.NewDense(len(list)/params, params, x)
}

func requireMatrix(t *testing.T, want, got mat.Matrix, tolerance float64) {
	t.Helper()
	require.True(t, mat.EqualApprox(want, got, tolerance), "want %v\ngot %v", mat.Formatted(want), mat.Formatted(got))
}

// Against gonum's covariance, for numbers of draws around the size of a batch, far from 0.
func TestCovariance(t *testing.T) {
	normal := rand.New(random.Source(1))
	axes := rotation(5, normal)
	for _, n := range []int{2, 3, 31, 32, 33, 64, 1000} {
		list := chain(n, axes, []float64{1, 2, 3, 0.1, 5}, ones(5), 100, normal)
		c, err := NewCovariance(5)
		require.NoError(t, err)
		parts := [2]*Covariance{}
		for k := range parts {
			parts[k], err = NewCovariance(5)
			require.NoError(t, err)
		}
		for i := range n {
			draw := list[i*5 : (i+1)*5]
			c.Add(draw)
			parts[i%2].Add(draw)
			if i == n/2 {
				c.Mean() // looking does not disturb
			}
		}
		var want mat.SymDense
		stat.CovarianceMatrix(&want, dense64(list, 5), nil)
		got, err := c.Matrix()
		require.NoError(t, err)
		require.Equal(t, n, c.Count())
		requireMatrix(t, &want, got, 1e-11)
		parts[0].Merge(parts[1])
		got, err = parts[0].Matrix()
		require.NoError(t, err)
		require.Equal(t, n, parts[0].Count())
		requireMatrix(t, &want, got, 1e-11)
		for i, mean := range parts[0].Mean() {
			require.InDelta(t, stat.Mean(mat.Col(nil, i, dense64(list, 5)), nil), mean, 1e-11)
		}
	}
}

// The variances of normal draws with known axes, to 4 standard errors; a share of 1 % is noticed.
func TestAxesOfKnownCovariance(t *testing.T) {
	const n = 200_000
	normal := rand.New(random.Source(2))
	axes := rotation(6, normal)
	deviations := []float64{10, 5, 2, 1, 0.3, 0.1}
	list := chain(n, axes, deviations, ones(6), 3, normal)
	found, err := Principal(list, 6, 6)
	require.NoError(t, err)
	total := 0.0
	for j, d := range deviations {
		require.InEpsilon(t, d*d, found.Variances[j], 4*math.Sqrt(2.0/n))
		total += found.Variances[j]
		overlap := floats.Dot(mat.Col(nil, j, axes), found.Vectors[j*6:(j+1)*6])
		require.Greater(t, math.Abs(overlap), 0.9999)
	}
	require.InEpsilon(t, total, found.Total, 1e-12)
	for _, x := range found.Center {
		require.InDelta(t, 3, x, 4*10/math.Sqrt(n))
	}

	c, err := NewCovariance(6)
	require.NoError(t, err)
	for i := range n {
		c.Add(list[i*6 : (i+1)*6])
	}
	same, err := c.Axes(3)
	require.NoError(t, err)
	for j := range 3 {
		require.InEpsilon(t, found.Variances[j], same.Variances[j], 1e-10)
	}
	require.True(t, floats.EqualApprox(found.Vectors[:18], same.Vectors, 1e-8), "with their signs")
	require.InEpsilon(t, found.Total, same.Total, 1e-10)
}

// Gram matrix, covariance and iteration must find the same axes.
func TestAxesOfFewDraws(t *testing.T) {
	normal := rand.New(random.Source(3))
	for _, size := range [][2]int{{3, 40}, {40, 90}, {90, 40}, {420, 450}, {450, 420}} {
		n, params := size[0], size[1]
		list := make([]float32, n*params)
		for i := range list {
			list[i] = float32(normal.NormFloat64() * 3 / math.Sqrt(1+float64(i%params)))
		}
		k := min(8, n-1)
		found, err := Principal(list, params, k)
		require.NoError(t, err)
		var covariance mat.SymDense
		stat.CovarianceMatrix(&covariance, dense64(list, params), nil)
		require.InEpsilon(t, mat.Trace(&covariance), found.Total, 1e-10)
		require.Len(t, found.Variances, k)
		product := mat.NewVecDense(params, nil)
		for j, variance := range found.Variances {
			v := found.Vectors[j*params : (j+1)*params]
			product.MulVec(&covariance, mat.NewVecDense(params, append([]float64(nil), v...)))
			floats.AddScaled(product.RawVector().Data, -variance, v)
			require.Less(t, mat.Norm(product, 2), 1e-6*found.Variances[0], "%v %d", size, j)
			for i := range j + 1 {
				want := 0.0
				if i == j {
					want = 1
				}
				require.InDelta(t, want, floats.Dot(v, found.Vectors[i*params:(i+1)*params]), 1e-7)
			}
			require.Equal(t, floats.Max(v), math.Max(floats.Max(v), -floats.Min(v)), "sign")
		}
		if min(n, params) < 100 { // a residual says that there is an eigenvalue, not which one
			var eigen mat.EigenSym
			require.True(t, eigen.Factorize(&covariance, false))
			exact := eigen.Values(nil)
			for j, variance := range found.Variances {
				require.InEpsilon(t, exact[params-1-j], variance, 1e-9)
			}
		}
	}
}

// Draws that vary along one direction have one axis.
func TestAxesOfALine(t *testing.T) {
	list := []float32{0, 0, 0, 3, 0, 4, 6, 0, 8, -3, 0, -4}
	for _, k := range []int{1, 2, 3} {
		found, err := Principal(list, 3, k)
		require.NoError(t, err)
		require.Len(t, found.Variances, 1)
		require.InDelta(t, 125.0/3, found.Variances[0], 1e-12) // distances 0, 5, 10, −5
		require.InDeltaSlice(t, []float64{0.6, 0, 0.8}, found.Vectors, 1e-12)
	}
	_, err := Principal([]float32{1, 2, 1, 2}, 2, 1)
	require.ErrorContains(t, err, "directions: the variance of the draws is 0")
}

func TestIntegratedTimesAlongAxes(t *testing.T) {
	normal := rand.New(random.Source(4))
	axes := rotation(3, normal)
	tau := []float64{40, 10, 1}
	const n = 100_000
	var chains [][]float32
	for range 3 {
		chains = append(chains, chain(n, axes, []float64{1, 1, 5}, tau, 0, normal))
	}
	rows := mat.DenseCopyOf(axes.T()).RawMatrix().Data
	times, err := IntegratedTimes(3, rows, chains...)
	require.NoError(t, err)
	for j, want := range tau {
		assert.InDelta(t, want, times[j].Tau, 4*times[j].StandardError)
		assert.Less(t, times[j].StandardError, 0.06*want)
		assert.Equal(t, 3*n, times[j].Values)
	}
	// Between two axes a coordinate has the mean of their times, weighted with variances.
	times, err = IntegratedTimes(3, []float64{axes.At(0, 0) + axes.At(0, 1), axes.At(1, 0) + axes.At(1, 1), axes.At(2, 0) + axes.At(2, 1)}, chains...)
	require.NoError(t, err)
	assert.InDelta(t, 25, times[0].Tau, 4*times[0].StandardError)

	// All chains count: these are one fast and one slow.
	both := [][]float32{chain(n, axes, ones(3), ones(3), 0, normal), chain(n, axes, ones(3), []float64{19, 19, 19}, 0, normal)}
	times, err = IntegratedTimes(3, rows[:3], both...)
	require.NoError(t, err)
	assert.InDelta(t, 10, times[0].Tau, 4*times[0].StandardError)

	watch, err := NewWatch(3, rows)
	require.NoError(t, err)
	require.Equal(t, 3, watch.Directions())
	for i := range n {
		watch.Add(chains[0][i*3 : (i+1)*3])
	}
	for j, want := range tau {
		// Blocks of B ≥ (2nτ²)^(1/3) values, a power of two, leave n/B blocks.
		block := math.Exp2(math.Ceil(math.Log2(2*n*want*want) / 3))
		assert.InEpsilon(t, want, watch.Along(j).Tau(), 4*math.Sqrt(2*block/n))
		assert.InEpsilon(t, []float64{1, 1, 25}[j], watch.Along(j).Variance(), 6*math.Sqrt(2*want/n))
		assert.Less(t, math.Abs(watch.Along(j).Estimate().Score(0)), 4.0)
	}
}

func TestProject(t *testing.T) {
	series, err := Project([]float32{1, 2, 3, 4}, 2, []float64{1, 0, 1, -1}, []float64{1, 1})
	require.NoError(t, err)
	require.Equal(t, [][]float64{{0, 2}, {-1, -1}}, series)
}

func TestNotAllocate(t *testing.T) {
	c, err := NewCovariance(50)
	require.NoError(t, err)
	watch, err := NewWatch(50, make([]float64, 100))
	require.NoError(t, err)
	draw := make([]float32, 50)
	require.Zero(t, testing.AllocsPerRun(200, func() { c.Add(draw) }))
	require.Zero(t, testing.AllocsPerRun(200, func() { watch.Add(draw) }))
}

func TestErrors(t *testing.T) {
	nan := float32(math.NaN())
	good := []float32{1, 2, 3, 4, 5, 7}
	for says, call := range map[string]func() error{
		"directions: params = 0, want at least 1":           func() error { _, err := NewCovariance(0); return err },
		"the covariance of 1073741824 parameters needs":     func() error { _, err := NewCovariance(1 << 30); return err },
		"covariance of 0 draws, want at least 2":            func() error { c, _ := NewCovariance(1); _, err := c.Axes(1); return err },
		"params = -1, want at least 1":                      func() error { _, err := Principal(good, -1, 1); return err },
		"6 numbers are not a whole number of draws of 4":    func() error { _, err := Principal(good, 4, 1); return err },
		"1 draws, want at least 2":                          func() error { _, err := Principal(good, 6, 1); return err },
		"k = 0, want 1 to min(draws − 1, parameters) = 2":   func() error { _, err := Principal(good, 2, 0); return err },
		"k = 2, want 1 to min(draws − 1, parameters) = 1":   func() error { _, err := Principal(good, 3, 2); return err },
		"parameter 1 of draw 1 is NaN":                      func() error { _, err := Principal([]float32{1, 2, 3, nan}, 2, 1); return err },
		"3 numbers are not a whole positive number of dire": func() error { _, err := Project(good, 2, []float64{1, 2, 3}, nil); return err },
		"number 1 of direction 0 is +Inf":                   func() error { _, err := Project(good, 2, []float64{1, math.Inf(1)}, nil); return err },
		"center has 1 numbers, want 2":                      func() error { _, err := Project(good, 2, []float64{1, 2}, []float64{1}); return err },
		"there are no chains":                               func() error { _, err := IntegratedTimes(2, []float64{1, 2}); return err },
		"want at least 1 (chain 1)":                         func() error { _, err := IntegratedTimes(2, []float64{1, 2}, good, nil); return err },
		"directions: 0 numbers are not":                     func() error { _, err := NewWatch(2, nil); return err },
	} {
		require.ErrorContains(t, call(), says)
	}
	c, _ := NewCovariance(2)
	require.Panics(t, func() { c.Add([]float32{1}) })
	other, _ := NewCovariance(3)
	require.Panics(t, func() { c.Merge(other) })
	watch, _ := NewWatch(2, []float64{1, 0})
	require.Panics(t, func() { watch.Add([]float32{1}) })
}
