package simplex

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// Points returns n models drawn from the complex: point i is uniform in simplex
// i mod S, S being the number of simplexes, so that each simplex has the same share of
// points up to one, whatever its volume. n is at least 1; source must not be nil.
func (c *Complex) Points(n int, source rand.Source) ([][]float32, error) {
	if n < 1 {
		return nil, fmt.Errorf("simplex: n = %d, want at least 1 point", n)
	}
	if null.Is(source) {
		return nil, errors.New("simplex: the source is nil")
	}
	points := make([][]float32, n)
	for i := range points {
		simplex := c.simplexes[i%len(c.simplexes)]
		weights := make([]float64, len(simplex))
		drawWeights(weights, source)
		points[i] = make([]float32, c.Params())
		mix(points[i], weights, choose(c.vertices, simplex))
	}
	return points, nil
}

// Committee returns the committee of n models drawn by Points, all of the same weight:
// its mean prediction is the average over the complex of Benton et al., arXiv
// 2102.13042.
func (c *Complex) Committee(net *nn.Network, n int, source rand.Source) (*ensemble.Committee, error) {
	points, err := c.Points(n, source)
	if err != nil {
		return nil, err
	}
	return ensemble.New(net, points)
}

// drawWeights fills weights with a draw of the Dirichlet distribution whose parameters
// are all 1: the barycentric coordinates of a uniform point of a simplex. They are
// exponential numbers divided by their sum.
func drawWeights(weights []float64, source rand.Source) {
	sum := 0.0
	for i := range weights {
		weights[i] = -math.Log(random.Open(source))
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
}

// mix writes the weighted sum of vertices to dst.
func mix(dst []float32, weights []float64, vertices [][]float32) {
	for i := range dst {
		sum := 0.0
		for j, w := range weights {
			sum += w * float64(vertices[j][i])
		}
		dst[i] = float32(sum)
	}
}
