package nn

import (
	"cmp"
	"fmt"

	"github.com/trajens/trajens/nn/internal/engine"
)

// MaxPool2D takes the maximum over square windows of each channel of an image
// [channels, height, width]. The output is [channels, h, w] with
// h = (height − Kernel) / Stride + 1, floored, so that rows and columns that
// do not fill a window are dropped, as in PyTorch. The maximum of numbers of
// which one is NaN is NaN.
type MaxPool2D struct {
	Kernel int // height and width of the window, at least 1
	Stride int // 0 means Kernel
}

// String returns the layer and its settings.
func (l MaxPool2D) String() string {
	text := fmt.Sprintf("MaxPool2D(%d×%d", l.Kernel, l.Kernel)
	if l.Stride != 0 && l.Stride != l.Kernel {
		text += fmt.Sprintf(", stride %d", l.Stride)
	}
	return text + ")"
}

func (l MaxPool2D) resolve(input []int) (engine.Operation, error) {
	if err := checkField("Kernel", l.Kernel, 1); err != nil {
		return engine.Operation{}, err
	}
	if err := checkField("Stride", l.Stride, 0); err != nil {
		return engine.Operation{}, err
	}
	if err := checkImage(input); err != nil {
		return engine.Operation{}, err
	}
	op := engine.NewMaxPool2D(input, l.Kernel, cmp.Or(l.Stride, l.Kernel))
	if op.Output[1] < 1 || op.Output[2] < 1 {
		return engine.Operation{}, fmt.Errorf("the input %s is smaller than the window %d×%d", formatShape(input), l.Kernel, l.Kernel)
	}
	return op, nil
}
