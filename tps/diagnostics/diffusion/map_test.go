package diffusion

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/trajens/trajens/internal/lanczos"
	"github.com/trajens/trajens/internal/random"
)

// quantiles are n points of equal probability under N(0, variance): draws without the noise of
// drawing.
func quantiles(n int, variance float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(math.Sqrt(variance) * distuv.UnitNormal.Quantile((float64(i)+0.5)/float64(n)))
	}
	return x
}

// hop returns the factor φ by which a hop moves the mean toward 0, and the variance of the
// stationary distribution, for many draws of N(0, variance) and the target ρ = N(0, 1). The hop
// from x has the density k(x, y) q(y) w(y), normal in y, w = ρ^(1/2)/(q * k): with a the precision
// of q w, its variance is 1/(a + 1/2ε) and φ = 1/(1 + 2εa). Eigenvalues of such a process, an
// AR(1), are the powers of φ, and its eigenfunctions Hermite polynomials. Vanilla: ρ = q * k.
func hop(epsilon, variance float64, vanilla bool) (phi, stationary float64) {
	smooth := 1 / (variance + 2*epsilon)
	a := 1/variance + 0.5 - smooth
	if vanilla {
		a = 1/variance - smooth/2
	}
	phi = 1 / (1 + 2*epsilon*a)
	return phi, 1 / (a + 1/(2*epsilon)) / (1 - phi*phi)
}

func moment(weights, f []float64, power float64) float64 {
	sum := 0.0
	for i, w := range weights {
		sum += w * math.Pow(f[i], power)
	}
	return sum
}

// hermite returns |correlation| of a function at points with a Hermite polynomial of variable
// x/deviation.
func hermite(order int, x []float32, deviation float64, f, weights []float64) float64 {
	h := make([]float64, len(x))
	for i, v := range x {
		u := float64(v) / deviation
		h[i] = []float64{1, u, u*u - 1, u*u*u - 3*u, u*u*u*u - 6*u*u + 3}[order]
	}
	return math.Abs(stat.Correlation(h, f, weights))
}

// The Ornstein-Uhlenbeck process: rates k, eigenfunctions Hermite polynomials. At finite ε both are
// known, too. n is above and below what is solved densely.
func TestOrnsteinUhlenbeck(t *testing.T) {
	for _, c := range []struct {
		n                 int
		epsilon, variance float64
		vanilla           bool
	}{
		{1000, 0.1, 1, true}, {300, 0.2, 1, true}, {1000, 0.02, 1, true},
		{1000, 0.1, 2, false}, {300, 0.2, 1, false},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			x := quantiles(c.n, c.variance)
			config := Config{Eigenfunctions: 4, Epsilon: c.epsilon}
			if !c.vanilla {
				config.LogTarget = make([]float64, c.n)
				for i, v := range x {
					config.LogTarget[i] = -float64(v)*float64(v)/2 + 2000 // the constant is of no matter
				}
			}
			m, err := New(context.Background(), x, 1, config)
			require.NoError(t, err)
			phi, stationary := hop(c.epsilon, c.variance, c.vanilla) // rates are k times that of φ
			one := -math.Log(phi) / c.epsilon
			require.InDelta(t, 1, one, 2*c.epsilon) // the generator's is 1
			for k := range 4 {
				// What is left is the error of sums over points for integrals, which is in the tails: for
				// k = 3, ε = 0.1, vanilla, 0.048, 0.028, 0.017 and 0.010 at n = 400, 800, 1600 and 3200.
				error := []float64{0.001, 0.006, 0.03, 0.08}[k] * math.Pow(1000/float64(c.n), 0.75)
				require.InEpsilon(t, float64(k+1)*one, m.Rates[k], error, "rate %d", k+1)
				require.InDelta(t, math.Exp(-m.Rates[k]*c.epsilon), m.Eigenvalues[k], 1e-12)
				require.Greater(t, hermite(k+1, x, math.Sqrt(stationary), m.Functions[k], m.Weights), 1-error, "function %d", k+1)
				require.InDelta(t, 0, moment(m.Weights, m.Functions[k], 1), 1e-6)
				require.InDelta(t, 1, moment(m.Weights, m.Functions[k], 2), 1e-6)
			}
			variance := 0.0
			for i, v := range x {
				variance += m.Weights[i] * float64(v) * float64(v)
			}
			require.InEpsilon(t, stationary, variance, 0.01)
		})
	}
}

