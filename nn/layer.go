package nn

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Layer is one step of a Network: Dense, Conv2D, MaxPool2D, ReLU, Tanh or
// Flatten. The set is closed, because a network is planned as a whole before
// it is evaluated.
type Layer interface {
	fmt.Stringer

	// resolve checks the layer against the shape of its input and returns
	// what is to be computed. The error is without prefix.
	resolve(input []int) (operation, error)
}

type kind uint8

const (
	kindDense kind = iota
	kindConv2D
	kindMaxPool2D
	kindReLU
	kindTanh
	kindFlatten
)

// An operation is a layer whose shapes are known.
type operation struct {
	kind                    kind
	input, output           []int
	kernel, stride, padding int   // Conv2D, MaxPool2D
	weight                  []int // shape of the weight, nil if there is none
	bias                    int   // length of the bias, 0 if there is none
	weightAt, biasAt        int   // offsets in the parameter vector, set by NewNetwork
	multiplyAdds            int
}

// product returns the number of elements of a shape, or -1 if it overflows.
func product(shape ...int) int {
	size := 1
	for _, n := range shape {
		if size > math.MaxInt/n {
			return -1
		}
		size *= n
	}
	return size
}

// window returns the length of the output of a sliding window: floored, as in
// PyTorch. It is below 1 if the window does not fit.
func window(length, kernel, stride, padding int) int {
	if length+2*padding < kernel {
		return 0
	}
	return (length+2*padding-kernel)/stride + 1
}

func formatShape(shape []int) string {
	text := make([]string, len(shape))
	for i, n := range shape {
		text[i] = strconv.Itoa(n)
	}
	return strings.Join(text, "×")
}

func checkField(name string, value, low int) error {
	const high = math.MaxInt32 // sums and products of two stay far from overflow
	if value < low || value > high {
		return fmt.Errorf("%s = %d, want %d to %d", name, value, low, high)
	}
	return nil
}

func checkImage(input []int) error {
	if len(input) != 3 {
		return fmt.Errorf("the input is %s, want an image, channels×height×width", formatShape(input))
	}
	return nil
}
