package langevin_test

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"
)

// harmonic is a model whose sample i has the loss Σⱼ (hⱼ/2)(θⱼ − cᵢⱼ)². The mean of cᵢⱼ
// over all samples is 0 and its variance, with N − 1, is spread²: the gradient of the
// mean loss is hⱼθⱼ, and that of a sample differs from it by a variance hⱼ²·spread².
type harmonic struct {
	curvatures []float32
	centers    []float32 // N × P
	samples    int
}

// newHarmonic returns one for a number of samples, at least 2, or 1 with spread 0.
func newHarmonic(samples int, spread float64, curvatures ...float32) *harmonic {
	h := &harmonic{curvatures: curvatures, samples: samples, centers: make([]float32, samples*len(curvatures))}
	random := rand.New(rand.NewPCG(1, 2))
	column := make([]float64, samples)
	for j := range curvatures {
		for i := range column {
			column[i] = random.NormFloat64()
		}
		if samples > 1 {
			mean, deviation := stat.MeanStdDev(column, nil)
			for i, x := range column {
				h.centers[i*len(curvatures)+j] = float32(spread * (x - mean) / deviation)
			}
		}
	}
	return h
}

// equal returns n times the same curvature.
func equal(n int, curvature float32) []float32 {
	c := make([]float32, n)
	for i := range c {
		c[i] = curvature
	}
	return c
}

func (h *harmonic) Samples() int { return h.samples }
func (h *harmonic) Params() int  { return len(h.curvatures) }

func (h *harmonic) Gradient(dst, params []float32, samples []int) (loss float64) {
	clear(dst)
	for _, i := range samples {
		center := h.centers[i*len(params) : (i+1)*len(params)]
		for j, x := range params {
			d := x - center[j]
			dst[j] += h.curvatures[j] * d
			loss += float64(h.curvatures[j] * d * d / 2)
		}
	}
	share := 1 / float32(len(samples))
	for j := range dst {
		dst[j] *= share
	}
	return loss * float64(share)
}

func meanSquare(numbers []float32) (sum float64) {
	for _, x := range numbers {
		sum += float64(x) * float64(x)
	}
	return sum / float64(len(numbers))
}
