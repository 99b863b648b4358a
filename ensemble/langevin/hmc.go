package langevin

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/internal/random"
)

// HMC is hybrid, or Hamiltonian, Monte Carlo (Duane, Kennedy, Pendleton and Roweth, Phys.
// Lett. B 195, 216 (1987); Neal, arXiv 1206.1901): a step draws a momentum, follows the
// equations of motion for some steps of the leapfrog integrator, which is of second order,
// and accepts where it comes to by Metropolis's test of the energy. Its draws have no bias.
// Gradients are those of all samples: a step of the chain takes as many as the trajectory
// has steps. A trajectory on which the potential is not finite is rejected.
//
// tps/moves.Hamiltonian is its relative for trajectories of package tps.
type HMC struct {
	// Step is the step size of the integrator, finite and positive. 0: Tuning finds it,
	// from 0.1/√S on. With Tuning another number is what it begins with.
	Step float64
	// Steps is how many steps a trajectory has. 0: 10, unless there is a Time.
	Steps int
	// Time is how long a trajectory is: it has ⌈Time/step⌉ steps, at most 1024. 0: Steps
	// steps. A quarter of the slowest period is best, π/2 at unit masses times the largest
	// deviation in the target.
	Time float64
	// Jitter is by which share of it the step size of a trajectory is longer or shorter,
	// at random, below 1: so that no mode moves by whole periods only. 0: 0.2. Negative:
	// none.
	Jitter float64
	// Masses are those of the parameters, finite and positive, P of them, not to be
	// changed while a chain uses them: inverse variances, best. nil: all are 1.
	Masses []float32
	// Tuning finds Step. The zero value: with its defaults if that is 0, and not at all else.
	Tuning DualAveraging
}

// mostSteps bounds those of a trajectory while the step size is being found.
const mostSteps = 1024

// String returns the sampler and its options.
func (h HMC) String() string {
	t, _ := h.Tuning.withDefaults(h.Step)
	return fmt.Sprintf("hmc(step %s, steps %d, time %v, jitter %v, masses %s, tuning %+v)",
		orDefault(h.Step), h.Steps, h.Time, h.Jitter, describeNumbers(h.Masses), t)
}

// Stepper implements Sampler.
func (h HMC) Stepper(system *System, state *State) (Stepper, error) {
	tuning, err := h.Tuning.withDefaults(h.Step)
	if err != nil {
		return nil, err
	}
	if h.Step, err = orStep("HMC", h.Step, 0.1/math.Sqrt(system.S())); err != nil {
		return nil, err
	}
	switch {
	case h.Steps < 0 || h.Steps > mostSteps:
		return nil, fmt.Errorf("langevin: HMC.Steps = %d, want 1 to %d, or 0 for the default", h.Steps, mostSteps)
	case h.Time != 0 && h.Steps != 0:
		return nil, fmt.Errorf("langevin: HMC.Steps = %d and HMC.Time = %v are both set, want one of them", h.Steps, h.Time)
	case !(h.Time >= 0) || math.IsInf(h.Time, 1):
		return nil, fmt.Errorf("langevin: HMC.Time = %v, want a finite number ≥ 0", h.Time)
	case !(h.Jitter < 1):
		return nil, fmt.Errorf("langevin: HMC.Jitter = %v, want a number below 1", h.Jitter)
	}
	h.Steps, h.Jitter = cmp.Or(h.Steps, 10), max(cmp.Or(h.Jitter, 0.2), 0)
	test, err := newMetropolis("HMC", system)
	if err != nil {
		return nil, err
	}
	if err := setMasses("HMC", h.Masses, system, state); err != nil {
		return nil, err
	}
	system.Momentum(state)
	return &hmc{HMC: h, metropolis: test, tuning: tuning, average: newDualAverage(h.Step), momentum: make([]float64, system.Params())}, nil
}

// hmc is the Stepper of HMC; its Step is the one in use.
type hmc struct {
	HMC
	metropolis
	momentum []float64
	tuning   DualAveraging
	average  dualAverage
}

// StepSize returns the step size of the next trajectory, but for the jitter.
func (h *hmc) StepSize() float64 { return h.HMC.Step }

// Tuned implements tuned.
func (h *hmc) Tuned() Sampler {
	s := h.HMC
	s.Tuning = DualAveraging{}
	if s.Time > 0 {
		s.Steps = 0
	}
	if s.Jitter == 0 {
		s.Jitter = -1
	}
	return s
}

// Step implements Stepper.
func (h *hmc) Step(state *State) error {
	h.system.Momentum(state)
	if err := h.begin(state); err != nil {
		return err
	}
	energyError, err := h.integrate(state)
	if err != nil {
		return err
	}
	h.decide(state, energyError)
	if h.average.Made < h.tuning.Steps {
		h.HMC.Step = h.average.observe(state.Acceptance, h.tuning.Target)
		if h.average.Made == h.tuning.Steps {
			h.HMC.Step = h.average.average()
		}
	}
	return nil
}

// integrate follows a trajectory to its end, and returns what it has changed of the energy,
// NaN if it has diverged.
func (h *hmc) integrate(state *State) (energyError float64, err error) {
	step := h.HMC.Step
	if h.Jitter > 0 {
		step *= 1 + h.Jitter*(2*random.Open(h.system.Source())-1)
	}
	steps := h.Steps
	if h.Time > 0 {
		steps = int(max(1, min(mostSteps, math.Ceil(h.Time/h.HMC.Step))))
	}
	for i, p := range state.Momentum {
		h.momentum[i] = float64(p)
	}
	before := state.Potential + h.kinetic(state)
	h.kick(state, step/2)
	for n := range steps {
		h.drift(state, step)
		ok, err := h.evaluate(state)
		if !ok {
			return math.NaN(), err
		}
		if n < steps-1 {
			h.kick(state, step)
		}
	}
	h.kick(state, step/2)
	for i, p := range h.momentum {
		state.Momentum[i] = float32(p)
	}
	return h.system.Beta() * (state.Potential + h.kinetic(state) - before), nil
}

// kick changes the momentum by the gradient.
func (h *hmc) kick(state *State, time float64) {
	for i, g := range state.Gradient {
		h.momentum[i] -= time * float64(g)
	}
}

// drift moves the positions along the momentum.
func (h *hmc) drift(state *State, time float64) {
	if state.Masses == nil {
		for i, p := range h.momentum {
			h.positions[i] += time * p
		}
		return
	}
	for i, p := range h.momentum {
		h.positions[i] += time * p / float64(state.Masses[i])
	}
}

// kinetic returns the kinetic energy.
func (h *hmc) kinetic(state *State) (energy float64) {
	if state.Masses == nil {
		return floats.Dot(h.momentum, h.momentum) / 2
	}
	for i, p := range h.momentum {
		energy += p * p / float64(state.Masses[i])
	}
	return energy / 2
}

// hmcState is what a checkpoint has of an hmc.
type hmcState struct {
	Step    float64
	Average dualAverage
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (h *hmc) MarshalBinary() ([]byte, error) {
	var to bytes.Buffer
	err := gob.NewEncoder(&to).Encode(hmcState{h.HMC.Step, h.average})
	return to.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (h *hmc) UnmarshalBinary(data []byte) error {
	var s hmcState
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return err
	}
	if !(s.Step > 0) || s.Average.Made < 0 || s.Average.Made > h.tuning.Steps {
		return errors.New("langevin: the state of HMC is not one")
	}
	h.HMC.Step, h.average = s.Step, s.Average
	return nil
}