// Random draws, uniform in a rectangle π × ½, turned: the Laplacian with reflecting walls has the
// rates 1, 4, 9, … and 4π² with the functions cos kx and cos 2πy.
func TestRandomDrawsInARectangle(t *testing.T) {
	uniform := rand.New(random.Source(1))
	const n = 1100
	list := make([]float32, 0, 2*n)
	for range n {
		u, v := math.Pi*uniform.Float64(), uniform.Float64()/2
		list = append(list, float32(0.6*u-0.8*v), float32(0.8*u+0.6*v))
	}
	// 250 neighbors reach to 0.34 and leave 2 % of the variance of a hop out; 100 would leave a quarter.
	for _, neighbors := range []int{0, 250} {
		m, err := New(context.Background(), list, 2, Config{Eigenfunctions: 3, Epsilon: 0.005, Neighbors: neighbors})
		require.NoError(t, err)
		for k := range 3 {
			require.InEpsilon(t, float64((k+1)*(k+1)), m.Rates[k], 0.15, "rate %d", k+1)
			cosine := make([]float64, n)
			for i := range cosine {
				cosine[i] = math.Cos(float64(k+1) * (0.6*float64(list[2*i]) + 0.8*float64(list[2*i+1])))
			}
			require.Greater(t, math.Abs(stat.Correlation(cosine, m.Functions[k], m.Weights)), 0.97)
		}
	}
	m, err := New(context.Background(), list, 2, Config{})
	require.NoError(t, err)
	require.InDelta(t, 2, m.Dimension, 0.5)
	require.InEpsilon(t, 1, m.Rates[0], 0.2)
}

