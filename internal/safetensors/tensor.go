package safetensors

import (
	"fmt"
	"math"
)

// A Tensor is an array with a name, row-major.
type Tensor struct {
	Name string
	// Shape has the lengths of the dimensions, each at least 0. It is empty
	// for a single number.
	Shape []int
	// Data is []float32 or []float64, of as many elements as the shape has.
	Data any
}

// A dtype is a type of elements: its name in the format and its size in bytes.
type dtype struct {
	name string
	size int
}

var (
	f64  = dtype{"F64", 8}
	f32  = dtype{"F32", 4}
	f16  = dtype{"F16", 2}
	bf16 = dtype{"BF16", 2}
)

var dtypes = []dtype{f64, f32, f16, bf16}

// dtype returns the type of the elements and how many there are.
func (t Tensor) dtype() (dtype, int, error) {
	switch data := t.Data.(type) {
	case []float32:
		return f32, len(data), nil
	case []float64:
		return f64, len(data), nil
	}
	return dtype{}, 0, fmt.Errorf("safetensors: tensor %q has data of type %T, want []float32 or []float64", t.Name, t.Data)
}

// elements returns how many elements a shape has, or false if they are more
// than an int counts.
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

// half returns the number that 16 bits are in IEEE 754's binary16: a sign, 5
// bits of exponent, 10 of fraction.
func half(bits uint16) float32 {
	sign := uint32(bits>>15) << 31
	exponent, fraction := int(bits>>10&0x1f), uint32(bits&0x3ff)
	switch exponent {
	case 0: // zero, or below the smallest normal number
		x := float32(fraction) * (1.0 / (1 << 24)) // exact
		return math.Float32frombits(sign | math.Float32bits(x))
	case 0x1f: // an infinity, or NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | uint32(exponent-15+127)<<23 | fraction<<13)
}

// brain returns the number that 16 bits are in bfloat16: the upper half of a
// float32.
func brain(bits uint16) float32 { return math.Float32frombits(uint32(bits) << 16) }
