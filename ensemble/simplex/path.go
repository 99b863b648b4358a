package simplex

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Path returns the numbers of the vertices of a shortest way along edges from one vertex
// to another, both included: along each edge all models are in one simplex. Two modes
// are joined by way of a connecting vertex that their simplexes share.
func (c *Complex) Path(from, to int) ([]int, error) {
	for _, v := range []int{from, to} {
		if v < 0 || v >= c.Len() {
			return nil, fmt.Errorf("simplex: vertex %d of a path, want 0 to %d", v, c.Len()-1)
		}
	}
	before := map[int]int{from: from}
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == to {
			path := []int{to}
			for v := to; v != from; {
				v = before[v]
				path = append(path, v)
			}
			slices.Reverse(path)
			return path, nil
		}
		for _, simplex := range c.simplexes {
			if !slices.Contains(simplex, queue[0]) {
				continue
			}
			for _, v := range simplex {
				if _, seen := before[v]; !seen {
					before[v] = queue[0]
					queue = append(queue, v)
				}
			}
		}
	}
	return nil, fmt.Errorf("simplex: no path from vertex %d to vertex %d", from, to)
}

// A Line is a loss along a path of straight pieces.
type Line struct {
	Distance []float64 // from the start of the path, in the unit of the parameters
	Loss     []float64
	Corners  []int // which of the points are vertices of the path
}

// Highest returns the highest loss along the line.
func (l Line) Highest() float64 { return slices.Max(l.Loss) }

// Along returns the loss at n+1 evenly spaced points of each piece of the path through
// models, such as the vertices of Complex.Path, or the two ends of an edge. Corners
// count once. loss is called with a vector that it must neither keep nor change.
func Along(path [][]float32, n int, loss func(model []float32) float64) (Line, error) {
	if len(path) < 2 {
		return Line{}, fmt.Errorf("simplex: a path of %d models, want at least 2", len(path))
	}
	if n < 1 {
		return Line{}, fmt.Errorf("simplex: n = %d, want at least 1", n)
	}
	if loss == nil {
		return Line{}, errors.New("simplex: the loss is nil")
	}
	for i, model := range path {
		if err := checkModel(model, len(path[0])); err != nil {
			return Line{}, fmt.Errorf("simplex: model %d of the path %w", i, err)
		}
	}
	line := Line{Distance: []float64{0}, Loss: []float64{loss(path[0])}, Corners: []int{0}}
	point := make([]float32, len(path[0]))
	start := 0.0
	for i := 1; i < len(path); i++ {
		length := math.Exp(LogVolume(path[i-1 : i+1]))
		for k := 1; k <= n; k++ {
			t := float64(k) / float64(n)
			mix(point, []float64{1 - t, t}, path[i-1:i+1])
			line.Distance = append(line.Distance, start+t*length)
			line.Loss = append(line.Loss, loss(point))
		}
		start += length
		line.Corners = append(line.Corners, len(line.Loss)-1)
	}
	return line, nil
}
