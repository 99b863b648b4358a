package kernel

import "math"

// Exp replaces numbers that are at most 708 by their exponentials:
//
//	X[i] = exp(X[i])
//
// The machine code takes exp below −708 as 0, and has it right to 2 units in the
// last place. A number above 708, or NaN, may become anything; others do not depend
// on it.
type Exp struct {
	X []float64
}

func expGo(k *Exp) {
	for i, x := range k.X {
		k.X[i] = math.Exp(x)
	}
}
