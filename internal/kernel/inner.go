package kernel

// Inner is the inner product of two vectors, in sums of float32 whose number and
// order the length alone decides:
//
//	Sum = Σ_i X[i] · Y[i]
type Inner struct {
	X, Y []float32 // as many
	Sum  float32   // the result
}

func (k *Inner) check() {
	if len(k.Y) != len(k.X) {
		panic("kernel: lengths of Inner differ")
	}
}

func innerGo(k *Inner) {
	var s0, s1, s2, s3 float32
	x, y := k.X, k.Y[:len(k.X)]
	for len(x) >= 4 && len(y) >= 4 {
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		s0 += v * y[i]
	}
	k.Sum = (s0 + s1) + (s2 + s3)
}
