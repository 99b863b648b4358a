package simplex

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// A Complex is a set of simplexes whose vertices are models: vectors of parameters. Two
// simplexes that share vertices are joined there. It may be read by several goroutines
// at once, while none changes it.
type Complex struct {
	vertices  [][]float32
	simplexes [][]int // the numbers of their vertices, in the order in which they were added
}

// New returns the complex of some trained models, the modes, each a simplex of its own:
// simplex i has the one vertex i. They are copied. There must be at least one, all have
// as many parameters, and these are finite.
func New(modes [][]float32) (*Complex, error) {
	if len(modes) == 0 {
		return nil, errors.New("simplex: there are no modes")
	}
	c := new(Complex)
	for i, mode := range modes {
		if err := checkModel(mode, len(modes[0])); err != nil {
			return nil, fmt.Errorf("simplex: mode %d %w", i, err)
		}
		c.vertices = append(c.vertices, slices.Clone(mode))
		c.simplexes = append(c.simplexes, []int{i})
	}
	return c, nil
}

// FromVertices returns the complex of some vertices and of the simplexes whose vertices
// are listed by number: what Vertex and Simplexes gave of a complex that was saved, or a
// structure that SPRO is to fill in. The vertices are as in New, and both are copied.
func FromVertices(vertices [][]float32, simplexes [][]int) (*Complex, error) {
	c, err := New(vertices)
	if err != nil {
		return nil, err
	}
	if len(simplexes) == 0 {
		return nil, errors.New("simplex: there are no simplexes")
	}
	c.simplexes = nil
	for _, simplex := range simplexes {
		if err := c.AddSimplex(simplex...); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func checkModel(model []float32, params int) error {
	if len(model) != params || params == 0 {
		return fmt.Errorf("has %d parameters, want %d, at least 1", len(model), params)
	}
	if at := slices.IndexFunc(model, func(x float32) bool { return x-x != 0 }); at >= 0 {
		return fmt.Errorf("has the parameter %d = %v, want a finite number", at, model[at])
	}
	return nil
}

// Params returns the number of parameters of a model.
func (c *Complex) Params() int { return len(c.vertices[0]) }

// Len returns the number of vertices: the modes, in their order, and then those that
// SPRO added.
func (c *Complex) Len() int { return len(c.vertices) }

// Vertex returns vertex i, from 0. The slice is a view: the caller must not change it.
func (c *Complex) Vertex(i int) []float32 { return c.vertices[i] }

// Simplexes returns the vertices of each simplex. The slices are copies.
func (c *Complex) Simplexes() [][]int {
	all := make([][]int, len(c.simplexes))
	for i, simplex := range c.simplexes {
		all[i] = slices.Clone(simplex)
	}
	return all
}

// AddSimplex adds a simplex of vertices that the complex has, such as one that joins
// two connecting points that grew in different simplexes.
func (c *Complex) AddSimplex(vertices ...int) error {
	if len(vertices) == 0 {
		return errors.New("simplex: the simplex to add has no vertices")
	}
	for i, v := range vertices {
		if v < 0 || v >= c.Len() {
			return fmt.Errorf("simplex: vertex %d of the simplex to add, want 0 to %d", v, c.Len()-1)
		}
		if slices.Contains(vertices[:i], v) {
			return fmt.Errorf("simplex: vertex %d is twice in the simplex to add", v)
		}
	}
	c.simplexes = append(c.simplexes, slices.Clone(vertices))
	return nil
}

// LogVolume returns the natural logarithm of the volume of the complex: the sum of those
// of its simplexes of the highest dimension, beside which the others have none.
func (c *Complex) LogVolume() float64 { return logVolume(c.vertices, c.simplexes) }

func logVolume(vertices [][]float32, simplexes [][]int) float64 {
	most := 0
	for _, simplex := range simplexes {
		most = max(most, len(simplex))
	}
	var logs []float64
	for _, simplex := range simplexes {
		if len(simplex) == most {
			logs = append(logs, LogVolume(choose(vertices, simplex)))
		}
	}
	return logSum(logs)
}

// logSum returns the logarithm of the sum of numbers given as logarithms.
func logSum(logs []float64) float64 {
	if slices.Max(logs) == math.Inf(-1) {
		return math.Inf(-1)
	}
	return floats.LogSumExp(logs)
}

// choose returns the vertices of a simplex.
func choose(vertices [][]float32, simplex []int) [][]float32 {
	chosen := make([][]float32, len(simplex))
	for i, v := range simplex {
		chosen[i] = vertices[v]
	}
	return chosen
}
