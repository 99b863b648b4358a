package npz

import (
	"fmt"
	"math"
	"slices"
)

// An Array is an array with a name, row-major.
type Array struct {
	Name string
	// Shape has the lengths of the dimensions, each at least 0. It is empty
	// for a single number.
	Shape []int
	// Data is []float32, []float64, []int64 or []byte, of as many elements as
	// the shape has.
	Data any
}

// A kind is a type of elements: its name in the format, and its size in bytes.
type kind struct {
	descr string
	size  int
}

var (
	float32Kind = kind{"<f4", 4}
	float64Kind = kind{"<f8", 8}
	int64Kind   = kind{"<i8", 8}
	byteKind    = kind{"|u1", 1}
)

var kinds = []kind{float32Kind, float64Kind, int64Kind, byteKind}

// kind returns the kind of the data and how many elements there are.
func (a Array) kind() (kind, int, error) {
	switch data := a.Data.(type) {
	case []float32:
		return float32Kind, len(data), nil
	case []float64:
		return float64Kind, len(data), nil
	case []int64:
		return int64Kind, len(data), nil
	case []byte:
		return byteKind, len(data), nil
	}
	return kind{}, 0, fmt.Errorf("npz: array %q has data of type %T, want []float32, []float64, []int64 or []byte", a.Name, a.Data)
}

// elements returns how many elements a shape has, or false if it is not a
// shape or they are more than an int counts.
func elements(shape []int) (int, bool) {
	n := 1
	for _, length := range shape {
		if length < 0 || (length > 0 && n > math.MaxInt/length) {
			return 0, false
		}
		n *= length
	}
	return n, true
}

// matches tells whether a shape is as wanted, where −1 stands for any length.
func matches(shape, want []int) bool {
	return slices.EqualFunc(shape, want, func(have, want int) bool { return want == -1 || have == want })
}
