package data

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// requireMoments checks mean and variance of x against those of a
// distribution with the given excess kurtosis, to 4 standard errors.
func requireMoments(t *testing.T, x []float64, mean, variance, excess float64) {
	t.Helper()
	n := float64(len(x))
	sum, sum2 := 0.0, 0.0
	for _, v := range x {
		sum += v - mean
		sum2 += (v - mean) * (v - mean)
	}
	require.InDelta(t, 0, sum/n, 4*math.Sqrt(variance/n), "mean")
	require.InDelta(t, variance, sum2/n, 4*variance*math.Sqrt((2+excess)/n), "variance")
}

const uniformExcess = -1.2 // the excess kurtosis of a uniform distribution

func TestLineIsALine(t *testing.T) {
	d, truth, err := Line(256, 0, random.Source(1))
	require.NoError(t, err)
	require.Len(t, truth, 2)
	assert.Equal(t, 256, d.Len())
	assert.Equal(t, []int{1}, d.Shape())
	assert.Equal(t, 1, d.Outputs())
	for i := range d.Len() {
		x := float64(d.Input(i)[0])
		want := float64(truth[0])*x + float64(truth[1])
		require.Equal(t, float32(want), d.Target(i)[0])
	}
}

func TestLineDistributions(t *testing.T) {
	source := random.Source(2)
	const lines = 20_000
	var slopes, intercepts []float64
	for range lines {
		_, truth, err := Line(1, 0, source)
		require.NoError(t, err)
		slopes = append(slopes, float64(truth[0]))
		intercepts = append(intercepts, float64(truth[1]))
	}
	requireMoments(t, slopes, 0, 1./3, uniformExcess)
	requireMoments(t, intercepts, -1, 1./3, uniformExcess)

	d, _, err := Line(200_000, 0, source)
	require.NoError(t, err)
	x := make([]float64, d.Len())
	for i := range x {
		x[i] = float64(d.Input(i)[0])
	}
	requireMoments(t, x, 0.5, 1./12, uniformExcess)
	for _, test := range []struct {
		sample []float64
		lo, hi float64
	}{{slopes, -1, 1}, {intercepts, -2, 0}, {x, 0, 1}} {
		require.Less(t, kolmogorov(test.sample, test.lo, test.hi), 1.95)
	}
	assert.Greater(t, kolmogorov(x, 0, 1.01), 1.95, "control: a range 1 % too wide is noticed")
}

// kolmogorov returns √n times the largest difference between the empirical
// distribution of x and U(lo, hi). It exceeds 1.95 with probability 0.001.
func kolmogorov(x []float64, lo, hi float64) float64 {
	x = slices.Sorted(slices.Values(x))
	n := float64(len(x))
	d := 0.0
	for i, v := range x {
		u := (v - lo) / (hi - lo)
		d = max(d, u-float64(i)/n, float64(i+1)/n-u)
	}
	return d * math.Sqrt(n)
}

func TestLineNoise(t *testing.T) {
	clean, truth, err := Line(200_000, 0, random.Source(3))
	require.NoError(t, err)
	noisy, same, err := Line(200_000, 0.25, random.Source(3))
	require.NoError(t, err)
	require.Equal(t, truth, same, "noise does not change the problem")
	noise := make([]float64, clean.Len())
	for i := range noise {
		require.Equal(t, clean.Input(i), noisy.Input(i))
		noise[i] = float64(noisy.Target(i)[0]) - float64(clean.Target(i)[0])
	}
	requireMoments(t, noise, 0, 0.25*0.25, 0)
}

func TestLinear(t *testing.T) {
	for _, bias := range []bool{false, true} {
		d, truth, err := Linear(50, 7, random.Source(4), LinearConfig{Bias: bias})
		require.NoError(t, err)
		require.Equal(t, []int{7}, d.Shape())
		require.Equal(t, 1, d.Outputs())
		want := 7
		if bias {
			want = 8
		}
		require.Len(t, truth, want)
		for i := range d.Len() {
			y := 0.0
			for k, v := range d.Input(i) {
				y += float64(truth[k]) * float64(v)
			}
			if bias {
				y += float64(truth[7])
			}
			require.InDelta(t, y, d.Target(i)[0], 1e-6)
		}
	}
}

func TestLinearDistributions(t *testing.T) {
	const dim = 400_000
	d, truth, err := Linear(1, dim, random.Source(5), LinearConfig{})
	require.NoError(t, err)
	x, w := make([]float64, dim), make([]float64, dim)
	for k := range x {
		x[k] = float64(d.Input(0)[k])
		w[k] = float64(truth[k])
	}
	requireMoments(t, x, 0, 1, 0)
	requireMoments(t, w, 0, 1./dim, 0)

	source := random.Source(6)
	biases := make([]float64, 20_000)
	for i := range biases {
		_, truth, err := Linear(1, 1, source, LinearConfig{Bias: true})
		require.NoError(t, err)
		biases[i] = float64(truth[1])
	}
	requireMoments(t, biases, 0, 1, 0)
}

func TestLinearNoise(t *testing.T) {
	clean, _, err := Linear(200_000, 2, random.Source(7), LinearConfig{})
	require.NoError(t, err)
	noisy, _, err := Linear(200_000, 2, random.Source(7), LinearConfig{Noise: 0.5})
	require.NoError(t, err)
	noise := make([]float64, clean.Len())
	for i := range noise {
		noise[i] = float64(noisy.Target(i)[0]) - float64(clean.Target(i)[0])
	}
	requireMoments(t, noise, 0, 0.25, 0)
}

func TestBadRegression(t *testing.T) {
	source := random.Source(8)
	for _, n := range []int{-1, 0} {
		_, _, err := Line(n, 0, source)
		require.ErrorContains(t, err, "data: n = ")
	}
	for _, noise := range []float64{-0.1, math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, _, err := Line(3, noise, source)
		require.ErrorContains(t, err, "data: noise = ")
		_, _, err = Linear(3, 3, source, LinearConfig{Noise: noise})
		require.ErrorContains(t, err, "data: noise = ")
	}
	for _, dim := range []int{-1, 0} {
		_, _, err := Linear(3, dim, source, LinearConfig{})
		require.ErrorContains(t, err, "data: dim = ")
	}
	_, _, err := Line(3, 0, nil)
	require.ErrorContains(t, err, "source is nil")
}
