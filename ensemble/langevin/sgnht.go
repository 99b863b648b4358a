package langevin

import (
	"fmt"
	"math"
)

// SGNHT is the stochastic gradient Nosé–Hoover thermostat (Ding, Fang, Babbush, Chen,
// Skeel and Neven, NIPS 2014, algorithm 2): Langevin dynamics whose friction ξ finds the
// value at which the momenta have the temperature 1/β,
//
//	p ← p − e ∇U − e ξ p + √(2eAM/β) η,  θ ← θ + e M⁻¹p,  ξ ← ξ + (e/μ)(pᵀM⁻¹p/n − 1/β),
//
// with n parameters that are free and normal numbers η. So the momenta are right on
// average, whatever noise the minibatches have. If the noise is not the same in all
// directions, some are hotter, and others colder, which CCAdL mends. State.Friction is ξ.
type SGNHT struct {
	// Step is the step size e, finite and positive. 0: 0.1/√S.
	Step float64
	// Friction is A, the friction for the noise that the sampler adds, and where ξ
	// starts; finite and positive, at most 1/e. 0: √S.
	Friction float64
	// Masses are those of the parameters, finite and positive, P of them, not to be
	// changed while a chain uses them. nil: all are 1.
	Masses []float32
	// Inertia is μ, that of ξ, finite and positive. 0: 1/(βS); the paper has 1.
	Inertia float64
}

// String returns the sampler and its options.
func (s SGNHT) String() string {
	return fmt.Sprintf("sgnht(step %v, friction %v, masses %s, inertia %v)",
		orDefault(s.Step), orDefault(s.Friction), describeNumbers(s.Masses), orDefault(s.Inertia))
}

// Stepper implements Sampler.
func (s SGNHT) Stepper(system *System, state *State) (Stepper, error) {
	step, friction, err := eulerSettings("SGNHT", s.Step, s.Friction, system)
	if err != nil {
		return nil, err
	}
	if err := setMasses("SGNHT", s.Masses, system, state); err != nil {
		return nil, err
	}
	thermostat, err := newThermostat("SGNHT", s.Inertia, friction, system, state)
	if err != nil {
		return nil, err
	}
	system.Momentum(state)
	return &sgnht{
		thermostat: thermostat, system: system, step: step, roots: roots(state.Masses),
		width: float32(math.Sqrt(2 * step * friction / system.beta)), noise: make([]float32, system.Params()),
	}, nil
}

// sgnht is the Stepper of SGNHT.
type sgnht struct {
	thermostat
	system *System
	step   float64
	width  float32   // of the noise at mass 1
	roots  []float32 // of the masses; nil: 1
	noise  []float32
}

// StepSize returns e.
func (t *sgnht) StepSize() float64 { return t.step }

// Step implements Stepper.
func (t *sgnht) Step(state *State) error {
	if err := t.system.Gradient(state); err != nil {
		return err
	}
	t.system.Normals(t.noise)
	e, keep := float32(t.step), float32(1-t.step*state.Friction)
	width := t.width
	for i, g := range state.Gradient {
		if t.roots != nil {
			width = t.width * t.roots[i]
		}
		state.Momentum[i] = keep*state.Momentum[i] - e*g + width*t.noise[i]
	}
	drift(state, t.step)
	t.advance(state, t.step)
	return nil
}
