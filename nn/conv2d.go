package nn

import (
	"fmt"

	"github.com/trajens/trajens/nn/internal/engine"
)

// Conv2D is a two-dimensional convolution (in truth a cross-correlation, as
// everywhere in the field) of an image [in, height, width] with square
// kernels. Its weight is [Channels, in, Kernel, Kernel], row-major, its bias
// [Channels]; the output is [Channels, h, w] with
// h = (height + 2 Padding − Kernel) / Stride + 1, floored, and w likewise.
type Conv2D struct {
	Channels int  // channels of the output, at least 1
	Kernel   int  // height and width of the kernel, at least 1
	Stride   int  // 0 means 1
	Padding  int  // rows and columns of zeros on each side, at least 0
	NoBias   bool // leave the bias out
}

// String returns the layer and its settings.
func (l Conv2D) String() string {
	text := fmt.Sprintf("Conv2D(%d, %d×%d", l.Channels, l.Kernel, l.Kernel)
	if l.Stride != 0 && l.Stride != 1 {
		text += fmt.Sprintf(", stride %d", l.Stride)
	}
	if l.Padding != 0 {
		text += fmt.Sprintf(", padding %d", l.Padding)
	}
	if l.NoBias {
		text += ", no bias"
	}
	return text + ")"
}

func (l Conv2D) resolve(input []int) (engine.Operation, error) {
	for _, field := range []struct {
		name       string
		value, low int
	}{{"Channels", l.Channels, 1}, {"Kernel", l.Kernel, 1}, {"Stride", l.Stride, 0}, {"Padding", l.Padding, 0}} {
		if err := checkField(field.name, field.value, field.low); err != nil {
			return engine.Operation{}, err
		}
	}
	if err := checkImage(input); err != nil {
		return engine.Operation{}, err
	}
	op := engine.NewConv2D(input, l.Channels, l.Kernel, max(l.Stride, 1), l.Padding, !l.NoBias)
	if op.Output[1] < 1 || op.Output[2] < 1 {
		return engine.Operation{}, fmt.Errorf("the input %s with padding %d is smaller than the kernel %d×%d", formatShape(input), l.Padding, l.Kernel, l.Kernel)
	}
	return op, nil
}
