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

// A maxPoolStep evaluates a MaxPool2D layer on [height, width, channels].
type maxPoolStep struct {
	op  operation
	dst []float32
}

func newMaxPoolStep(op operation) *maxPoolStep {
	return &maxPoolStep{op: op, dst: make([]float32, product(op.output...))}
}

func (s *maxPoolStep) load([]float32) {}

func (s *maxPoolStep) apply(src []float32) []float32 {
	channels, width := s.op.output[0], s.op.output[2]
	rowLength := s.op.input[2] * channels
	for at, dst := 0, s.dst; len(dst) > 0; at, dst = at+1, dst[channels:] {
		corner := src[at/width*s.op.stride*rowLength+at%width*s.op.stride*channels:]
		best := dst[:channels]
		copy(best, corner)
		for y := range s.op.kernel {
			row := corner[y*rowLength:]
			for x := range s.op.kernel {
				if x+y > 0 {
					maximum(best, row[x*channels:])
				}
			}
		}
	}
	return s.dst
}

// maximum sets each element of dst to the greater of it and that of src; the
// built-in max returns NaN if one of the two is NaN.
func maximum(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = max(dst[i], v)
	}
}
