package bias

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/random"
)

// chain returns n draws of independent AR(1) coordinates of mean k, deviation 1 + k and
// autocorrelation time tau.
func chain(n, coordinates int, tau, scale float64, normal *rand.Rand) []float32 {
	a := (tau - 1) / (tau + 1)
	state := make([]float64, coordinates)
	for k := range state {
		state[k] = normal.NormFloat64()
	}
	list := make([]float32, 0, n*coordinates)
	for range n {
		for k := range state {
			list = append(list, float32(float64(k)+scale*float64(1+k)*state[k]))
			state[k] = a*state[k] + math.Sqrt(1-a*a)*normal.NormFloat64()
		}
	}
	return list
}

func exact(t *testing.T, coordinates int) *Summary {
	t.Helper()
	means, variances := make([]float64, coordinates), make([]float64, coordinates)
	for k := range means {
		means[k], variances[k] = float64(k), square(float64(1+k))
	}
	s, err := Exact(means, variances)
	require.NoError(t, err)
	return s
}

// Correlated draws without bias: scores are standard normal, sizes are those of the noise, and
// standard errors are √(τ/n) and √(2τ′/n), with τ′ = (1+a²)/(1−a²) of the squares.
func TestWithoutBias(t *testing.T) {
	normal := rand.New(random.Source(1))
	const n, coordinates, tau = 16_000, 80, 9.0
	for _, chains := range [][][]float32{
		{chain(n, coordinates, tau, 1, normal)},
		{chain(n/2, coordinates, tau, 1, normal), chain(n/4, coordinates, tau, 1, normal), chain(n/4, coordinates, tau, 1, normal)},
	} {
		run, err := Summarize(coordinates, chains...)
		require.NoError(t, err)
		require.Equal(t, n, run.Draws)
		c, err := Compare(run, exact(t, coordinates))
		require.NoError(t, err)
		a2 := math.Pow((tau-1)/(tau+1), 2)
		require.InEpsilon(t, math.Sqrt(tau/n), c.Means.Noise, 0.03)
		require.InEpsilon(t, math.Sqrt(2*(1+a2)/(1-a2)/n), c.Variances.Noise, 0.03)
		band := 4 * math.Sqrt(0.5/coordinates) // of the root mean square of standard normal numbers
		for _, e := range []Moment{c.Means, c.Variances} {
			require.InDelta(t, 1, e.Score, band+0.02)
			require.InEpsilon(t, e.Noise, e.Size, band+0.02)
			require.Less(t, math.Abs(e.WorstScore), 5.0)
			require.LessOrEqual(t, e.Bias, 0.8*e.Noise)
		}
		sum := 0.0
		for k := range run.Means {
			sum += c.VarianceScores[k] / coordinates
		}
		require.Less(t, math.Abs(sum), 4/math.Sqrt(coordinates)+0.05, "no bias from the mean being measured")
	}
}

// A run whose deviations are 5 % too large and whose means are off by 0.2 deviations in some.
func TestWithBias(t *testing.T) {
	normal := rand.New(random.Source(2))
	const n, coordinates = 16_000, 30
	list := chain(n, coordinates, 4, 1.05, normal)
	for i := range list {
		if k := i % coordinates; k < coordinates/2 {
			list[i] += 0.2 * float32(1+k)
		}
	}
	run, err := Summarize(coordinates, list)
	require.NoError(t, err)
	reference, err := Summarize(coordinates, chain(4*n, coordinates, 4, 1, normal))
	require.NoError(t, err)
	c, err := Compare(run, reference)
	require.NoError(t, err)
	require.InEpsilon(t, 0.2/math.Sqrt2, c.Means.Bias, 0.1)
	require.InEpsilon(t, 1.05*1.05-1, c.Variances.Bias, 0.1)
	require.Less(t, c.Means.Worst, coordinates/2)
	require.Greater(t, c.Means.WorstScore, 5.0)
	require.Greater(t, c.Variances.Score, 2.0)
	sum := 0.0
	for k := range coordinates {
		unit := float64(1 + k)
		sum += square(0.05 * unit)
		if k < coordinates/2 {
			sum += square(0.2 * unit)
		}
	}
	require.InEpsilon(t, math.Sqrt(sum), c.W2, 0.1)
}