// wellRates returns the smallest k positive rates of −(f″ − V′f′) on [−2.4, 2.4] with V = b(x² − 1)²
// by finite volumes.
func wellRates(b float64, k int) []float64 {
	const n, reach = 400, 2.4
	h := 2 * reach / n
	v := func(x float64) float64 { return b * (x*x - 1) * (x*x - 1) }
	s := mat.NewSymDense(n, nil)
	for i := range n {
		x := -reach + (float64(i)+0.5)*h
		if i+1 < n { // the flux between two cells, symmetric after scaling with √ρ
			flux := math.Exp(-v(x+h/2)) / h / h
			s.SetSym(i, i, s.At(i, i)+flux*math.Exp(v(x)))
			s.SetSym(i+1, i+1, s.At(i+1, i+1)+flux*math.Exp(v(x+h)))
			s.SetSym(i, i+1, -flux*math.Exp((v(x)+v(x+h))/2))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(s, false) {
		panic("no convergence")
	}
	return eigen.Values(nil)[1 : k+1]
}

// Draws that do not know of two wells find them with the target measure; the slowest function
// tells them apart and its rate is that of escape.
func TestTargetMeasureOfTwoWells(t *testing.T) {
	const n, b = 1200, 2.5
	x := make([]float32, n)
	target := make([]float64, n)
	for i := range x {
		v := -2.4 + 4.8*(float64(i)+0.5)/n
		x[i], target[i] = float32(v), -b*(v*v-1)*(v*v-1)
	}
	exact := wellRates(b, 2)
	for _, epsilon := range []float64{0.01, 0.005, 0.0025} {
		m, err := New(context.Background(), x, 1, Config{Epsilon: epsilon, LogTarget: target})
		require.NoError(t, err)
		require.InEpsilon(t, exact[0], m.Rates[0], 10*epsilon)
		require.InEpsilon(t, exact[1], m.Rates[1], 10*epsilon)
		for i, f := range m.Functions[0] {
			if math.Abs(math.Abs(float64(x[i]))-1) < 0.3 { // flat in the wells, +1 and −1
				require.InDelta(t, 1, math.Abs(f), 0.2)
				require.Equal(t, math.Signbit(f), math.Signbit(m.Functions[0][0]) == (x[i] < 0))
			}
		}
	}
	require.Greater(t, exact[1]/exact[0], 5.0, "the wells are apart")
}

// The iteration finds what the dense solver finds.
func TestLanczosIsDense(t *testing.T) {
	normal := rand.New(random.Source(3))
	list := make([]float32, 2*280)
	for i := range list {
		list[i] = float32(normal.NormFloat64())
	}
	p := newPoints(func() []float64 {
		x := make([]float64, len(list))
		for i, v := range list {
			x[i] = float64(v)
		}
		return x
	}(), 2)
	k, err := newKernel(context.Background(), p, 0.1, 2, 0)
	require.NoError(t, err)
	h := newHops(k, nil)
	exact, err := leading(context.Background(), h, 6)
	require.NoError(t, err)
	pairs, err := lanczos.Leading(context.Background(), h, 6, 280, converged, random.Source(0))
	require.NoError(t, err)
	for j, pair := range pairs {
		require.InDelta(t, exact[j].Value, pair.Value, 1e-10)
	}
	require.InDelta(t, 1, exact[0].Value, 1e-12)
}

func TestNewErrors(t *testing.T) {
	x := []float32{0, 1, 2, 3, 4, 5}
	ctx := context.Background()
	stop := errors.New("stop")
	done, cancel := context.WithCancelCause(ctx)
	cancel(stop)
	for says, call := range map[string]func() (*Map, error){
		"diffusion: the context is nil":                        func() (*Map, error) { return New(nil, x, 1, Config{}) },
		"diffusion: 2 draws, want at least 3":                  func() (*Map, error) { return New(ctx, x, 3, Config{}) },
		"diffusion: 6 numbers are not a whole number of draws": func() (*Map, error) { return New(ctx, x, 4, Config{}) },
		"diffusion: parameter 0 of draw 1 is NaN":              func() (*Map, error) { return New(ctx, []float32{1, float32(math.NaN()), 2}, 1, Config{}) },
		"diffusion: draws are all equal":                       func() (*Map, error) { return New(ctx, make([]float32, 6), 1, Config{}) },
		"Config.Eigenfunctions = 5, want 1 to 4 for 6 draws":   func() (*Map, error) { return New(ctx, x, 1, Config{Eigenfunctions: 5}) },
		"Config.Eigenfunctions = -1, want 1 to 4":              func() (*Map, error) { return New(ctx, x, 1, Config{Eigenfunctions: -1}) },
		"Config.Epsilon = -1, want":                            func() (*Map, error) { return New(ctx, x, 1, Config{Epsilon: -1}) },
		"Config.Epsilon = NaN, want":                           func() (*Map, error) { return New(ctx, x, 1, Config{Epsilon: math.NaN()}) },
		"Config.Radius = -1, want":                             func() (*Map, error) { return New(ctx, x, 1, Config{Radius: -1}) },
		"Config.Neighbors = 6, want 1 to 5 for 6 draws":        func() (*Map, error) { return New(ctx, x, 1, Config{Neighbors: 6}) },
		"Config.LogTarget has 1 numbers, want one for each":    func() (*Map, error) { return New(ctx, x, 1, Config{LogTarget: []float64{1}}) },
		"Config.LogTarget[1] = -Inf, want a finite number":     func() (*Map, error) { return New(ctx, x, 1, Config{LogTarget: []float64{1, math.Inf(-1), 0, 0, 0, 0}}) },
		"the draws fall into 6 parts that no kernel connects":  func() (*Map, error) { return New(ctx, x, 1, Config{Epsilon: 1, Radius: 0.9}) },
		"the draws fall into 2 parts that no kernel connects": func() (*Map, error) {
			return New(ctx, []float32{0, 1, 2, 9, 10, 11}, 1, Config{Epsilon: 1, Neighbors: 1})
		},
		"stop": func() (*Map, error) { return New(done, x, 1, Config{}) },
	} {
		_, err := call()
		require.ErrorContains(t, err, says)
	}
	_, err := New(done, x, 1, Config{Neighbors: 2})
	require.Equal(t, stop, err)
}
