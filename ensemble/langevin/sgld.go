package langevin

import (
	"fmt"
	"math"
)

// SGLD is stochastic gradient Langevin dynamics (Welling and Teh, ICML 2011),
//
//	θ ← θ − e ∇U + √(2e/β) ξ,
//
// the Euler–Maruyama method for the overdamped Langevin equation, without a momentum. It
// is of first order: for a harmonic U of curvature h the variance is that of the target
// times 1/(1 − e h/2). The paper's ε is 2e.
type SGLD struct {
	// Step is the step size e, finite and positive. 0: 0.02/S. A curvature a of the
	// mean loss needs e < 2/(S·a).
	Step float64
	// Decay, in [0, 1], and Delay, in steps and positive, make the step size of step t
	// e · (1 + t/Delay)^−Decay, as the paper does: with a Decay above 1/2 the bias goes
	// to 0, and averages over steps weight each with its size. Decay 0: the size is
	// constant. Delay 0: 1000.
	Decay, Delay float64
}

// defaultDelay is that of a decay.
const defaultDelay = 1000

// String returns the sampler and its options.
func (s SGLD) String() string {
	return fmt.Sprintf("sgld(step %v, decay %v, delay %v)", orDefault(s.Step), s.Decay, orDefault(s.Delay))
}

// Stepper implements Sampler.
func (s SGLD) Stepper(system *System, state *State) (Stepper, error) {
	step, err := orStep("SGLD", s.Step, 0.02/system.s)
	if err != nil {
		return nil, err
	}
	if !(s.Decay >= 0 && s.Decay <= 1) {
		return nil, fmt.Errorf("langevin: SGLD.Decay = %v, want 0 to 1", s.Decay)
	}
	delay := s.Delay
	if delay == 0 {
		delay = defaultDelay
	}
	if err := checkPositive("SGLD.Delay", delay); err != nil {
		return nil, err
	}
	size := func(int) float64 { return step }
	if s.Decay > 0 {
		size = func(t int) float64 { return step * math.Pow(1+float64(t)/delay, -s.Decay) }
	}
	return newOverdamped(size, func(int) bool { return true }, system, state), nil
}

// overdamped makes the steps of SGLD and its cyclical form.
type overdamped struct {
	system *System
	state  *State
	size   func(step int) float64
	warm   func(step int) bool // whether a step has noise
	noise  []float32
}

func newOverdamped(size func(int) float64, warm func(int) bool, system *System, state *State) *overdamped {
	return &overdamped{system, state, size, warm, make([]float32, system.Params())}
}

// StepSize returns that of the next step.
func (o *overdamped) StepSize() float64 { return o.size(o.state.Steps) }

// Step implements Stepper.
func (o *overdamped) Step(state *State) error {
	if err := o.system.Gradient(state); err != nil {
		return err
	}
	size := o.size(state.Steps)
	e := float32(size)
	state.Current = false
	if !o.warm(state.Steps) {
		for i, g := range state.Gradient {
			state.Params[i] -= e * g
		}
		return nil
	}
	o.system.Normals(o.noise)
	width := float32(math.Sqrt(2 * size / o.system.beta))
	for i, g := range state.Gradient {
		state.Params[i] += width*o.noise[i] - e*g
	}
	return nil
}
