package swag

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/random"
)

const dims = 4

// path returns a start and some parameter vectors, of coordinates that go together and
// that are far from zero.
func path(n int) [][]float32 {
	normal := rand.New(random.Source(5))
	all := make([][]float32, n)
	for t := range all {
		shared := normal.NormFloat64()
		for i := range dims {
			all[t] = append(all[t], float32(100*float64(i)+shared*float64(1+i)+0.5*normal.NormFloat64()))
		}
	}
	return all
}

func collect(t testing.TB, path [][]float32, rank int) *Posterior {
	t.Helper()
	p, err := NewPosterior(path[0], rank)
	require.NoError(t, err)
	for _, params := range path[1:] {
		require.NoError(t, p.Collect(params))
	}
	return p
}

// moments returns the mean and the covariance that algorithm 1 and eq. 1 of the paper
// have for a path, from the definitions.
func moments(path [][]float32, rank int) ([]float64, *mat.SymDense) {
	running := func(n, i int) (mean, square float64) {
		for _, params := range path[:n] {
			x := float64(params[i])
			mean += x / float64(n)
			square += x * x / float64(n)
		}
		return mean, square
	}
	mean, covariance := make([]float64, dims), mat.NewSymDense(dims, nil)
	for i := range dims {
		m, square := running(len(path), i)
		mean[i] = m
		covariance.SetSym(i, i, square-m*m)
	}
	if rank == 0 {
		return mean, covariance
	}
	columns := min(rank, len(path)-1)
	covariance.ScaleSym(0.5, covariance)
	for t := len(path) - columns; t < len(path); t++ {
		d := mat.NewVecDense(dims, nil)
		for i := range dims {
			m, _ := running(t+1, i)
			d.SetVec(i, float64(path[t][i])-m)
		}
		covariance.SymRankOne(covariance, 0.5/float64(columns-1), d)
	}
	return mean, covariance
}

func TestMoments(t *testing.T) {
	for _, rank := range []int{0, 2, 7, 29, 100} {
		for _, n := range []int{3, 8, 30} {
			path := path(n)
			p := collect(t, path, rank)
			mean, covariance := moments(path, rank)
			for i := range dims {
				assert.InDelta(t, mean[i], p.Mean()[i], 1e-4)
				assert.InEpsilon(t, covariance.At(i, i), p.Variances()[i], 1e-6, "rank %d, %d vectors, parameter %d", rank, n, i)
			}
			assert.Equal(t, n-1, p.Collected())
			assert.Equal(t, min(rank, n-1), p.Columns())
		}
	}
}

// Variances of numbers that are large and differ little keep their digits.
func TestVariancesOfLargeNumbers(t *testing.T) {
	p, err := NewPosterior([]float32{1e6}, 0)
	require.NoError(t, err)
	require.NoError(t, p.Collect([]float32{1e6 + 1}))
	assert.InEpsilon(t, 0.25, p.Variances()[0], 1e-9)
}

// The means, variances and covariances of what is drawn are those of the posterior,
// within 4 standard errors, which are 0.3 % for a variance.
func TestSamplesHaveTheMoments(t *testing.T) {
	const draws = 200_000
	for _, rank := range []int{0, 2, 7} {
		path := path(30)
		p := collect(t, path, rank)
		mean, covariance := moments(path, rank)
		sums, products := make([]float64, dims), mat.NewSymDense(dims, nil)
		source, params, d := random.Source(9), make([]float32, dims), mat.NewVecDense(dims, nil)
		for range draws {
			require.NoError(t, p.Sample(params, source))
			for i, x := range params {
				d.SetVec(i, float64(x)-mean[i])
				sums[i] += (float64(x) - mean[i]) / draws
			}
			products.SymRankOne(products, 1.0/draws, d)
		}
		for i := range dims {
			vi := covariance.At(i, i)
			assert.InDelta(t, 0, sums[i], 4*math.Sqrt(vi/draws), "rank %d, mean %d", rank, i)
			for j := range i + 1 {
				c, vj := covariance.At(i, j), covariance.At(j, j)
				assert.InDelta(t, c, products.At(i, j), 4*math.Sqrt((vi*vj+c*c)/draws), "rank %d, covariance of %d and %d", rank, i, j)
			}
		}
	}
}

func TestDraw(t *testing.T) {
	a, b := collect(t, path(10), 5), collect(t, [][]float32{{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}}, 5)
	members, err := Multi{a, b}.Draw(5, random.Source(1))
	require.NoError(t, err)
	require.Len(t, members, 5)
	for k, member := range members {
		assert.Equal(t, k%2 == 1, slices.Equal(member, []float32{1, 1, 1, 1}), "members are drawn from the posteriors in turn")
	}
	again, err := Multi{a, b}.Draw(5, random.Source(1))
	require.NoError(t, err)
	assert.Equal(t, members, again)
	one, err := a.Draw(2, nil)
	require.NoError(t, err)
	same, err := a.Draw(2, nil)
	require.NoError(t, err)
	assert.Equal(t, one, same)
	assert.NotEqual(t, one[0], one[1])
}

func TestPosteriorsRefused(t *testing.T) {
	_, err := NewPosterior(nil, 5)
	assert.EqualError(t, err, "swag: there are no parameters")
	_, err = NewPosterior([]float32{1}, 1)
	assert.EqualError(t, err, "swag: rank = 1, want at least 2, or 0 for a diagonal covariance")
	_, err = NewPosterior([]float32{1, float32(math.NaN())}, 0)
	assert.EqualError(t, err, "swag: parameter 1 is NaN, want a finite number")
	p, err := NewPosterior([]float32{1, 2}, 2)
	require.NoError(t, err)
	_, err = p.Draw(1, nil)
	assert.EqualError(t, err, "swag: the posterior has collected 0 parameter vectors, want at least 2")
	assert.EqualError(t, p.Collect([]float32{1}), "swag: 1 parameters to collect, want 2")
	assert.EqualError(t, p.Collect([]float32{1, float32(math.Inf(1))}), "swag: parameter 1 is +Inf, want a finite number")
	require.NoError(t, p.Collect([]float32{1, 2}))
	_, err = p.Draw(1, nil)
	assert.ErrorContains(t, err, "has collected 1")
	require.NoError(t, p.Collect([]float32{1, 2}))
	_, err = p.Draw(0, nil)
	assert.EqualError(t, err, "swag: 0 members to draw, want at least 1")
	_, err = Multi{}.Draw(1, nil)
	assert.EqualError(t, err, "swag: there are no posteriors")
	_, err = Multi{p, nil}.Draw(2, nil)
	assert.EqualError(t, err, "swag: posterior 1 is nil")
	assert.Panics(t, func() { _ = p.Sample(make([]float32, 3), random.Source(1)) })
}

func TestCollectingDoesNotAllocate(t *testing.T) {
	p, next := collect(t, path(10), 5), path(1)[0]
	assert.Zero(t, testing.AllocsPerRun(10, func() { _ = p.Collect(next) }))
}
