package langevin

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// A System is what the Stepper of a chain samples: the target exp(−β U), which it knows
// by its gradients, and random numbers. Parameters that are fixed have no gradients, no
// random numbers and no momentum, so that a sampler made of these leaves them alone.
type System struct {
	model   Gradient
	prior   Prior // nil: flat
	s, beta float64
	fixed   []int
	batches *batches
	source  rand.Source
	normal  *rand.Rand
	scratch []float32
	samples int // whose gradients were evaluated, since the chain counted them
	calls   int
}

// Params returns P, the number of parameters.
func (s *System) Params() int { return s.model.Params() }

// Free returns the number of parameters that are not fixed.
func (s *System) Free() int { return s.Params() - len(s.fixed) }

// Fixed returns the indices of those that are, ascending, not to be changed.
func (s *System) Fixed() []int { return s.fixed }

// Samples returns N, the number of samples.
func (s *System) Samples() int { return s.batches.samples }

// Batch returns the number of samples of a minibatch; N if the chain has none.
func (s *System) Batch() int { return s.batches.size }

// Epochs says whether minibatches are those of permutation epochs.
func (s *System) Epochs() bool { return s.batches.epochs }

// S returns S, the factor of the mean loss in U.
func (s *System) S() float64 { return s.s }

// Beta returns β.
func (s *System) Beta() float64 { return s.beta }

// Source is where all random numbers come from.
func (s *System) Source() rand.Source { return s.source }

// Normal returns a normal number of mean 0 and variance 1.
func (s *System) Normal() float64 { return s.normal.NormFloat64() }

// Normals writes P of these to dst, independent of each other, but 0 for parameters that
// are fixed.
func (s *System) Normals(dst []float32) {
	for i := range dst {
		dst[i] = float32(s.normal.NormFloat64())
	}
	s.clearFixed(dst)
}

// Momentum sets the momentum of a state to one of its stationary distribution: normal,
// of mean 0 and variance mᵢ/β. It makes the slice if there is none.
func (s *System) Momentum(state *State) {
	if state.Momentum == nil {
		state.Momentum = make([]float32, s.Params())
	}
	s.Normals(state.Momentum)
	for i, x := range state.Momentum {
		state.Momentum[i] = float32(math.Sqrt(state.mass(i)/s.beta) * float64(x))
	}
}

// Gradient draws the minibatch of a step, and sets Gradient, Loss and Potential of the
// state to those at its Params; without minibatches, as FullGradient. On an error, a
// LossError, the state stays as it is, with Params where the loss is not finite.
func (s *System) Gradient(state *State) error { return s.evaluate(state, s.batches.draw(s.source)) }

// FullGradient is Gradient on all samples.
func (s *System) FullGradient(state *State) error { return s.evaluate(state, s.batches.all()) }

func (s *System) evaluate(state *State, samples []int) error {
	gradient := s.scratch
	loss := s.model.Gradient(gradient, state.Params, samples)
	s.samples += len(samples)
	s.calls++
	scale := float32(s.s)
	for i := range gradient {
		gradient[i] *= scale
	}
	return s.finish(state, loss)
}

// finish adds what the prior has to the gradient in scratch, S times that of a mean
// loss, and gives it to the state.
func (s *System) finish(state *State, loss float64) error {
	potential := s.s * loss
	if s.prior != nil {
		potential += s.prior.AddGradient(s.scratch, state.Params)
	}
	if potential-potential != 0 {
		return &LossError{Loss: loss, Potential: potential, StepSize: math.NaN(), Parameter: notFinite(state.Params)}
	}
	s.clearFixed(s.scratch)
	state.Gradient, s.scratch = s.scratch, state.Gradient
	state.Loss, state.Potential, state.Current = loss, potential, true
	return nil
}

func (s *System) clearFixed(dst []float32) {
	for _, i := range s.fixed {
		dst[i] = 0
	}
}

// notFinite returns the index of the first number that is NaN or infinite, −1 if none is.
func notFinite(numbers []float32) int {
	for i, x := range numbers {
		if x-x != 0 {
			return i
		}
	}
	return -1
}

// A LossError says that a loss, or U, or for MCLMC a gradient, was NaN or infinite: as a rule
// the step size is too large. The Params of the chain's state are those where it was found.
type LossError struct {
	// Step is the number of the step, from 0, and StepSize its size, NaN if that is
	// not known.
	Step     int
	StepSize float64
	// Loss is the mean loss and Potential is U.
	Loss, Potential float64
	// Parameter is the index of the first parameter that is not finite itself, −1 if
	// none is.
	Parameter int
}

// Error names the step, its size, and the loss.
func (e *LossError) Error() string {
	text := fmt.Sprintf("langevin: the loss is %v", e.Loss)
	switch {
	case e.Potential-e.Potential == 0:
		text = fmt.Sprintf("langevin: the gradient is not finite, but the loss is %v", e.Loss)
	case e.Loss-e.Loss == 0:
		text = fmt.Sprintf("langevin: the potential is %v and the loss %v", e.Potential, e.Loss)
	}
	text += fmt.Sprintf(" at step %d", e.Step)
	if !math.IsNaN(e.StepSize) {
		text += fmt.Sprintf(", of size %v: a smaller one may help", e.StepSize)
	}
	if e.Parameter >= 0 {
		text += fmt.Sprintf(" (parameter %d is not finite)", e.Parameter)
	}
	return text
}
