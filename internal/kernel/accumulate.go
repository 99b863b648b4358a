package kernel

// Accumulate adds numbers to sums of more precision:
//
//	Dst[i] += X[i]
type Accumulate struct {
	Dst []float64
	X   []float32 // as many
}

func (k *Accumulate) check() {
	if len(k.X) != len(k.Dst) {
		panic("kernel: lengths of Accumulate differ")
	}
}

func accumulateGo(k *Accumulate) {
	dst := k.Dst[:len(k.X)]
	for i, x := range k.X {
		dst[i] += float64(x)
	}
}
