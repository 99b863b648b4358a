package simplex

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// LogVolume returns the natural logarithm of the volume of the simplex that has the given
// vertices, in the unit that the parameters have to the power of its dimension, which is
// one less than the number of vertices. A simplex of one vertex has the volume 1, one
// that is flat the volume 0, whose logarithm is −Inf.
//
// It is the volume of the Cayley–Menger determinant (Benton et al., arXiv 2102.13042),
//
//	V² = (−1)^(d+1) / (2^d (d!)²) · det [0 1ᵀ; 1 D],  D_ij = ‖v_i − v_j‖²,
//
// computed from the edges at the first vertex, whose matrix is factored as Q·R:
// V = |det R|/d!. The determinant itself squares the condition of the edges, so that
// float64 loses a simplex whose heights are 10⁻⁸ of its edges; here the relative error
// is some 10⁻¹⁶ divided by the ratio of the heights to the edges. A vertex that is
// nearer to the hull of those before it than 10⁻¹⁵ of its distance from the first makes
// the simplex flat.
//
// It panics if there are no vertices or their lengths differ.
func LogVolume(vertices [][]float32) float64 {
	checkVertices(vertices)
	return newHull(vertices).log
}

// LogVolumeGradient writes the gradient of the logarithm of the volume with respect to the
// last vertex to dst, which has the length of a vertex, and returns the logarithm.
//
// Only the height h of the vertex above the hull of the others depends on it. With the
// vector h that goes from the hull to the vertex, at right angles to the hull, the
// gradient is h/h²: of length 1/h, away from the hull. Where the volume is 0 it is not
// defined, and LogVolumeGradient writes zeros. It panics as LogVolume does, if there is
// only one vertex, or if dst does not fit.
func LogVolumeGradient(dst []float64, vertices [][]float32) float64 {
	checkVertices(vertices)
	last := len(vertices) - 1
	if last == 0 || len(dst) != len(vertices[0]) {
		panic(fmt.Sprintf("simplex: gradient of %d numbers for %d vertices of %d", len(dst), len(vertices), len(vertices[0])))
	}
	base := newHull(vertices[:last])
	height, _ := base.height(vertices[last])
	clear(dst)
	if height > 0 {
		floats.AddScaled(dst, 1/(height*height), base.rest)
	}
	return base.log + math.Log(height) - math.Log(float64(last))
}

func checkVertices(vertices [][]float32) {
	if len(vertices) == 0 || len(vertices[0]) == 0 {
		panic("simplex: there are no vertices")
	}
	for i, vertex := range vertices {
		if len(vertex) != len(vertices[0]) {
			panic(fmt.Sprintf("simplex: vertex %d has %d numbers, vertex 0 has %d", i, len(vertex), len(vertices[0])))
		}
	}
}
