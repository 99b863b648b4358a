package langevin

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/internal/random"
)

// AdjustedMCLMC is the Metropolis-adjusted microcanonical sampler (Robnik, Cohn-Gordon and
// Seljak, arXiv 2503.01707): a step draws a direction, follows the isokinetic dynamics of
// MCLMC for a random number of steps of its integrator, and accepts where it comes to by
// the energy error. Its draws have no bias. Gradients are those of all samples. A trajectory
// on which the potential is not finite is rejected. It needs at least two parameters that are
// free.
type AdjustedMCLMC struct {
	// Step is the length of a step of the integrator, finite and positive. 0: Tuning finds
	// it, from 0.1·√(d/S) on, d being the number of parameters that are free. With Tuning
	// another number is what it begins with.
	Step float64
	// Length is L, the mean length of a trajectory, finite and at least Step: the number
	// of its steps is one of 1, 2, 3 … , all but the last equally likely, with the mean
	// L/Step. 0: Tuning finds it, from five steps on. With Tuning another number is what it
	// begins with.
	Length float64
	// Refresh makes the trajectories those of Langevin dynamics: their directions are
	// refreshed before and after each step, as much as loses them on a length of Refresh
	// times L, positive. 0: not at all.
	Refresh float64
	// Scale has the lengths that are the units of the parameters, as that of MCLMC.
	Scale []float32
	// Leapfrog takes the leapfrog integrator in the place of the minimal-norm integrator.
	Leapfrog bool
	// Tuning says how the first steps of a chain find Step and Length. The zero value:
	// with its defaults if one of them is 0, and not at all else.
	Tuning AdjustedTuning
}

// String returns the sampler and its options.
func (a AdjustedMCLMC) String() string {
	tuning := "none"
	if t, err := a.Tuning.withDefaults(a.Step, a.Length); err == nil && t.Steps > 0 {
		tuning = fmt.Sprintf("%+v", t)
	}
	return fmt.Sprintf("adjusted mclmc(step %s, length %s, refresh %v, scale %s, leapfrog %v, tuning %s)",
		orDefault(a.Step), orDefault(a.Length), a.Refresh, describeNumbers(a.Scale), a.Leapfrog, tuning)
}

// Stepper implements Sampler.
func (a AdjustedMCLMC) Stepper(system *System, state *State) (Stepper, error) {
	tuning, err := a.Tuning.withDefaults(a.Step, a.Length)
	if err != nil {
		return nil, err
	}
	test, err := newMetropolis("AdjustedMCLMC", system)
	if err != nil {
		return nil, err
	}
	space, err := newIsokineticSpace("AdjustedMCLMC", a.Scale, system)
	if err != nil {
		return nil, err
	}
	step, err := orStep("AdjustedMCLMC", a.Step, 0.1*math.Sqrt(float64(space.dimensions)/system.S()))
	if err != nil {
		return nil, err
	}
	length := cmp.Or(a.Length, firstSteps*step)
	if !(length >= step) || math.IsInf(length, 1) {
		return nil, fmt.Errorf("langevin: AdjustedMCLMC.Length = %v, want a finite number ≥ Step = %v", length, step)
	}
	if !(a.Refresh >= 0) || math.IsInf(a.Refresh, 1) {
		return nil, fmt.Errorf("langevin: AdjustedMCLMC.Refresh = %v, want a finite number ≥ 0", a.Refresh)
	}
	t := &adjusted{
		metropolis: test, space: space, refresh: a.Refresh, integrator: newIsokineticIntegrator(a.Leapfrog),
		step: step, length: length, direction: make([]float64, system.Params()), tuning: tuning, given: space.scale,
	}
	if tuning.Steps > 0 {
		t.tuner = newAdjustedTuner(tuning, system.Params(), space, step, length)
	}
	return t, nil
}

// firstSteps is how many steps a trajectory has, on the average, when Length is not known.
const firstSteps = 5

// adjusted is the Stepper of AdjustedMCLMC.
type adjusted struct {
	metropolis
	space        isokineticSpace
	integrator   isokineticIntegrator
	refresh      float64
	step, length float64
	direction    []float64

	tuning AdjustedTuning
	given  []float32      // the scale before the tuning
	tuner  *adjustedTuner // nil when there is nothing to tune
}

