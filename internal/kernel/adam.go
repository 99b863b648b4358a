package kernel

import "math"

// Adam makes a step of that method, of which package nn/descent has the formulas:
//
//	Mean[i] = Beta1 · Mean[i] + Rest1 · Gradient[i]
//	Square[i] = Beta2 · Square[i] + (Rest2 · Gradient[i]) · Gradient[i]
//	Params[i] = Keep · Params[i] − (Step · Mean[i]) / (Scale · √Square[i] + Epsilon)
//
// Each operation is rounded on its own, on all processors.
type Adam struct {
	Params, Gradient, Mean, Square []float32 // of one length

	Beta1, Rest1, Beta2, Rest2, Keep, Step, Scale, Epsilon float32
}

func (k *Adam) check() {
	n := len(k.Params)
	if len(k.Gradient) != n || len(k.Mean) != n || len(k.Square) != n {
		panic("kernel: lengths of Adam differ")
	}
}

func adamGo(k *Adam) {
	n := len(k.Params)
	gradient, mean, square := k.Gradient[:n], k.Mean[:n], k.Square[:n]
	for i, p := range k.Params {
		// The conversions keep compilers from fusing operations.
		g := gradient[i]
		m := float32(k.Beta1*mean[i]) + float32(k.Rest1*g)
		v := float32(k.Beta2*square[i]) + float32(float32(k.Rest2*g)*g)
		mean[i], square[i] = m, v
		root := float32(math.Sqrt(float64(v)))
		k.Params[i] = float32(k.Keep*p) - float32(k.Step*m)/(float32(k.Scale*root)+k.Epsilon)
	}
}
