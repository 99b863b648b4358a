package hessian

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/random"
)

// logistic is logistic regression on random inputs, of which the Hessian is
// known: (1/n) Σ p(1−p) x xᵀ.
type logistic struct {
	x [][]float64
	y []float64
}

func newLogistic(n, params int) *logistic {
	normal := rand.New(random.Source(1))
	l := &logistic{make([][]float64, n), make([]float64, n)}
	for i := range l.x {
		l.x[i] = make([]float64, params)
		for j := range l.x[i] {
			l.x[i][j] = normal.NormFloat64() / float64(1+j)
		}
		l.y[i] = float64(normal.IntN(2))
	}
	return l
}

func (l *logistic) Samples() int { return len(l.x) }
func (l *logistic) Params() int  { return len(l.x[0]) }

func (l *logistic) probability(i int, params []float32) float64 {
	z := 0.0
	for j, x := range l.x[i] {
		z += x * float64(params[j])
	}
	return 1 / (1 + math.Exp(-z))
}

func (l *logistic) Gradient(dst, params []float32, samples []int) float64 {
	sum := make([]float64, len(dst))
	loss := 0.0
	for _, i := range samples {
		p := l.probability(i, params)
		floats.AddScaled(sum, (p-l.y[i])/float64(len(samples)), l.x[i])
		loss -= math.Log(math.Abs(1-l.y[i]-p)) / float64(len(samples))
	}
	for j, g := range sum {
		dst[j] = float32(g)
	}
	return loss
}

func (l *logistic) hessian(params []float32, samples []int) *mat.SymDense {
	n := len(params)
	h := mat.NewSymDense(n, nil)
	for _, i := range samples {
		p := l.probability(i, params)
		h.SymRankOne(h, p*(1-p)/float64(len(samples)), mat.NewVecDense(n, l.x[i]))
	}
	return h
}

func point(n int) []float32 {
	normal := rand.New(random.Source(2))
	params := make([]float32, n)
	for i := range params {
		params[i] = float32(normal.NormFloat64())
	}
	return params
}

func all(n int) []int {
	samples := make([]int, n)
	for i := range samples {
		samples[i] = i
	}
	return samples
}

func TestProductIsExact(t *testing.T) {
	l := newLogistic(100, 12)
	params := point(12)
	normal := rand.New(random.Source(3))
	for _, samples := range [][]int{nil, {3, 5, 5, 8}} {
		h, err := New(l, params, Config{Samples: samples})
		require.NoError(t, err)
		if samples == nil {
			samples = all(100)
		}
		exact := l.hessian(params, samples)
		var eigen mat.EigenSym
		require.True(t, eigen.Factorize(exact, false))
		for _, scale := range []float64{1e-3, 1, 1e4} {
			v, got := make([]float64, 12), make([]float64, 12)
			for i := range v {
				v[i] = scale * normal.NormFloat64()
			}
			h.Product(got, v)
			var want mat.VecDense
			want.MulVec(exact, mat.NewVecDense(12, v))
			size := eigen.Values(nil)[11] * floats.Norm(v, 2)
			assert.Less(t, floats.Distance(got, want.RawVector().Data, 2), 1e-4*size)
			// An error of 1 % in the result would be seen.
			want.ScaleVec(1.01, &want)
			assert.Greater(t, floats.Distance(got, want.RawVector().Data, 2), 1e-4*size)
		}
		zero := make([]float64, 12)
		h.Product(zero, zero)
		assert.Equal(t, make([]float64, 12), zero)
	}
}

func TestLeadingEigenvaluesOfHessian(t *testing.T) {
	l := newLogistic(400, 30)
	params := point(30)
	h, err := New(l, params, Config{})
	require.NoError(t, err)
	var eigen mat.EigenSym
	require.True(t, eigen.Factorize(l.hessian(params, all(400)), false))
	exact := eigen.Values(nil)
	pairs, err := Leading(context.Background(), h, 4, LanczosConfig{})
	require.NoError(t, err)
	require.Len(t, pairs, 4)
	product := make([]float64, 30)
	for j, pair := range pairs {
		want := exact[len(exact)-1-j]
		assert.InDelta(t, want, pair.Value, 1e-3*exact[29])
		assert.InDelta(t, 1, floats.Norm(pair.Vector, 2), 1e-9)
		h.Product(product, pair.Vector)
		floats.AddScaled(product, -pair.Value, pair.Vector)
		assert.InDelta(t, pair.Residual, floats.Norm(product, 2), 1e-3*exact[29])
		assert.LessOrEqual(t, pair.Residual, 1e-3*exact[29])
	}
}

// diagonal is a matrix whose eigenvalues are on view.
type diagonal []float64

func (d diagonal) Len() int { return len(d) }
func (d diagonal) Product(dst, v []float64) {
	for i, x := range d {
		dst[i] = x * v[i]
	}
}

