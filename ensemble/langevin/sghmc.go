package langevin

import (
	"cmp"
	"fmt"
	"math"
)

// SGHMC is stochastic gradient Hamiltonian Monte Carlo (Chen, Fox and Guestrin, arXiv
// 1402.4102, algorithm 2 with friction C = γM),
//
//	θ ← θ + e M⁻¹p,  p ← p − e ∇U − e γ p + √(2eγM/β − e²V̂) ξ:
//
// Langevin dynamics by Euler's method, with less noise where that of the minibatches is
// known. It is of first order.
type SGHMC struct {
	// Step is the step size e, finite and positive. 0: 0.1/√S.
	Step float64
	// Friction is γ, finite and positive, at most 1/e. 0: √S. The paper's α is eγ.
	Friction float64
	// Masses are those of the parameters, finite and positive, P of them, not to be
	// changed while a chain uses them. nil: all are 1.
	Masses []float32
	// Noise is V̂, an estimate of the variance that minibatches give to each
	// ∂U/∂θᵢ, from 0 to 2γmᵢ/(βe), for minibatches that are drawn afresh. The paper's
	// B̂ is eV̂/2. 0: none, as in the paper's experiments.
	Noise float64
}

// String returns the sampler and its options.
func (s SGHMC) String() string {
	return fmt.Sprintf("sghmc(step %v, friction %v, masses %s, noise %v)",
		orDefault(s.Step), orDefault(s.Friction), describeNumbers(s.Masses), s.Noise)
}

// Stepper implements Sampler.
func (s SGHMC) Stepper(system *System, state *State) (Stepper, error) {
	step, friction, err := eulerSettings("SGHMC", s.Step, s.Friction, system)
	if err != nil {
		return nil, err
	}
	if err := setMasses("SGHMC", s.Masses, system, state); err != nil {
		return nil, err
	}
	if !(s.Noise >= 0) || math.IsInf(s.Noise, 1) {
		return nil, fmt.Errorf("langevin: SGHMC.Noise = %v, want a finite number ≥ 0", s.Noise)
	}
	if s.Noise > 0 && system.Epochs() {
		return nil, fmt.Errorf("langevin: SGHMC.Noise = %v with Config.Epochs, want 0: permutation epochs have far less noise", s.Noise)
	}
	t := &sghmc{system: system, step: step, friction: friction, noise: make([]float32, system.Params()), widths: make([]float32, system.Params())}
	for i := range t.widths {
		thermal := 2 * step * friction * state.mass(i) / system.beta
		if variance := thermal - step*step*s.Noise; variance >= 0 {
			t.widths[i] = float32(math.Sqrt(variance))
		} else {
			return nil, fmt.Errorf("langevin: SGHMC.Noise = %v, want at most 2γm/(βe) = %v", s.Noise, thermal/(step*step))
		}
	}
	system.Momentum(state)
	return t, nil
}

// eulerSettings returns step size and friction of a sampler that solves the friction by
// Euler's method, with their defaults.
func eulerSettings(name string, step, friction float64, system *System) (float64, float64, error) {
	step, err := orStep(name, step, 0.1/math.Sqrt(system.s))
	if err != nil {
		return 0, 0, err
	}
	friction = cmp.Or(friction, math.Sqrt(system.s))
	if err := checkPositive(name+".Friction", friction); err != nil {
		return 0, 0, err
	}
	if !(step*friction <= 1) {
		return 0, 0, fmt.Errorf("langevin: %s.Friction = %v, want at most 1/Step = %v", name, friction, 1/step)
	}
	return step, friction, nil
}

// sghmc is the Stepper of SGHMC.
type sghmc struct {
	system         *System
	step, friction float64
	noise          []float32
	widths         []float32 // of the noise
}

// StepSize returns e.
func (t *sghmc) StepSize() float64 { return t.step }

// Step implements Stepper.
func (t *sghmc) Step(state *State) error {
	drift(state, t.step)
	if err := t.system.Gradient(state); err != nil {
		return err
	}
	t.system.Normals(t.noise)
	e, keep := float32(t.step), float32(1-t.step*t.friction)
	for i, g := range state.Gradient {
		state.Momentum[i] = keep*state.Momentum[i] - e*g + t.widths[i]*t.noise[i]
	}
	return nil
}
