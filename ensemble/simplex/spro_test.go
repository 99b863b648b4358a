package simplex

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// A surface is a loss that is the same for each of its samples.
type surface struct {
	samples, params int
	loss            func(gradient, x []float64) float64
}

func (s surface) Samples() int { return s.samples }
func (s surface) Params() int  { return s.params }

func (s surface) at(params []float32) (float64, []float64) {
	x, gradient := make([]float64, len(params)), make([]float64, len(params))
	for i, p := range params {
		x[i] = float64(p)
	}
	return s.loss(gradient, x), gradient
}

func (s surface) Gradient(dst, params []float32, _ []int) float64 {
	loss, gradient := s.at(params)
	for i, g := range gradient {
		dst[i] = float32(g)
	}
	return loss
}

// bowl is the loss Σ_i a_i x_i²/2.
func bowl(samples int, a ...float64) surface {
	return surface{samples, len(a), func(gradient, x []float64) float64 {
		loss := 0.0
		for i := range x {
			loss += a[i] * x[i] * x[i] / 2
			gradient[i] = a[i] * x[i]
		}
		return loss
	}}
}

// ring is the loss (x² + y² − 1)².
func ring(samples int) surface {
	return surface{samples, 2, func(gradient, x []float64) float64 {
		e := x[0]*x[0] + x[1]*x[1] - 1
		gradient[0], gradient[1] = 4*e*x[0], 4*e*x[1]
		return e * e
	}}
}

// precise are settings whose steps average the noise of the points away, and with which
// λₖ = λ*, as the vertices of a random complex are all the same.
func precise(lambda float64) Config {
	return Config{
		Epochs: 4, Batch: 1, Points: 64, Lambda: lambda, Optimizer: new(descent.SGD),
		Schedule: descent.Cosine{Peak: 0.3}, Source: rand.NewPCG(5, 6), NoVolume: lambda == 0,
		Initialize: func([]float32, rand.Source) {},
	}
}

func complexOf(t *testing.T, modes ...[]float32) *Complex {
	t.Helper()
	c, err := New(modes)
	require.NoError(t, err)
	return c
}

