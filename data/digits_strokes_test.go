package data

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

func still() point { return point{} }

func TestFormsStayInTheirBox(t *testing.T) {
	for digit, forms := range digitForms {
		require.GreaterOrEqual(t, len(forms), 2, "digit %d", digit)
		for k, form := range forms {
			low, high := 1.0, -1.0
			for _, s := range form {
				require.NotEmpty(t, s)
				require.GreaterOrEqual(t, len(s[0]), 2, "digit %d, form %d: a stroke needs two points", digit, k)
				for _, p := range s.flatten(nil, still) {
					require.LessOrEqual(t, math.Abs(p.x), 1.05)
					require.LessOrEqual(t, math.Abs(p.y), 1.05)
					low, high = min(low, p.y), max(high, p.y)
				}
			}
			assert.InDelta(t, -0.95, low, 0.08, "digit %d, form %d starts at the top", digit, k)
			assert.InDelta(t, 0.97, high, 0.05, "digit %d, form %d reaches the bottom", digit, k)
		}
	}
}

func TestFlatten(t *testing.T) {
	// A straight line, a corner, a curve.
	s := stroke{{{0, 0}, {2, 1}}, {{2, 3}, {0, 3}}}
	line := s.flatten(nil, still)
	require.Len(t, line, 2+2*curveSteps)
	assert.Equal(t, point{0, 0}, line[0])
	assert.Equal(t, point{2, 1}, line[1])
	assert.Equal(t, point{2, 3}, line[1+curveSteps])
	assert.Equal(t, point{0, 3}, line[1+2*curveSteps])

	moved := s.flatten(nil, func() point { return point{5, -1} })
	for i := range line {
		assert.InDelta(t, line[i].x+5, moved[i].x, 1e-12)
		assert.InDelta(t, line[i].y-1, moved[i].y, 1e-12)
	}
}

// The curve of points on a circle stays near it, and has no kink where it
// passes a point.
func TestSplineOfACircle(t *testing.T) {
	var circle []point
	for k := range 13 {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / 12)
		circle = append(circle, point{cos, sin})
	}
	line := spline([]point{circle[0]}, circle)
	inner := line[curveSteps : len(line)-curveSteps] // the ends have no neighbor
	for k, p := range inner {
		require.InDelta(t, 1, math.Hypot(p.x, p.y), 2e-3)
		if k >= 2 {
			a, b := inner[k-2], inner[k-1]
			turn := math.Atan2(p.y-b.y, p.x-b.x) - math.Atan2(b.y-a.y, b.x-a.x)
			turn = math.Remainder(turn, 2*math.Pi)
			require.InDelta(t, 2*math.Pi/12/curveSteps, turn, 0.03)
		}
	}
}

func TestTrace(t *testing.T) {
	// A horizontal line through the centers of row 10.
	var page sheet
	page.trace([]point{{5, 10.5}, {20, 10.5}}, 1.5, 1)
	at := func(i, j int) float64 { return page.ink[i*digitSide+j] }
	for j := 6; j < 19; j++ {
		assert.Equal(t, 1.0, at(10, j))
		assert.Equal(t, 1.0, at(11, j), "1 away, the edge begins")
		assert.InDelta(t, at(9, j), at(11, j), 1e-12)
		assert.Zero(t, at(12, j), "2 away, it ends")
	}
	total := 0.0
	for _, v := range page.ink {
		require.GreaterOrEqual(t, v, 0.0)
		require.LessOrEqual(t, v, 1.0)
		total += v
	}
	// The area of a strip with round ends, whose soft edge is centered.
	assert.InDelta(t, 15*3+math.Pi*1.5*1.5, total, 1.5)

	// Shifted by half a pixel, rows beside the edge are half covered.
	page = sheet{}
	page.trace([]point{{5, 10}, {20, 10}}, 1.5, 1)
	assert.InDelta(t, 1, at(10, 12), 1e-12)
	assert.InDelta(t, 0.5, at(11, 12), 1e-12)
	assert.Zero(t, at(12, 12))

	// A dot, and lines that leave the page.
	page = sheet{}
	page.trace([]point{{3.5, 4.5}, {3.5, 4.5}}, 1, 0.5)
	assert.Equal(t, 1.0, at(4, 3))
	page.trace([]point{{-50, -40}, {70, 90}}, 2, 1)
	page.trace([]point{{-50, -40}, {-10, 90}}, 2, 1)
	page.trace([]point{{40, 0}, {60, 27}}, 2, 1)
	for _, v := range page.ink {
		require.False(t, math.IsNaN(v))
	}
}

func TestPlacementOfACenteredForm(t *testing.T) {
	// On average a form is upright and in the middle of the page.
	source := random.Source(1)
	const n = 20_000
	var center, up point
	for range n {
		p := newPlacement(source)
		line := []point{{0, 0}, {0, -1}}
		p.waveX.height, p.waveY.height = 0, 0
		p.apply(line)
		center.x += line[0].x / n
		center.y += line[0].y / n
		up.x += (line[1].x - line[0].x) / n
		up.y += (line[1].y - line[0].y) / n
		require.InDelta(t, digitSide/2, line[0].x, maxShift)
		require.InDelta(t, digitSide/2, line[0].y, maxShift)
	}
	// A shift has variance maxShift²/6, and 4 standard errors are 0.04.
	assert.InDelta(t, digitSide/2, center.x, 0.04)
	assert.InDelta(t, digitSide/2, center.y, 0.04)
	assert.InDelta(t, 0, up.x, 0.1)
	assert.InDelta(t, -digitHeight, up.y, 0.03*digitHeight)
}

func TestAround(t *testing.T) {
	source := random.Source(2)
	x := make([]float64, 100_000)
	for i := range x {
		x[i] = around(source, 3)
		require.LessOrEqual(t, math.Abs(x[i]), 3.0)
	}
	requireMoments(t, x, 0, 9./6, -0.6) // a triangular distribution
}
