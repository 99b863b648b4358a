package nn

import (
	"fmt"

	"github.com/trajens/trajens/nn/internal/engine"
)

// Dense is a fully connected layer: output = weight · input + bias, from a
// vector to a vector. Its weight is [Outputs, inputs], row-major, its bias
// [Outputs].
type Dense struct {
	Outputs int  // at least 1
	NoBias  bool // leave the bias out
}

// String returns the layer and its settings.
func (l Dense) String() string {
	text := fmt.Sprintf("Dense(%d", l.Outputs)
	if l.NoBias {
		text += ", no bias"
	}
	return text + ")"
}

func (l Dense) resolve(input []int) (engine.Operation, error) {
	if err := checkField("Outputs", l.Outputs, 1); err != nil {
		return engine.Operation{}, err
	}
	if len(input) != 1 {
		return engine.Operation{}, fmt.Errorf("the input is %s, want a vector: add Flatten before this layer", formatShape(input))
	}
	return engine.NewDense(input, l.Outputs, !l.NoBias), nil
}
