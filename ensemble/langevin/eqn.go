package langevin

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A preconditioner is the matrix of the ensemble quasi-Newton method (Leimkuhler, Matthews
// and Weare, Stat. Comput. 28, 277 (2018), arXiv 1607.03954, section 3),
//
//	B = (I + η C)^(1/2),
//
// with the covariance C of some vectors, which has a rank below their number m: with its
// eigenvalues λₖ and eigenvectors vₖ, B = I + Σₖ (√(1 + ηλₖ) − 1) vₖvₖᵀ.
type preconditioner struct {
	params  int
	vectors []float32 // vₖ, of length 1, one after the other
	factors []float64 // √(1 + ηλₖ) − 1
	along   []float64 // scratch, one for each
	// Scratch of set.
	centered, matrix, eigenvectors []float64
	eigen                          mat.EigenSym
}

// set makes B that of the covariance of vectors, of which there are at least two, with
// m − 1 as divisor. fixed are parameters that do not move.
func (b *preconditioner) set(eta float64, vectors [][]float32, system *System) {
	m, p := len(vectors), b.params
	b.centered = resize(b.centered, m*p)
	b.center(vectors, system.Fixed())
	centered := mat.NewDense(m, p, b.centered)
	// Either the covariance, or with fewer vectors than parameters their Gram matrix, which
	// has the same eigenvalues but for 0.
	size := min(m, p)
	b.matrix = resize(b.matrix, size*size)
	matrix := mat.NewDense(size, size, b.matrix)
	if m <= p {
		matrix.Mul(centered, centered.T())
	} else {
		matrix.Mul(centered.T(), centered)
	}
	matrix.Scale(1/float64(m-1), matrix)
	b.vectors, b.factors = b.vectors[:0], b.factors[:0]
	if b.eigen.Factorize(mat.NewSymDense(size, b.matrix), true) { // fails for NaN alone: B = I
		b.take(eta, centered)
	}
	b.along = resize(b.along, len(b.factors))
}

// take takes up the eigenvectors of the covariance whose eigenvalues are not 0.
func (b *preconditioner) take(eta float64, centered *mat.Dense) {
	m, p := centered.Dims()
	size := min(m, p)
	b.eigenvectors = resize(b.eigenvectors, size*size)
	w := mat.NewDense(size, size, b.eigenvectors)
	b.eigen.VectorsTo(w)
	values := b.eigen.Values(nil)
	vector := mat.NewVecDense(p, nil)
	for k := size - 1; k >= 0 && values[k] > 1e-10*values[size-1]; k-- {
		if m <= p {
			vector.MulVec(centered.T(), w.ColView(k))
			vector.ScaleVec(1/math.Sqrt(float64(m-1)*values[k]), vector)
		} else {
			vector.CopyVec(w.ColView(k))
		}
		for _, x := range vector.RawVector().Data {
			b.vectors = append(b.vectors, float32(x))
		}
		b.factors = append(b.factors, math.Sqrt(1+eta*values[k])-1)
	}
}

// center writes the vectors less their mean, 0 for parameters that are fixed.
func (b *preconditioner) center(vectors [][]float32, fixed []int) {
	m, p := len(vectors), b.params
	for i := range p {
		mean := 0.0
		for _, v := range vectors {
			mean += float64(v[i]) / float64(m)
		}
		for j, v := range vectors {
			b.centered[j*p+i] = float64(v[i]) - mean
		}
	}
	for _, i := range fixed {
		for j := range m {
			b.centered[j*p+i] = 0
		}
	}
}

// resize returns a slice of that length, the same one if there is room.
func resize(s []float64, length int) []float64 {
	if cap(s) < length {
		return make([]float64, length)
	}
	return s[:length]
}

// apply writes B x to dst, which is not x.
func (b *preconditioner) apply(dst, x []float32) {
	for k := range b.factors {
		sum := 0.0
		for i, v := range b.vectors[k*b.params : (k+1)*b.params] {
			sum += float64(v) * float64(x[i])
		}
		b.along[k] = b.factors[k] * sum
	}
	copy(dst, x)
	for k, a := range b.along {
		factor := float32(a)
		for i, v := range b.vectors[k*b.params : (k+1)*b.params] {
			dst[i] += factor * v
		}
	}
}

// eqn is the Stepper of a walker: BAOAB of
//
//	dθ = B p dt,  dp = −B ∇U dt − γp dt + √(2γ/β) dW,
//
// which for a B that does not depend on θ has the stationary distribution of Langevin
// dynamics.
type eqn struct {
	ornsteinUhlenbeck
	step           float64
	preconditioner preconditioner
	force, speed   []float32 // B ∇U and B p
	known          bool      // force is that of the gradient at hand
}

// newEQN returns the Stepper of a walker with the step size and the friction of BAOAB.
func newEQN(step, friction float64, system *System, state *State) *eqn {
	p := system.Params()
	system.Momentum(state)
	return &eqn{
		ornsteinUhlenbeck: newOrnsteinUhlenbeck(friction, step, system, state), step: step,
		preconditioner: preconditioner{params: p}, force: make([]float32, p), speed: make([]float32, p),
	}
}

// StepSize returns e.
func (t *eqn) StepSize() float64 { return t.step }

// precondition makes B that of other walkers.
func (t *eqn) precondition(eta float64, others [][]float32) {
	t.preconditioner.set(eta, others, t.system)
	t.known = false
}

// Step implements Stepper.
func (t *eqn) Step(state *State) error {
	if err := t.kick(state); err != nil {
		return err
	}
	t.drift(state)
	t.refresh(state)
	t.drift(state)
	return t.kick(state)
}

// kick changes the momentum by the gradient for half a step.
func (t *eqn) kick(state *State) error {
	if !state.Current {
		if err := t.system.Gradient(state); err != nil {
			return err
		}
		t.known = false
	}
	if !t.known {
		t.preconditioner.apply(t.force, state.Gradient)
		t.known = true
	}
	e := float32(t.step / 2)
	for i, f := range t.force {
		state.Momentum[i] -= e * f
	}
	return nil
}

// drift moves the parameters along the momentum for half a step.
func (t *eqn) drift(state *State) {
	t.preconditioner.apply(t.speed, state.Momentum)
	state.Current = false
	e := float32(t.step / 2)
	for i, v := range t.speed {
		state.Params[i] += e * v
	}
}