// root returns where f, which rises from low to high, is 0.
func root(low, high float64, f func(float64) float64) float64 {
	for range 100 {
		if middle := (low + high) / 2; f(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// On the edge from b to θ the mean of w φ is (2θ + b)/6, w being the weight of θ: for the
// loss a φ²/2 the best θ has a (2θ + b)/6 = λ h/(h² + ε²), h = θ − b.
func TestBestEdge(t *testing.T) {
	const a, b = 0.7, 0.2
	for _, lambda := range []float64{0.1, 0.3} {
		c := complexOf(t, []float32{b, 0, 0})
		require.NoError(t, SPRO(context.Background(), c, 1, bowl(1000, a, a, a), precise(lambda)))
		want := root(-10, b-0.1, func(theta float64) float64 {
			h, epsilon := theta-b, softness*b
			return a*(2*theta+b)/6 - lambda*h/(h*h+epsilon*epsilon)
		})
		t.Logf("λ = %v: θ = %.4f, want %.4f", lambda, c.Vertex(1)[0], want)
		assert.InDelta(t, want, c.Vertex(1)[0], 0.005)
		assert.Equal(t, [][]int{{0, 1}}, c.Simplexes())
	}
}

// In the triangle above the edge from (0, b) to (4, b) the mean of w φ is
// (2θ + b + b)/12 in the second coordinate, the only one that the loss depends on.
func TestBestTriangle(t *testing.T) {
	const a, b, lambda = 0.7, 0.3, 0.05
	c := complexOf(t, []float32{0, b}, []float32{4, b})
	require.NoError(t, c.AddSimplex(0, 1))
	config := precise(lambda)
	config.Simplexes = []int{2}
	require.NoError(t, SPRO(context.Background(), c, 1, bowl(2000, 0, a), config))
	want := root(-10, b-0.1, func(theta float64) float64 {
		h, epsilon := theta-b, softness*4
		return a*(theta+b)/6 - lambda*h/(h*h+epsilon*epsilon)
	})
	t.Logf("θ = %.4f, want (2, %.4f)", c.Vertex(2), want)
	assert.InDelta(t, 2, c.Vertex(2)[0], 1e-5)
	assert.InDelta(t, want, c.Vertex(2)[1], 0.01)
	assert.Equal(t, [][]int{{0}, {1}, {0, 1, 2}}, c.Simplexes())
}

// Two modes in a ring-shaped valley: the connecting vertex is where it makes the mean loss
// on both edges least, on the way that the valley takes between them.
func TestConnectorOfTwoModes(t *testing.T) {
	valley := ring(1000)
	at := func(r, angle float64) []float32 {
		return []float32{float32(r * math.Cos(angle)), float32(r * math.Sin(angle))}
	}
	loss := func(model []float32) float64 { l, _ := valley.at(model); return l }
	modes := [][]float32{at(1, 0), at(1, 2.5)}
	c := complexOf(t, modes...)
	config := precise(0)
	config.Epochs, config.Schedule = 8, descent.Cosine{Peak: 0.1}
	require.NoError(t, SPRO(context.Background(), c, 1, valley, config))

	mean := func(r float64) float64 {
		line, err := Along([][]float32{modes[0], at(r, 1.25)}, 1000, loss)
		require.NoError(t, err)
		sum := 0.0
		for _, l := range line.Loss {
			sum += l
		}
		return sum
	}
	best := root(0.5, 3, func(r float64) float64 { return mean(r+1e-3) - mean(r-1e-3) })
	for i, want := range at(best, 1.25) {
		assert.InDelta(t, want, c.Vertex(2)[i], 0.01)
	}
	path, err := c.Path(0, 1)
	require.NoError(t, err)
	require.Equal(t, []int{0, 2, 1}, path)
	bent, err := Along([][]float32{c.Vertex(0), c.Vertex(2), c.Vertex(1)}, 100, loss)
	require.NoError(t, err)
	straight, err := Along(modes, 100, loss)
	require.NoError(t, err)
	t.Logf("connector %v, want %v; highest loss %.3f, straight %.3f", c.Vertex(2), at(best, 1.25), bent.Highest(), straight.Highest())
	assert.Less(t, bent.Highest(), straight.Highest()/5)
}

// Several vertices: each joins all simplexes, the ones before it stay where they are, and
// Progress sees each.
func TestVerticesAreAddedOneAtATime(t *testing.T) {
	c := complexOf(t, []float32{1, 0, 0, 0}, []float32{0, 1, 0, 0})
	var seen []Epoch
	var first []float32
	config := precise(0.1)
	config.Epochs = 3
	config.Progress = func(e Epoch) error {
		seen = append(seen, e)
		if e.Vertex == 3 && first == nil {
			first = slices.Clone(c.Vertex(2))
		}
		return nil
	}
	require.NoError(t, SPRO(context.Background(), c, 3, bowl(100, 1, 1, 1, 0.1), config))
	assert.Equal(t, [][]int{{0, 2, 3, 4}, {1, 2, 3, 4}}, c.Simplexes())
	assert.Equal(t, []float32{1, 0, 0, 0}, c.Vertex(0))
	assert.Equal(t, first, c.Vertex(2))
	require.Len(t, seen, 9)
	for i, e := range seen {
		assert.Equal(t, 2+i/3, e.Vertex)
		assert.Equal(t, 1+i%3, e.Number)
	}
	assert.InDelta(t, c.LogVolume(), seen[8].LogVolume, 1e-12)

	var vertices [][]float32
	for i := range c.Len() {
		vertices = append(vertices, c.Vertex(i))
	}
	restored, err := FromVertices(vertices, c.Simplexes())
	require.NoError(t, err)
	assert.Equal(t, c, restored)
}

// ESPRO's simplexes are those that SPRO grows one after the other, and share nothing.
func TestESPROIsSPROForEach(t *testing.T) {
	models := [][]float32{{1, 0, 0.5}, {0, 1, -0.5}}
	surface, config := bowl(50, 1, 2, 0.5), Config{Epochs: 3, Batch: 5, Lambda: 0.1}
	config.Source = rand.NewPCG(1, 2)
	c, err := ESPRO(context.Background(), models, 2, surface, config)
	require.NoError(t, err)
	assert.Equal(t, [][]int{{0, 2, 3}, {1, 4, 5}}, c.Simplexes())
	config.Source = rand.NewPCG(1, 2)
	for i, model := range models {
		own := complexOf(t, model)
		require.NoError(t, SPRO(context.Background(), own, 2, surface, config))
		assert.Equal(t, own.Vertex(1), c.Vertex(2+2*i))
		assert.Equal(t, own.Vertex(2), c.Vertex(3+2*i))
	}
}

// The number of workers of the gradient does not change a bit, and the random numbers do.
func TestSameNumbersSameBits(t *testing.T) {
	digits, err := data.Digits(300, rand.NewPCG(1, 2))
	require.NoError(t, err)
	net := nn.MairCNN()
	mode := make([]float32, net.Params())
	nn.InitUniform(mode, net, rand.NewPCG(3, 4))
	grow := func(workers int, source rand.Source) []float32 {
		gradients, err := nn.NewGradients(net, digits, nn.CrossEntropy, nn.Config{Workers: workers})
		require.NoError(t, err)
		defer gradients.Close()
		c := complexOf(t, mode)
		require.NoError(t, SPRO(context.Background(), c, 1, gradients, Config{Epochs: 1, Lambda: 0.01, Source: source}))
		return c.Vertex(1)
	}
	want := grow(1, rand.NewPCG(5, 6))
	assert.Equal(t, want, grow(2, rand.NewPCG(5, 6)))
	assert.NotEqual(t, want, grow(1, rand.NewPCG(5, 7)))
	assert.Equal(t, grow(1, nil), grow(1, nil))
}

func TestRunsEndEarly(t *testing.T) {
	stop := errors.New("enough")
	config := func() Config { return Config{Epochs: 5, Lambda: 0.1} }
	// The context.
	ctx, cancel := context.WithCancelCause(context.Background())
	c, limited := complexOf(t, []float32{1, 0}), config()
	limited.Progress = func(e Epoch) error {
		if e.Vertex == 2 {
			cancel(stop)
		}
		return nil
	}
	assert.ErrorIs(t, SPRO(ctx, c, 3, bowl(10, 1, 1), limited), stop)
	assert.Equal(t, [][]int{{0, 1}}, c.Simplexes(), "vertex 1 was complete")
	// An error of Progress, and ErrStop.
	limited.Progress = func(Epoch) error { return stop }
	assert.ErrorIs(t, SPRO(context.Background(), c, 3, bowl(10, 1, 1), limited), stop)
	epochs := 0
	limited.Progress = func(Epoch) error { epochs++; return descent.ErrStop }
	c = complexOf(t, []float32{1, 2, 3})
	require.NoError(t, SPRO(context.Background(), c, 2, bowl(10, 1, 2, 3), limited))
	assert.Equal(t, 2, epochs)
	assert.Equal(t, 3, c.Len())
	// The default strength.
	limited.Lambda, limited.Initialize = 0, func([]float32, rand.Source) {}
	limited.Progress = func(e Epoch) error { assert.Equal(t, 0.01, e.Lambda); return nil }
	require.NoError(t, SPRO(context.Background(), complexOf(t, []float32{1, 2, 3}), 1, bowl(10, 1, 2, 3), limited))
	// A loss that is not finite.
	bad := bowl(10, math.NaN(), 2, 3)
	assert.ErrorContains(t, SPRO(context.Background(), c, 1, bad, config()), "simplex: vertex 3: descent: the loss is NaN at step 0")
	assert.Equal(t, 3, c.Len())
}

func TestErrors(t *testing.T) {
	ctx, good := context.Background(), bowl(10, 1, 1)
	for text, config := range map[string]Config{
		"Config.Epochs = 0":                      {},
		"Config.Points = -1, want 1 to":          {Epochs: 1, Points: -1},
		"Config.Lambda = -1, want a finite":      {Epochs: 1, Lambda: -1},
		"Config.NoVolume is set, but Lambda = 1": {Epochs: 1, Lambda: 1, NoVolume: true},
		"Config.Lambda = NaN":                    {Epochs: 1, Lambda: math.NaN()},
		"Config.Lambda = +Inf":                   {Epochs: 1, Lambda: math.Inf(1)},
		"Config.Simplexes is empty":              {Epochs: 1, Simplexes: []int{}},
		"Config.Simplexes has 4, want 0 to 2":    {Epochs: 1, Simplexes: []int{4}},
		"Config.Simplexes has 1 twice":           {Epochs: 1, Simplexes: []int{1, 1}},
		"0 and 2 to join have 1 and 2 vert":      {Epochs: 1},
		"Batch = 11, want 1 to the number":       {Epochs: 1, Batch: 11, Simplexes: []int{0}},
		"SGD.Momentum = 2":                       {Epochs: 1, Optimizer: &descent.SGD{Momentum: 2}, Simplexes: []int{0}},
		"have no volume: two vertices are the":   {Epochs: 1, Lambda: 1, Simplexes: []int{2}},
	} {
		c := complexOf(t, []float32{1, 2}, []float32{1, 2})
		require.NoError(t, c.AddSimplex(0, 1))
		assert.ErrorContains(t, SPRO(ctx, c, 1, good, config), text)
	}
	c := complexOf(t, []float32{1, 2})
	for text, err := range map[string]error{
		"the context is nil":                            SPRO(nil, c, 1, good, Config{Epochs: 1}),
		"the complex is nil or empty":                   SPRO(ctx, nil, 1, good, Config{Epochs: 1}),
		"gradient is nil":                               SPRO(ctx, c, 1, (*nn.Gradients)(nil), Config{Epochs: 1}),
		"has 2 parameters, the gradient 3":              SPRO(ctx, c, 1, bowl(10, 1, 1, 1), Config{Epochs: 1}),
		"n = 0, want at least 1":                        SPRO(ctx, c, 0, good, Config{Epochs: 1}),
		"there are 0 samples":                           SPRO(ctx, c, 1, bowl(0, 1, 1), Config{Epochs: 1}),
		"vertex 1 of the simplex to add, want 0 to 0":   c.AddSimplex(0, 1),
		"vertex 0 is twice in the simplex":              c.AddSimplex(0, 0),
		"the simplex to add has no vertices":            c.AddSimplex(),
		"there are no modes":                            second(New(nil)),
		"there are no simplexes":                        second(FromVertices([][]float32{{1}}, nil)),
		"vertex -1 of the simplex to add, want 0":       second(FromVertices([][]float32{{1}}, [][]int{{-1}})),
		"mode 0 has 0 parameters, want 0, at least 1":   second(New([][]float32{{}})),
		"mode 1 has 1 parameters, want 2":               second(New([][]float32{{1, 2}, {1}})),
		"mode 0 has the parameter 1 = NaN, want a fini": second(New([][]float32{{1, float32(math.NaN())}})),
		"Config.Simplexes is set, but ESPRO":            second(ESPRO(ctx, [][]float32{{1, 2}}, 1, good, Config{Epochs: 1, Simplexes: []int{0}})),
		"simplex: there are no modes":                   second(ESPRO(ctx, nil, 1, good, Config{Epochs: 1})),
	} {
		assert.ErrorContains(t, err, text)
	}
}

func second[T any](_ T, err error) error { return err }
