package main

import (
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// A mixture is the density of two normal distributions, fitted to points:
//
//	p(x) = w N(x; μ₁, σ₁²) + (1 − w) N(x; μ₂, σ₂²)
//
// Its parameters are μ₁, ln σ₁, μ₂, ln σ₂ and ln w/(1 − w), any real numbers.
// The loss of a point is −ln p(x). That is all that tps.Losses asks for.
type mixture struct{ points []float64 }

var (
	names = [...]string{"mean 1", "log width 1", "mean 2", "log width 2", "weight logit"}
	truth = [...]float64{-1.5, math.Log(0.5), 1, 0, -0.4}
)

// newMixture draws n points from the density that has the true parameters.
func newMixture(n int, seed uint64) *mixture {
	rng := rand.New(random.Source(seed))
	m := &mixture{make([]float64, n)}
	for i := range m.points {
		component := truth[2:]
		if rng.Float64() < 1/(1+math.Exp(-truth[4])) {
			component = truth[:2]
		}
		m.points[i] = component[0] + math.Exp(component[1])*rng.NormFloat64()
	}
	return m
}

// Samples implements tps.Losses.
func (m *mixture) Samples() int { return len(m.points) }

// Params implements tps.Losses.
func (m *mixture) Params() int { return len(truth) }

// Losses implements tps.Losses.
func (m *mixture) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, θ := range models {
		weight := 1 / (1 + math.Exp(-float64(θ[4])))
		first, second := newNormal(weight, θ[0], θ[1]), newNormal(1-weight, θ[2], θ[3])
		for j, i := range samples {
			dst[k][j] = -math.Log(first.density(m.points[i]) + second.density(m.points[i]))
		}
	}
}

// A normal is a weighted normal density.
type normal struct{ mean, rate, height float64 }

func newNormal(weight float64, mean, logWidth float32) normal {
	width := math.Exp(float64(logWidth))
	return normal{float64(mean), 1 / (2 * width * width), weight / (width * math.Sqrt(2*math.Pi))}
}

func (n normal) density(x float64) float64 {
	return n.height * math.Exp(-(x-n.mean)*(x-n.mean)*n.rate)
}