// StepSize returns the length of the next step of the integrator.
func (t *adjusted) StepSize() float64 { return t.step }

// Tuned implements tuned.
func (t *adjusted) Tuned() Sampler {
	return AdjustedMCLMC{Step: t.step, Length: max(t.length, t.step), Refresh: t.refresh, Scale: t.space.positive(), Leapfrog: t.integrator.leapfrog()}
}

// Step implements Stepper.
func (t *adjusted) Step(state *State) error {
	if err := t.begin(state); err != nil {
		return err
	}
	draw(t.direction, t.space.scale, t.system.normal)
	energyError, err := t.integrate(state)
	if err != nil {
		return err
	}
	t.decide(state, energyError)
	if t.tuner == nil {
		return nil
	}
	if units := t.tuner.observe(state); units != nil {
		t.space.set(units, t.system)
	}
	t.step, t.length = t.tuner.Step, t.tuner.Length
	if t.tuner.done() {
		t.tuner = nil
	}
	return nil
}

// integrate follows a trajectory to its end and returns its energy error, NaN if it has
// diverged.
func (t *adjusted) integrate(state *State) (energyError float64, err error) {
	potential, others := state.Potential, float64(t.space.dimensions-1)
	strength, kinetic := t.system.Beta()*t.step/others, 0.0
	in := &t.integrator
	for range t.steps() {
		t.refreshDirection()
		kinetic += turn(t.direction, state.Gradient, t.space.scale, in.turns[0]*strength)
		for _, share := range in.turns[1:] {
			move(t.positions, t.direction, t.space.scale, in.motion*t.step)
			ok, err := t.evaluate(state)
			if !ok {
				return math.NaN(), err
			}
			kinetic += turn(t.direction, state.Gradient, t.space.scale, share*strength)
		}
		t.refreshDirection()
	}
	return t.system.Beta()*(state.Potential-potential) + others*kinetic, nil
}

// refreshDirection does what a trajectory of Langevin dynamics does before and after each
// step. The noise is as likely on the way back, so that it is nothing that the energy error
// would have to hold.
func (t *adjusted) refreshDirection() {
	if t.refresh > 0 {
		refresh(t.direction, t.space.scale, t.space.dimensions, t.step/2, t.refresh*t.length, t.system.normal)
	}
}

// steps draws the number of steps of a trajectory: ⌈r·U⌉ with U uniform in (0, 1), r being
// such that the mean is L/step.
func (t *adjusted) steps() int {
	mean := max(1, min(mostSteps/2, t.length/t.step))
	// With r = k + f, 0 ≤ f < 1, the numbers 1 … k have the probability 1/r each, and k + 1
	// has f/r: the mean is (k + 1)(k/2 + f)/r.
	k := math.Floor(2*mean - 1)
	f := k * (mean - (k+1)/2) / (k + 1 - mean)
	return int(max(1, math.Ceil(random.Open(t.system.Source())*(k+f))))
}

// adjustedState is what a checkpoint has of an adjusted.
type adjustedState struct {
	Step, Length float64
	Scale        []float32
	Tuner        []byte // nil: it is tuned
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (t *adjusted) MarshalBinary() ([]byte, error) {
	s := adjustedState{Step: t.step, Length: t.length, Scale: t.space.scale}
	if t.tuner != nil {
		var err error
		if s.Tuner, err = t.tuner.MarshalBinary(); err != nil {
			return nil, err
		}
	}
	var to bytes.Buffer
	err := gob.NewEncoder(&to).Encode(s)
	return to.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (t *adjusted) UnmarshalBinary(data []byte) error {
	var s adjustedState
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return err
	}
	if !(s.Step > 0) || !(s.Length > 0) || (s.Scale != nil && len(s.Scale) != len(t.direction)) || (s.Tuner != nil && t.tuning.Steps == 0) {
		return errors.New("langevin: the state of AdjustedMCLMC is not one")
	}
	t.tuner = nil
	if s.Tuner != nil {
		t.tuner = newAdjustedTuner(t.tuning, len(t.direction), isokineticSpace{t.given, t.space.dimensions}, s.Step, s.Length)
		if err := t.tuner.UnmarshalBinary(s.Tuner); err != nil {
			return err
		}
	}
	t.step, t.length, t.space.scale = s.Step, s.Length, s.Scale
	return nil
}
