package temperature

// Kinetic returns the kinetic temperature p·M⁻¹p/P of momenta p, one for each of P parameters. Its
// mean is T, with a variance of 2T²/P. M is diagonal: inverseMasses has one number for each
// parameter, or is nil for masses of 1. Kinetic panics if the lengths differ or are 0.
func Kinetic(momenta, inverseMasses []float32) float64 {
	if len(momenta) == 0 || inverseMasses != nil && len(inverseMasses) != len(momenta) {
		panic("temperature: momenta and masses differ in length, or there are none")
	}
	sum := 0.0
	if inverseMasses == nil {
		for _, p := range momenta {
			sum += float64(p) * float64(p)
		}
	} else {
		for i, p := range momenta {
			sum += float64(p) * float64(p) * float64(inverseMasses[i])
		}
	}
	return sum / float64(len(momenta))
}

// Virial returns the virial temperature (θ − c)·∇U(θ)/P of P parameters θ with the gradient of U. Its
// mean is T if exp(−U/T) falls off in all directions: U has the prior in it, as a loss alone may
// be flat along some. The point c is center, or 0 if that is nil: near the mean of θ the
// variance is least. Virial panics if the lengths differ or are 0.
func Virial(params, gradient, center []float32) float64 {
	if len(params) == 0 || len(gradient) != len(params) || center != nil && len(center) != len(params) {
		panic("temperature: parameters, gradient and center differ in length, or there are none")
	}
	sum := 0.0
	if center == nil {
		for i, x := range params {
			sum += float64(x) * float64(gradient[i])
		}
	} else {
		for i, x := range params {
			sum += (float64(x) - float64(center[i])) * float64(gradient[i])
		}
	}
	return sum / float64(len(params))
}

// Inertia returns θ·p. Its mean is 0. Inertia panics if the lengths differ.
func Inertia(params, momenta []float32) float64 {
	if len(momenta) != len(params) {
		panic("temperature: parameters and momenta differ in length")
	}
	sum := 0.0
	for i, x := range params {
		sum += float64(x) * float64(momenta[i])
	}
	return sum
}
