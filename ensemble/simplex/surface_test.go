package simplex

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

func TestPath(t *testing.T) {
	c := complexOf(t, []float32{0}, []float32{1}, []float32{2}, []float32{3}, []float32{4}, []float32{5})
	c.simplexes = [][]int{{0, 3}, {1, 3, 4}, {2, 4}, {5}}
	for _, test := range []struct {
		from, to int
		want     []int
	}{{0, 1, []int{0, 3, 1}}, {0, 2, []int{0, 3, 4, 2}}, {3, 4, []int{3, 4}}, {2, 2, []int{2}}} {
		path, err := c.Path(test.from, test.to)
		require.NoError(t, err)
		assert.Equal(t, test.want, path)
	}
	_, err := c.Path(0, 5)
	assert.ErrorContains(t, err, "no path from vertex 0 to vertex 5")
	_, err = c.Path(0, 6)
	assert.ErrorContains(t, err, "vertex 6 of a path, want 0 to 5")
}

func square(model []float32) float64 {
	sum := 0.0
	for _, x := range model {
		sum += float64(x) * float64(x)
	}
	return sum
}

func TestAlong(t *testing.T) {
	line, err := Along([][]float32{{0, 0}, {3, 4}, {3, 0}}, 4, square)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{0, 1.25, 2.5, 3.75, 5, 6, 7, 8, 9}, line.Distance, 1e-12)
	assert.InDeltaSlice(t, []float64{0, 25. / 16, 25. / 4, 225. / 16, 25, 18, 13, 10, 9}, line.Loss, 1e-5)
	assert.Equal(t, []int{0, 4, 8}, line.Corners)
	assert.Equal(t, 25.0, line.Highest())
	for text, err := range map[string]error{
		"a path of 1 models":               second(Along([][]float32{{1}}, 4, square)),
		"n = 0, want at least 1":           second(Along([][]float32{{1}, {2}}, 0, square)),
		"the loss is nil":                  second(Along([][]float32{{1}, {2}}, 1, nil)),
		"model 1 of the path has 2 params": second(Along([][]float32{{1}, {2, 3}}, 1, square)),
	} {
		assert.ErrorContains(t, err, text[:len(text)-1])
	}
}

// Coordinates of a plane are distances, and its corners are the models.
func TestPlane(t *testing.T) {
	models := randomVertices(rand.New(rand.NewPCG(1, 2)), 3, 20, 1)
	plane, err := NewPlane(models[0], models[1], models[2])
	require.NoError(t, err)
	point, other := make([]float32, 20), make([]float32, 20)
	for i, corner := range plane.Corners {
		plane.Point(point, corner[0], corner[1])
		for k, x := range models[i] {
			assert.InDelta(t, x, point[k], 1e-6)
		}
	}
	plane.Point(point, -1.5, 2)
	plane.Point(other, 3, -4)
	assert.InDelta(t, 7.5, math.Exp(LogVolume([][]float32{point, other})), 1e-5)
	assert.False(t, plane.Contains(-1.5, 2))
	center := [2]float64{(plane.Corners[1][0] + plane.Corners[2][0]) / 3, plane.Corners[2][1] / 3}
	assert.True(t, plane.Contains(center[0], center[1]))
	assert.False(t, plane.Contains(center[0], -1e-9))

	for text, err := range map[string]error{
		"are on one line":              second(NewPlane([]float32{0, 0}, []float32{1, 1}, []float32{2, 2})),
		"on one line":                  second(NewPlane([]float32{1, 1}, []float32{1, 1}, []float32{2, 3})),
		"model 2 of the plane has 1 p": second(NewPlane([]float32{1, 1}, []float32{1, 2}, []float32{2})),
	} {
		assert.ErrorContains(t, err, text)
	}
}

func TestGrid(t *testing.T) {
	// The plane z = 2 with the first model at (1, 0) and y turned over.
	plane, err := NewPlane([]float32{1, 0, 2}, []float32{4, 0, 2}, []float32{2, -1, 2})
	require.NoError(t, err)
	assert.Equal(t, [3][2]float64{{0, 0}, {3, 0}, {1, 1}}, plane.Corners)
	grid, err := plane.Grid(5, 0.5, square)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{-1.5, 0, 1.5, 3, 4.5}, grid.X, 1e-12)
	assert.InDeltaSlice(t, []float64{-1.5, -0.5, 0.5, 1.5, 2.5}, grid.Y, 1e-12)
	for i, y := range grid.Y {
		for j, x := range grid.X {
			assert.InDelta(t, (1+x)*(1+x)+y*y+4, grid.Loss[i][j], 1e-4)
		}
	}
	for text, err := range map[string]error{
		"n = 1, want at least 2":    second(plane.Grid(1, 0, square)),
		"margin = -1, want 0 to":    second(plane.Grid(2, -1, square)),
		"margin = NaN, want 0 to 1": second(plane.Grid(2, math.NaN(), square)),
		"the loss is nil":           second(plane.Grid(2, 0, nil)),
	} {
		assert.ErrorContains(t, err, text)
	}
}

func TestMeanLoss(t *testing.T) {
	points, err := data.NewTargets([]float32{0, 1, 2}, []int{1}, []float32{0, 1, 5})
	require.NoError(t, err)
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	assert.InDelta(t, 9./6, MeanLoss(losses)([]float32{1, 0}), 1e-12)
}