func TestLeading(t *testing.T) {
	for _, c := range []struct {
		matrix diagonal
		k      int
		want   []float64
	}{
		{diagonal{1, -5, 3, 2}, 1, []float64{-5}},
		{diagonal{1, -5, 3, 2}, 4, []float64{-5, 3, 2, 1}},
		{diagonal{7}, 1, []float64{7}},
		{diagonal{2, 2, 2}, 2, []float64{2}}, // found once
		{diagonal{0, 0}, 1, []float64{0}},
	} {
		pairs, err := Leading(context.Background(), c.matrix, c.k, LanczosConfig{Tolerance: 1e-9})
		require.NoError(t, err)
		require.Len(t, pairs, len(c.want), "%v", c.matrix)
		for j, want := range c.want {
			assert.InDelta(t, want, pairs[j].Value, 1e-8)
		}
	}
}

// A residual says how far the pair is from an eigenpair, also where the steps
// end long before convergence and each pair has another residual.
func TestResiduals(t *testing.T) {
	matrix := make(diagonal, 40)
	for i := range matrix {
		matrix[i] = float64(i) - 12.5
	}
	for _, steps := range []int{3, 5, 8, 12} {
		pairs, err := Leading(context.Background(), matrix, 3, LanczosConfig{Steps: steps, Source: rand.NewPCG(1, 2)})
		require.NoError(t, err)
		product := make([]float64, len(matrix))
		for _, pair := range pairs {
			matrix.Product(product, pair.Vector)
			floats.AddScaled(product, -pair.Value, pair.Vector)
			require.InEpsilon(t, floats.Norm(product, 2), pair.Residual, 1e-9, "%d steps", steps)
			require.Greater(t, pair.Residual, 1e-3*27.5, "these residuals are too small to tell")
			near := 0
			for _, exact := range matrix {
				if math.Abs(exact-pair.Value) <= pair.Residual {
					near++
				}
			}
			require.Positive(t, near, "no eigenvalue within the residual")
		}
	}
}

// The source decides where the iteration starts.
func TestSources(t *testing.T) {
	leading := func(source rand.Source) []Eigenvalue {
		pairs, err := Leading(context.Background(), diagonal{1, 2, 3, 4, 5, 6}, 1, LanczosConfig{Steps: 2, Source: source})
		require.NoError(t, err)
		return pairs
	}
	assert.Equal(t, leading(nil), leading(nil))
	assert.Equal(t, leading(rand.NewPCG(1, 2)), leading(rand.NewPCG(1, 2)))
	assert.NotEqual(t, leading(rand.NewPCG(1, 2)), leading(rand.NewPCG(1, 3)))
	assert.NotEqual(t, leading(rand.NewPCG(1, 2)), leading(nil))
}

func TestErrors(t *testing.T) {
	l := newLogistic(10, 2)
	for text, call := range map[string]func() error{
		"gradient is nil":      func() error { _, err := New(nil, []float32{1}, Config{}); return err },
		"hessian: gradient is": func() error { _, err := New((*logistic)(nil), []float32{1}, Config{}); return err },
		"matrix is nil":        func() error { _, err := Leading(context.Background(), nil, 1, LanczosConfig{}); return err },
		"context is nil":       func() error { _, err := Leading(nil, diagonal{1}, 1, LanczosConfig{}); return err },
		"params has 1 numbers": func() error { _, err := New(l, []float32{1}, Config{}); return err },
		"params[1] = NaN":      func() error { _, err := New(l, []float32{1, float32(math.NaN())}, Config{}); return err },
		"Step = -1":            func() error { _, err := New(l, []float32{1, 1}, Config{Step: -1}); return err },
		"Samples is empty":     func() error { _, err := New(l, []float32{1, 1}, Config{Samples: []int{}}); return err },
		"Samples has 10, want": func() error { _, err := New(l, []float32{1, 1}, Config{Samples: []int{10}}); return err },
		"k = 0, want 1 to":     func() error { _, err := Leading(context.Background(), diagonal{1}, 0, LanczosConfig{}); return err },
		"k = 2, want 1 to":     func() error { _, err := Leading(context.Background(), diagonal{1}, 2, LanczosConfig{}); return err },
		"Steps = 1, want at": func() error {
			_, err := Leading(context.Background(), diagonal{1, 2}, 2, LanczosConfig{Steps: 1})
			return err
		},
		"Tolerance = -1": func() error {
			_, err := Leading(context.Background(), diagonal{1}, 1, LanczosConfig{Tolerance: -1})
			return err
		},
		"product 1 is not fin": func() error {
			_, err := Leading(context.Background(), diagonal{math.NaN()}, 1, LanczosConfig{})
			return err
		},
	} {
		assert.ErrorContains(t, call(), text)
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	_, err := Leading(ctx, diagonal{1}, 1, LanczosConfig{})
	assert.Equal(t, stop, err)
}
