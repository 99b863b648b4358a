package nn

import (
	"errors"
	"fmt"

	"github.com/trajens/trajens/nn/internal/engine"
)

// GroupedDense is a fully connected layer within each of some groups: the vector
// that comes in is cut into Groups equal parts, one after the other, and so is that
// which goes out; each output is computed from the part of its group. So several
// small networks side by side are one network. Its weight is [Outputs, inputs of a
// group], row-major, its bias [Outputs]: those of PyTorch's nn.Conv1d of length 1
// with as many groups.
//
// The vector must not be the Flatten of an image that a convolution or a pooling
// gave, unless that has one pixel or one channel.
type GroupedDense struct {
	Outputs int  // of all groups together, a multiple of Groups
	Groups  int  // at least 1
	NoBias  bool // leave the bias out
}

// String returns the layer and its settings.
func (l GroupedDense) String() string {
	text := fmt.Sprintf("GroupedDense(%d, groups %d", l.Outputs, l.Groups)
	if l.NoBias {
		text += ", no bias"
	}
	return text + ")"
}

func (l GroupedDense) resolve(input []int) (engine.Operation, error) {
	if err := checkField("Outputs", l.Outputs, 1); err != nil {
		return engine.Operation{}, err
	}
	if err := checkField("Groups", l.Groups, 1); err != nil {
		return engine.Operation{}, err
	}
	if len(input) != 1 {
		return engine.Operation{}, fmt.Errorf("the input is %s, want a vector: add Flatten before this layer", formatShape(input))
	}
	if l.Outputs%l.Groups != 0 || input[0]%l.Groups != 0 {
		return engine.Operation{}, fmt.Errorf("%d inputs and %d outputs, want multiples of the %d groups", input[0], l.Outputs, l.Groups)
	}
	return engine.NewGroupedDense(input, l.Outputs, l.Groups, !l.NoBias), nil
}

// checkGrouped returns an error if the vector that a GroupedDense would read is an
// image, which the engine keeps with its channels last.
func (n *Network) checkGrouped(op engine.Operation) error {
	if op.Kind != engine.KindGroupedDense {
		return nil
	}
	for i := len(n.program.Operations) - 1; i >= 0; i-- {
		switch before := n.program.Operations[i]; before.Kind {
		case engine.KindReLU, engine.KindTanh, engine.KindFlatten:
		case engine.KindConv2D, engine.KindMaxPool2D:
			if out := before.Output; out[0] > 1 && out[1]*out[2] > 1 {
				return errors.New("the input is the Flatten of an image, want what a dense layer gives")
			}
			return nil
		default:
			return nil
		}
	}
	return nil
}
