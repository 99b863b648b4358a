package kernel

// Transpose turns Lanes rows of numbers, as of weights, into vectors:
//
//	Dst[i·DstRow + l] = X[l·XRow + i]    for i < Length, l < Lanes
//
// It is a copy: the numbers keep their bits. Dst and X must not overlap.
type Transpose struct {
	Dst []float32
	X   []float32

	DstRow int // at least Lanes
	XRow   int // at least 0
	Length int // at least 1
}

func (k *Transpose) check() {
	if k.DstRow < Lanes || k.XRow < 0 || k.Length < 1 {
		panic("kernel: argument of Transpose out of range")
	}
	if len(k.Dst) < (k.Length-1)*k.DstRow+Lanes || len(k.X) < (Lanes-1)*k.XRow+k.Length {
		panic("kernel: slice of Transpose too short")
	}
}

// transposeGo is the twin of the machine code, and does what is too short for
// it.
func transposeGo(k *Transpose) {
	n := k.Length
	r0, r1, r2, r3 := k.X[:n], k.X[k.XRow:][:n], k.X[2*k.XRow:][:n], k.X[3*k.XRow:][:n]
	r4, r5, r6, r7 := k.X[4*k.XRow:][:n], k.X[5*k.XRow:][:n], k.X[6*k.XRow:][:n], k.X[7*k.XRow:][:n]
	for i := range n {
		d := (*[Lanes]float32)(k.Dst[i*k.DstRow:])
		d[0], d[1], d[2], d[3] = r0[i], r1[i], r2[i], r3[i]
		d[4], d[5], d[6], d[7] = r4[i], r5[i], r6[i], r7[i]
	}
}
