package nn

import "fmt"

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

func (l MaxPool2D) resolve(input []int) (operation, error) {
	if err := checkField("Kernel", l.Kernel, 1); err != nil {
		return operation{}, err
	}
	if err := checkField("Stride", l.Stride, 0); err != nil {
		return operation{}, err
	}
	if err := checkImage(input); err != nil {
		return operation{}, err
	}
	stride := l.Stride
	if stride == 0 {
		stride = l.Kernel
	}
	height, width := window(input[1], l.Kernel, stride, 0), window(input[2], l.Kernel, stride, 0)
	if height < 1 || width < 1 {
		return operation{}, fmt.Errorf("the input %s is smaller than the window %d×%d", formatShape(input), l.Kernel, l.Kernel)
	}
	return operation{
		kind:   kindMaxPool2D,
		input:  input,
		output: []int{input[0], height, width},
		kernel: l.Kernel,
		stride: stride,
	}, nil
}
