package landscape

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/internal/random"
)

// bowl has the losses ½ Σᵢ hᵢ (θᵢ − j)², of sample j: a mean that is known.
type bowl struct {
	curvatures []float64
	samples    int
	nan        float64 // where θ₀ is larger, losses are NaN
}

func (b bowl) Samples() int { return b.samples }
func (b bowl) Params() int  { return len(b.curvatures) }
func (b bowl) loss(model []float32, j int) float64 {
	sum := 0.0
	for i, h := range b.curvatures {
		d := float64(model[i]) - float64(j)
		sum += h / 2 * d * d
	}
	if b.nan > 0 && float64(model[0]) > b.nan {
		return math.NaN()
	}
	return sum
}
func (b bowl) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		for s, j := range samples {
			dst[k][s] = b.loss(model, j)
		}
	}
}

func (b bowl) mean(model []float32, samples []int) float64 {
	sum := 0.0
	for _, j := range samples {
		sum += b.loss(model, j)
	}
	return sum / float64(len(samples))
}

func count(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestLine(t *testing.T) {
	origin, direction := []float32{1, -2, 0.5}, []float64{0.25, 0, -1}
	at := floats.Span(make([]float64, 21), -2, 3)
	for _, n := range []int{1, 5, 1024, 1025} { // around a batch
		b := bowl{curvatures: []float64{1, 2, 4}, samples: n}
		got, err := Line(context.Background(), b, origin, direction, at, Config{})
		require.NoError(t, err)
		some, err := Line(context.Background(), b, origin, direction, at, Config{Samples: []int{n - 1, 0, 0}})
		require.NoError(t, err)
		for k, x := range at {
			model := []float32{float32(1 + x*0.25), -2, float32(0.5 - x)}
			require.InEpsilon(t, b.mean(model, count(n)), got[k], 1e-12)
			require.InEpsilon(t, b.mean(model, []int{n - 1, 0, 0}), some[k], 1e-12)
		}
	}
}

func TestPlane(t *testing.T) {
	a, b, c := []float32{1, 0, 0, 2}, []float32{1, 3, 0, 6}, []float32{1, 5, 2, 2}
	plane, err := Through(a, b, c)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{0, 0.6, 0, 0.8}, plane.U, 1e-15)
	require.InDelta(t, 0, floats.Dot(plane.U, plane.V), 1e-15)
	require.InDelta(t, 1, floats.Norm(plane.V, 2), 1e-15)
	for _, model := range [][]float32{a, b, c} {
		x, y, distance := plane.Place(model)
		require.InDelta(t, 0, distance, 1e-6)
		got := make([]float32, 4)
		plane.Point(got, x, y)
		for i := range got {
			require.InDelta(t, model[i], got[i], 1e-6)
		}
	}
	x, _, _ := plane.Place(b)
	require.InDelta(t, 5, x, 1e-12)
	_, _, distance := plane.Place([]float32{4, 0, 0, 2})
	require.InDelta(t, 3, distance, 1e-12)

	losses := bowl{curvatures: []float64{1, 2, 4, 8}, samples: 3}
	xs, ys := []float64{-1, 0, 2}, []float64{0, 0.5, 1, 4}
	grid, err := plane.Losses(context.Background(), losses, xs, ys, Config{})
	require.NoError(t, err)
	columns, rows := grid.Dims()
	require.Equal(t, []int{3, 4}, []int{columns, rows})
	model := make([]float32, 4)
	for c, x := range xs {
		for r, y := range ys {
			plane.Point(model, x, y)
			require.InEpsilon(t, losses.mean(model, count(3)), grid.Z(c, r), 1e-12)
			require.Equal(t, []float64{x, y}, []float64{grid.X(c), grid.Y(r)})
		}
	}
	// A plane that is not orthonormal is taken as it is.
	skew := &Plane{Origin: a, U: []float64{1, 0, 0, 0}, V: []float64{2, 2, 0, 0}}
	grid, err = skew.Losses(context.Background(), losses, []float64{1}, []float64{3}, Config{})
	require.NoError(t, err)
	require.InEpsilon(t, losses.mean([]float32{8, 6, 0, 2}, count(3)), grid.Loss[0], 1e-12)
}

