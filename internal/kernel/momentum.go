package kernel

// Momentum makes a step of stochastic gradient descent with momentum, of which
// package nn/descent has the formulas:
//
//	g = Gradient[i] + Decay · Params[i]
//	Velocity[i] = Keep · Velocity[i] + g
//	Params[i] = Params[i] − Step · (Now · g + Ahead · Velocity[i])
//
// Each operation is rounded on its own, on all processors.
type Momentum struct {
	Params, Gradient, Velocity []float32 // of one length

	Decay, Keep, Step, Now, Ahead float32
}

func (k *Momentum) check() {
	if n := len(k.Params); len(k.Gradient) != n || len(k.Velocity) != n {
		panic("kernel: lengths of Momentum differ")
	}
}

func momentumGo(k *Momentum) {
	n := len(k.Params)
	gradient, velocity := k.Gradient[:n], k.Velocity[:n]
	for i, p := range k.Params {
		// The conversions keep compilers from fusing operations.
		g := gradient[i] + float32(k.Decay*p)
		v := float32(k.Keep*velocity[i]) + g
		velocity[i] = v
		k.Params[i] = p - float32(k.Step*(float32(k.Now*g)+float32(k.Ahead*v)))
	}
}
