package kernel

import "math"

// Exp is the exponential function:
//
//	Dst[i] = exp(X[i])
//
// The machine code has it right to 2 units in the last place where |X[i]| ≤ 708; all
// else is math.Exp's. Dst and X must not overlap.
type Exp struct {
	Dst []float64
	X   []float64 // as many, a multiple of Lanes
}

// expMost is how large a number is whose exponential the machine code computes.
const expMost = 708

func (k *Exp) check() {
	if len(k.X) != len(k.Dst) || len(k.X)%Lanes != 0 {
		panic("kernel: lengths of Exp differ or are no multiple of Lanes")
	}
}

func expGo(k *Exp) {
	for i, x := range k.X {
		k.Dst[i] = math.Exp(x)
	}
}

// mend replaces what the machine code cannot have.
func (k *Exp) mend() {
	for i, x := range k.X {
		if !(math.Abs(x) <= expMost) {
			k.Dst[i] = math.Exp(x)
		}
	}
}
