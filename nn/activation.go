package nn

import "github.com/trajens/trajens/nn/internal/engine"

// ReLU replaces each negative number by zero. NaN stays NaN.
type ReLU struct{}

// String returns the layer's name.
func (ReLU) String() string { return "ReLU" }

func (ReLU) resolve(input []int) (engine.Operation, error) {
	return engine.NewActivation(engine.KindReLU, input), nil
}

// Tanh replaces each number by its hyperbolic tangent, computed in float64
// and rounded.
type Tanh struct{}

// String returns the layer's name.
func (Tanh) String() string { return "Tanh" }

func (Tanh) resolve(input []int) (engine.Operation, error) {
	return engine.NewActivation(engine.KindTanh, input), nil
}