func TestNormalizeFilters(t *testing.T) {
	direction := Random(7, random.Source(1))
	last := direction[6]
	model := []float32{3, 4, 0, 0, 1, 2, 5}
	require.NoError(t, NormalizeFilters(direction, model, [][]int{{0, 1}, {2, 3}, {4, 5}}))
	require.InDelta(t, 5, math.Hypot(direction[0], direction[1]), 1e-12)
	require.Equal(t, []float64{0, 0}, []float64{math.Abs(direction[2]), math.Abs(direction[3])})
	require.InDelta(t, math.Sqrt(5), math.Hypot(direction[4], direction[5]), 1e-12)
	require.Equal(t, last, direction[6])
	require.NoError(t, NormalizeFilters([]float64{0, 0}, []float32{1, 1}, [][]int{{0, 1}}))
	require.ErrorContains(t, NormalizeFilters(direction, model, [][]int{{7}}), "filter 0 has the index 7, want 0 to 6")
	require.ErrorContains(t, NormalizeFilters(direction, model[:2], nil), "a direction of 7 numbers and a model of 2")
}

func TestErrors(t *testing.T) {
	ctx := context.Background()
	b := bowl{curvatures: []float64{1, 1}, samples: 3, nan: 2}
	origin, u, v := []float32{0, 0}, []float64{1, 0}, []float64{0, 1}
	plane, err := Span(origin, u, v)
	require.NoError(t, err)
	stop := errors.New("stop")
	done, cancel := context.WithCancelCause(ctx)
	cancel(stop)
	at := []float64{0, 1, 3}
	for says, call := range map[string]func() error{
		"landscape: the context is nil":               func() error { _, err := Line(nil, b, origin, u, at, Config{}); return err },
		"landscape: the losses are nil":               func() error { _, err := Line(ctx, nil, origin, u, at, Config{}); return err },
		"the origin has 1 parameters, want those of":  func() error { _, err := Line(ctx, b, origin[:1], u, at, Config{}); return err },
		"a direction has 1 parameters, want those of": func() error { _, err := Line(ctx, b, origin, u[:1], at, Config{}); return err },
		"landscape: there are no samples":             func() error { _, err := Line(ctx, b, origin, u, at, Config{Samples: []int{}}); return err },
		"Config.Samples has 3, want 0 to 2":           func() error { _, err := Line(ctx, b, origin, u, at, Config{Samples: []int{3}}); return err },
		"there are no points on the line":             func() error { _, err := Line(ctx, b, origin, u, nil, Config{}); return err },
		"at[0] = NaN, want a finite number":           func() error { _, err := Line(ctx, b, origin, u, []float64{math.NaN()}, Config{}); return err },
		"the mean loss at 3 is NaN":                   func() error { _, err := Line(ctx, b, origin, u, at, Config{}); return err },
		"the mean loss at (3, 1) is NaN":              func() error { _, err := plane.Losses(ctx, b, at, at[1:], Config{}); return err },
		"the grid has no points":                      func() error { _, err := plane.Losses(ctx, b, at, nil, Config{}); return err },
		"coordinate 1 of the grid is 0, want finite":  func() error { _, err := plane.Losses(ctx, b, []float64{0, 0}, at, Config{}); return err },
		"stop":                            func() error { _, err := plane.Losses(done, b, at, at, Config{}); return err },
		"models of 2, 1 and 2 parameters": func() error { _, err := Through(origin, origin[:1], origin); return err },
		"a model of 2 parameters and directions of 2 and": func() error { _, err := Span(origin, u, v[:1]); return err },
		"the norm of the first direction is 0":            func() error { _, err := Span(origin, []float64{0, 0}, v); return err },
		"are parallel, zero or not finite":                func() error { _, err := Span(origin, u, []float64{2, 0}); return err },
	} {
		require.ErrorContains(t, call(), says)
	}
}
