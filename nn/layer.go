package nn

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/trajens/trajens/nn/internal/engine"
)

// A Layer is one step of a Network: Dense, GroupedDense, Conv2D, MaxPool2D,
// ReLU, Tanh or Flatten. The set is closed, because a network is planned as a whole before
// it is evaluated.
type Layer interface {
	fmt.Stringer

	// resolve checks the layer against the shape of its input and returns
	// what is to be computed. The error is without prefix.
	resolve(input []int) (engine.Operation, error)
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
