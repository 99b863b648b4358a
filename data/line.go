package data

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// Line returns the problem of the one-dimensional linear perceptron (Mair,
// Causer, Garrahan, arXiv:2306.13442, appendix B 1):
//
//	yᵢ = m xᵢ + c,   xᵢ ~ U(0, 1),   m ~ U(−1, 1),   c ~ U(−2, 0)
//
// with n samples, inputs of shape [1] and one target. Truth is (m, c), the
// parameters of a dense layer with one input and one output in the order
// weight, bias. Noise is the standard deviation of normal noise in the
// targets, which the paper does not have: 0 for none. The error says if the
// machine has no memory for the samples.
func Line(n int, noise float64, source rand.Source) (d *Dataset, truth []float32, err error) {
	if err := checkRegression(n, 1, noise, source); err != nil {
		return nil, nil, err
	}
	m := 2*random.Open(source) - 1
	c := -2 * random.Open(source)
	truth = []float32{float32(m), float32(c)}
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(random.Open(source))
	}
	return respond(x, 1, truth, noise, source)
}

// LinearConfig has the settings of Linear. The zero value has neither bias nor
// noise.
type LinearConfig struct {
	// Bias adds a bias b ~ N(0, 1) to the targets, the last number of the
	// true parameters.
	Bias bool

	// Noise is the standard deviation of normal noise in the targets, 0 or
	// more.
	Noise float64
}

// Linear returns a linear problem in dim dimensions:
//
//	yᵢ = w·xᵢ (+ b),   xᵢ ~ N(0, 1)ᵈⁱᵐ,   w ~ N(0, 1/dim)ᵈⁱᵐ
//
// with n samples, inputs of shape [dim] and one target, so that targets have
// a variance of about 1 (2 with a bias) for any dim. Truth is w, or (w, b)
// with a bias. It stands for the linear problem of section IV A of Mair,
// Causer, Garrahan (arXiv:2306.13442); the distributions are a choice of this
// package and are not taken from there. The error says if the machine has no
// memory for the samples.
func Linear(n, dim int, source rand.Source, config LinearConfig) (d *Dataset, truth []float32, err error) {
	if err := checkRegression(n, dim, config.Noise, source); err != nil {
		return nil, nil, err
	}
	normal := rand.New(source)
	truth = make([]float32, dim, dim+1)
	for k := range truth {
		truth[k] = float32(normal.NormFloat64() / math.Sqrt(float64(dim)))
	}
	if config.Bias {
		truth = append(truth, float32(normal.NormFloat64()))
	}
	x := make([]float32, n*dim)
	for i := range x {
		x[i] = float32(normal.NormFloat64())
	}
	return respond(x, dim, truth, config.Noise, source)
}

func checkRegression(n, dim int, noise float64, source rand.Source) error {
	switch {
	case dim < 1:
		return fmt.Errorf("data: dim = %d, want at least 1", dim)
	case !(noise >= 0) || noise > math.MaxFloat32:
		return fmt.Errorf("data: noise = %v, want a finite number of at least 0", noise)
	case null.Is(source):
		return errNoSource
	}
	return checkMemory(n, fmt.Sprintf("samples of dimension %d", dim), 4*(float64(dim)+1))
}

// respond makes the dataset of inputs x and of the targets that the weights
// and, if there is one number more, the bias in truth give.
func respond(x []float32, dim int, truth []float32, noise float64, source rand.Source) (*Dataset, []float32, error) {
	normal := rand.New(source)
	y := make([]float32, len(x)/dim)
	for i := range y {
		sum := 0.0
		if len(truth) > dim {
			sum = float64(truth[dim])
		}
		for k, v := range x[i*dim : (i+1)*dim] {
			sum += float64(truth[k]) * float64(v)
		}
		if noise > 0 {
			sum += noise * normal.NormFloat64()
		}
		y[i] = float32(sum)
	}
	d, err := NewTargets(x, []int{dim}, y)
	if err != nil {
		return nil, nil, err
	}
	return d, truth, nil
}
