package kernel

import "math"

// Log is the natural logarithm:
//
//	Dst[i] = ln X[i]
//
// The machine code has it right to 1 unit in the last place for numbers from 2⁻¹⁰²² to
// the largest; all else is math.Log's. Dst and X must not overlap.
type Log struct {
	Dst []float64
	X   []float64 // as many, a multiple of Lanes
}

func (k *Log) check() {
	if len(k.X) != len(k.Dst) || len(k.X)%Lanes != 0 {
		panic("kernel: lengths of Log differ or are no multiple of Lanes")
	}
}

func logGo(k *Log) {
	for i, x := range k.X {
		k.Dst[i] = math.Log(x)
	}
}

// mend replaces what the machine code cannot have.
func (k *Log) mend() {
	for i, x := range k.X {
		if !(x >= 0x1p-1022 && x <= math.MaxFloat64) {
			k.Dst[i] = math.Log(x)
		}
	}
}
