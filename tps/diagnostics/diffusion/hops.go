package diffusion

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// hops are the transition probabilities between draws, in terms of the kernel K:
//
//	P = D⁻¹ K W,   W = diag(w),   D = diag(K w),   w = ρ^(1/2)/q,   q = K 1,
//
// q being the density of the draws and ρ the target, or else q itself (Banisch et al., section
// 3). They are reversible with respect to the weights m = D w. As a matrix, hops are the symmetric
// one that is similar to P, S = A K A with A = (W/D)^(1/2).
type hops struct {
	kernel  *kernel
	sums    []float64 // diagonal of D
	factors []float64 // diagonal of A
	weights []float64 // m, of sum 1
	total   float64   // Σ D w
	scratch []float64
}

func newHops(k *kernel, logTarget []float64) *hops {
	n := k.Len()
	h := &hops{
		kernel: k, sums: make([]float64, n), factors: make([]float64, n), weights: make([]float64, n),
		scratch: make([]float64, n),
	}
	w, density := make([]float64, n), make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	k.Product(density, w)
	if logTarget == nil {
		for i, q := range density {
			w[i] = 1 / math.Sqrt(q)
		}
	} else {
		for i, q := range density { // up to a factor, without overflow
			w[i] = logTarget[i]/2 - math.Log(q)
		}
		largest := floats.Max(w)
		for i, x := range w {
			w[i] = math.Exp(x - largest)
		}
	}
	k.Product(h.sums, w)
	for i, sum := range h.sums {
		h.weights[i] = w[i] * sum
		if sum > 0 { // or all around has no chance in the target
			h.factors[i] = math.Sqrt(w[i] / sum)
		}
	}
	h.total = floats.Sum(h.weights)
	floats.Scale(1/h.total, h.weights)
	return h
}

// Len returns the number of draws.
func (h *hops) Len() int { return h.kernel.Len() }

// Product writes S v to dst.
func (h *hops) Product(dst, v []float64) {
	floats.MulTo(h.scratch, h.factors, v)
	h.kernel.Product(dst, h.scratch)
	floats.Mul(dst, h.factors)
}

// form returns S with all its zeros.
func (h *hops) form() *mat.SymDense {
	s := mat.NewSymDense(h.Len(), nil)
	for i := range h.Len() {
		for at := h.kernel.start[i]; at < h.kernel.start[i+1]; at++ {
			j := int(h.kernel.column[at])
			s.SetSym(i, j, h.factors[i]*h.kernel.value[at]*h.factors[j])
		}
	}
	return s
}

// function returns the eigenfunction of P of an eigenvector of S. That is ψ = u/√m. One hop of it,
// P ψ/λ, is the same and is also right where m is next to nothing, unless that is so for all
// neighbors. The value of the largest size is positive.
func (h *hops) function(eigenvalue float64, vector []float64) []float64 {
	function := make([]float64, h.Len())
	floats.MulTo(h.scratch, h.factors, vector)
	h.kernel.Product(function, h.scratch)
	largest := 0.0
	for i, sum := range h.sums {
		if sum > 0 {
			function[i] *= math.Sqrt(h.total) / (eigenvalue * sum)
		} else {
			function[i] = 0
		}
		if math.Abs(function[i]) > math.Abs(largest) {
			largest = function[i]
		}
	}
	floats.Scale(math.Copysign(1, largest), function)
	return function
}
