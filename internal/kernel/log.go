package kernel

import "math"

// Log replaces numbers by their natural logarithms:
//
//	X[i] = ln X[i]
//
// The machine code has it right to 1 unit in the last place for numbers from 2⁻¹⁰²²
// to the largest. Any other may become anything; the rest do not depend on it.
type Log struct {
	X []float64
}

func logGo(k *Log) {
	for i, x := range k.X {
		k.X[i] = math.Log(x)
	}
}
