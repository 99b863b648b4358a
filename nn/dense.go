package nn

import "fmt"

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

func (l Dense) resolve(input []int) (operation, error) {
	if err := checkField("Outputs", l.Outputs, 1); err != nil {
		return operation{}, err
	}
	if len(input) != 1 {
		return operation{}, fmt.Errorf("the input is %s, want a vector: add Flatten before this layer", formatShape(input))
	}
	op := operation{
		kind:         kindDense,
		input:        input,
		output:       []int{l.Outputs},
		weight:       []int{l.Outputs, input[0]},
		multiplyAdds: product(l.Outputs, input[0]),
	}
	if !l.NoBias {
		op.bias = l.Outputs
	}
	return op, nil
}
