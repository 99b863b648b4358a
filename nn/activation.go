package nn

import "math"

// ReLU replaces each negative number by zero. NaN stays NaN.
type ReLU struct{}

// String returns the layer's name.
func (ReLU) String() string { return "ReLU" }

func (ReLU) resolve(input []int) (operation, error) {
	return operation{kind: kindReLU, input: input, output: input}, nil
}

// Tanh replaces each number by its hyperbolic tangent, computed in float64
// and rounded.
type Tanh struct{}

// String returns the layer's name.
func (Tanh) String() string { return "Tanh" }

func (Tanh) resolve(input []int) (operation, error) {
	return operation{kind: kindTanh, input: input, output: input}, nil
}

// A reluStep evaluates a ReLU layer. Its dst may be the src that it is given.
type reluStep struct{ dst []float32 }

func (s *reluStep) load([]float32) {}

func (s *reluStep) apply(src []float32) []float32 {
	dst := s.dst[:len(src)]
	for i, v := range src {
		dst[i] = max(v, 0)
	}
	return dst
}

// A tanhStep evaluates a Tanh layer. Its dst may be the src that it is given.
type tanhStep struct{ dst []float32 }

func (s *tanhStep) load([]float32) {}

func (s *tanhStep) apply(src []float32) []float32 {
	dst := s.dst[:len(src)]
	for i, v := range src {
		dst[i] = float32(math.Tanh(float64(v)))
	}
	return dst
}
