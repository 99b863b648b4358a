package simplex

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/floats"
)

// flat is the height of a vertex, relative to its distance from the origin of the
// hull, below which rounding leaves nothing of it.
const flat = 0x1p-50

// A hull is the affine hull of some vertices: an origin, which is one of them, and an
// orthonormal basis of the differences from it. All sums are float64, in which
// differences of float32 numbers are exact unless one is 2²⁹ times the other.
type hull struct {
	origin []float32
	basis  [][]float64
	count  int     // of the vertices
	size   float64 // the largest distance of a vertex from the origin, or the norm of a lone origin, or 1 if that is 0
	log    float64 // of the volume of the simplex of the vertices; 0 for one
	rest   []float64
}

func newHull(vertices [][]float32) *hull {
	h := &hull{origin: vertices[0], count: 1, rest: make([]float64, len(vertices[0]))}
	for _, x := range h.origin {
		h.size = math.Hypot(h.size, float64(x))
	}
	if len(vertices) > 1 {
		h.size = 0
	}
	for _, vertex := range vertices[1:] {
		h.add(vertex)
	}
	h.size = cmp.Or(h.size, 1)
	return h
}

// add adds a vertex: the volume of a simplex of d dimensions is that of its base times
// the height above it, divided by d.
func (h *hull) add(vertex []float32) {
	height, distance := h.height(vertex)
	h.size = max(h.size, distance)
	h.log += math.Log(height) - math.Log(float64(h.count))
	h.count++
	if height > 0 {
		direction := make([]float64, len(h.rest))
		floats.ScaleTo(direction, 1/height, h.rest)
		h.basis = append(h.basis, direction)
	}
}

// height returns the distance of a vertex from the hull and from its origin, and leaves
// the perpendicular from the hull to the vertex in rest. The Gram–Schmidt process is done
// twice, after which the perpendicular is orthogonal to the basis up to roundings
// however flat the simplex is (Giraud, Langou, Rozložník, van den Eshof, Numerische
// Mathematik 101, 87 (2005)).
func (h *hull) height(vertex []float32) (height, distance float64) {
	for i, x := range vertex {
		h.rest[i] = float64(x) - float64(h.origin[i])
	}
	distance = floats.Norm(h.rest, 2)
	for range 2 {
		for _, direction := range h.basis {
			floats.AddScaled(h.rest, -floats.Dot(direction, h.rest), direction)
		}
	}
	height = floats.Norm(h.rest, 2)
	if height <= flat*distance {
		clear(h.rest)
		height = 0
	}
	return height, distance
}
