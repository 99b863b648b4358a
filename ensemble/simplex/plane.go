package simplex

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// A Plane is the plane through three models, with coordinates x and y in the unit of the
// parameters: the origin is the first model, x goes towards the second, and the third has
// y > 0 (Garipov et al., arXiv 1802.10026).
type Plane struct {
	// Corners are x and y of the three models.
	Corners [3][2]float64

	models [][]float32
}

// NewPlane returns the plane through three models, such as the vertices of a face. They are
// kept, and must be finite, as long as each other, and not on one line.
func NewPlane(first, second, third []float32) (*Plane, error) {
	models := [][]float32{first, second, third}
	for i, model := range models {
		if err := checkModel(model, len(first)); err != nil {
			return nil, fmt.Errorf("simplex: model %d of the plane %w", i, err)
		}
	}
	line := newHull(models[:2])
	height, _ := line.height(third)
	if height == 0 || len(line.basis) == 0 {
		return nil, errors.New("simplex: the three models of the plane are on one line")
	}
	along := 0.0
	for i, direction := range line.basis[0] {
		along += direction * (float64(third[i]) - float64(first[i]))
	}
	return &Plane{Corners: [3][2]float64{{0, 0}, {line.size, 0}, {along, height}}, models: models}, nil
}

// Point writes the model at x and y to dst, which has the length of the models.
func (p *Plane) Point(dst []float32, x, y float64) {
	weights := p.weights(x, y)
	mix(dst, weights[:], p.models)
}

// weights returns the barycentric coordinates of the point at x and y.
func (p *Plane) weights(x, y float64) [3]float64 {
	third := y / p.Corners[2][1]
	second := (x - third*p.Corners[2][0]) / p.Corners[1][0]
	return [3]float64{1 - second - third, second, third}
}

// A Grid is a loss on a rectangle of a plane.
type Grid struct {
	X, Y []float64   // the columns and the rows, ascending
	Loss [][]float64 // Loss[i][j] is the loss at X[j] and Y[i]
}

// Grid returns the loss on a grid of n × n points, n being at least 2, of the smallest
// rectangle that holds the three models and, on each side, a margin that is so many
// times the longer side. loss is called with a vector that it must neither keep nor
// change; what it returns is not checked.
func (p *Plane) Grid(n int, margin float64, loss func(model []float32) float64) (*Grid, error) {
	if n < 2 {
		return nil, fmt.Errorf("simplex: n = %d, want at least 2", n)
	}
	if !(margin >= 0 && margin <= 100) {
		return nil, fmt.Errorf("simplex: margin = %v, want 0 to 100", margin)
	}
	if loss == nil {
		return nil, errors.New("simplex: the loss is nil")
	}
	left, right := min(0, p.Corners[2][0]), max(p.Corners[1][0], p.Corners[2][0])
	top := p.Corners[2][1]
	more := margin * math.Max(right-left, top)
	grid := &Grid{X: spaced(left-more, right+more, n), Y: spaced(-more, top+more, n)}
	model := make([]float32, len(p.models[0]))
	for _, y := range grid.Y {
		row := make([]float64, n)
		for j, x := range grid.X {
			p.Point(model, x, y)
			row[j] = loss(model)
		}
		grid.Loss = append(grid.Loss, row)
	}
	return grid, nil
}

// Contains tells whether x and y are in the triangle of the three models.
func (p *Plane) Contains(x, y float64) bool {
	weights := p.weights(x, y)
	return slices.Min(weights[:]) >= 0
}

// spaced returns n evenly spaced numbers from low to high.
func spaced(low, high float64, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		t := float64(i) / float64(n-1)
		x[i] = (1-t)*low + t*high
	}
	return x
}