// Two coordinates by hand.
func TestCompareByHand(t *testing.T) {
	reference, err := Exact([]float64{0, 1}, []float64{4, 1})
	require.NoError(t, err)
	run, err := Exact([]float64{1, 1}, []float64{1, 2.25})
	require.NoError(t, err)
	for k := range 2 {
		run.Means[k].StandardError = 0.5
		run.Variances[k].StandardError = 0.25
	}
	c, err := Compare(run, reference)
	require.NoError(t, err)
	require.Equal(t, []float64{2, 0}, c.MeanScores)
	require.Equal(t, []float64{-12, 5}, c.VarianceScores)
	require.InDelta(t, math.Sqrt(1+1+0.25), c.W2, 1e-15)
	require.InDelta(t, math.Sqrt(0.25/2), c.Means.Size, 1e-15)
	require.InDelta(t, math.Sqrt((0.0625+0.25)/2), c.Means.Noise, 1e-15)
	require.Zero(t, c.Means.Bias)
	require.InDelta(t, math.Sqrt((0.75*0.75+1.25*1.25)/2), c.Variances.Size, 1e-15)
	require.InDelta(t, math.Sqrt((0.75*0.75+1.25*1.25-0.0625*0.0625-0.0625)/2), c.Variances.Bias, 1e-15)
	require.Equal(t, 0, c.Variances.Worst)
	require.Equal(t, -12.0, c.Variances.WorstScore)
}

func TestWasserstein(t *testing.T) {
	// Diagonal covariances: Σ (σ − σ′)².
	d, err := Wasserstein([]float64{0, 3}, mat.NewDiagDense(2, []float64{4, 1}), []float64{1, 1}, mat.NewDiagDense(2, []float64{1, 9}))
	require.NoError(t, err)
	require.InDelta(t, math.Sqrt(5+1+4), d, 1e-12)
	// Both turned by the same angle, of a condition number that squares would not survive.
	sin, cos := math.Sincos(0.7)
	turned := func(a, b float64) *mat.SymDense {
		return mat.NewSymDense(2, []float64{cos*cos*a + sin*sin*b, cos * sin * (a - b), 0, sin*sin*a + cos*cos*b})
	}
	d, err = Wasserstein([]float64{0, 0}, turned(1e8, 1e-6), []float64{0, 0}, turned(4e8, 0))
	require.NoError(t, err)
	require.InEpsilon(t, 1e4, d, 1e-9)
	// Golden value of scipy.linalg.sqrtm, see testdata/wasserstein.py.
	a := mat.NewSymDense(3, []float64{2, 0.3, -0.5, 0, 1, 0.2, 0, 0, 1.5})
	b := mat.NewSymDense(3, []float64{1, -0.4, 0.1, 0, 3, 0.6, 0, 0, 0.5})
	d, err = Wasserstein([]float64{1, 0, -1}, a, []float64{0.5, 0.25, -1}, b)
	require.NoError(t, err)
	require.InDelta(t, 1.289060212377636, d, 1e-12)
	same, err := Wasserstein([]float64{1, 0, -1}, a, []float64{1, 0, -1}, a)
	require.NoError(t, err)
	require.InDelta(t, 0, same, 1e-7)
	_, err = Wasserstein([]float64{1}, a, []float64{1, 2, 3}, b)
	require.ErrorContains(t, err, "bias: means of 1 and 3 parameters with covariances of 3 and 3")
	_, err = Wasserstein([]float64{1}, mat.NewSymDense(1, []float64{math.NaN()}), []float64{1}, mat.NewSymDense(1, []float64{1}))
	require.ErrorContains(t, err, "bias: covariance of 0 and 0 is NaN")
}

func TestErrors(t *testing.T) {
	good, _ := Exact([]float64{1}, []float64{1})
	still, err := Summarize(1, []float32{1, 1, 1})
	require.NoError(t, err)
	require.Zero(t, still.Means[0].StandardError)
	require.Zero(t, still.Variances[0])
	for says, call := range map[string]func() error{
		"bias: there are no chains":                             func() error { _, err := Summarize(1); return err },
		"bias: chain 1: 1 draws, want at least 2":               func() error { _, err := Summarize(1, []float32{1, 2}, []float32{1}); return err },
		"bias: chain 0: params = 0":                             func() error { _, err := Summarize(0, []float32{1, 2}); return err },
		"bias: chain 0: parameter 0 of draw 1 is NaN":           func() error { _, err := Summarize(1, []float32{1, float32(math.NaN())}); return err },
		"bias: 1 means and 2 variances":                         func() error { _, err := Exact([]float64{1}, []float64{1, 2}); return err },
		"coordinate 0 has the mean 1 and the variance -1":       func() error { _, err := Exact([]float64{1}, []float64{-1}); return err },
		"bias: a summary is nil":                                func() error { _, err := Compare(nil, good); return err },
		"a run of 0 coordinates and a reference of 1":           func() error { _, err := Compare(&Summary{}, good); return err },
		"coordinate 0 has the variance 0 in the reference":      func() error { _, err := Compare(good, still); return err },
		"coordinate 0 has standard errors of 0 and 0, want num": func() error { _, err := Compare(good, good); return err },
	} {
		require.ErrorContains(t, call(), says)
	}
}
