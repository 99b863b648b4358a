package simplex

import (
	"math"
	"math/rand/v2"
)

// lambda returns λₖ for simplexes of a complex that get one more vertex: λ* divided by
// the logarithm of the volume of a random complex of the structure that they then have.
func (c *Complex) lambda(joined [][]int, config Config) float64 {
	if config.Lambda == 0 {
		return 0
	}
	initialize := config.Initialize
	vertices := make([][]float32, c.Len()+1)
	draw := func(v, like int) {
		if vertices[v] != nil {
			return
		}
		vertices[v] = make([]float32, c.Params())
		if initialize != nil {
			initialize(vertices[v], config.Source)
		} else {
			drawLike(vertices[v], c.vertices[like], config.Source)
		}
	}
	grown := make([][]int, len(joined))
	for i, simplex := range joined {
		for _, v := range simplex {
			draw(v, v)
		}
		grown[i] = append(append([]int{}, simplex...), c.Len())
	}
	draw(c.Len(), joined[0][0])
	return config.Lambda / max(1, logVolume(vertices, grown))
}

// drawLike fills dst with normal numbers that have the root mean square of a model.
func drawLike(dst, model []float32, source rand.Source) {
	square := 0.0
	for _, x := range model {
		square += float64(x) * float64(x)
	}
	scale := math.Sqrt(square / float64(len(model)))
	normal := rand.New(source)
	for i := range dst {
		dst[i] = float32(scale * normal.NormFloat64())
	}
}
