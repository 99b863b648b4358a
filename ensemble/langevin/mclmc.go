package langevin

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
)

// MCLMC is microcanonical Langevin Monte Carlo (Robnik, De Luca, Silverstein and Seljak,
// arXiv 2212.08549; Robnik and Seljak, arXiv 2303.18221): isokinetic dynamics, that of a
// particle of constant speed, whose direction is refreshed a little after each step. It has
// no test, so that its draws are biased, by an amount that falls with the energy error of a
// step. It needs at least two parameters that are free. State.Momentum is nil: the direction
// is the Stepper's.
//
// Its steps and lengths are those of space in the units of Scale: a step moves a parameter
// by about Step/√d.
//
// With minibatches nothing keeps the direction from turning with their noise, which adds
// a bias that does not fall with the energy error, and the step cannot be tuned.
//
// A step on which a loss, U or a gradient is not finite is put back, and the direction turned
// round: State.Accepted is false, and the chain goes on from where it was. That is what a
// Metropolis test does with a step that it rejects with certainty, so that nothing is added to
// the bias: where the loss is finite in a part of the space, the chain samples that part.
// (BlackJAX draws a new direction, which does add to it.) After a hundred such steps in a row
// the chain ends with an error, as it would draw nothing but copies of one model, and so it
// does if there is nothing finite at the start. Stats tell how many steps were put back:
// Steps − Accepted.
type MCLMC struct {
	// Step is the length of a step, finite and positive. 0: Tuning finds it, from
	// 0.1·√(d/S) on, d being the number of parameters that are free. With Tuning another
	// number is what it begins with.
	Step float64
	// Length is L, the distance on which the direction is forgotten, finite and positive.
	// 0: Tuning finds it, from √d on. With Tuning another number is what it begins with.
	Length float64
	// Scale has the lengths that are the units of the parameters, finite and positive, P
	// of them, not to be changed while a chain uses them: their standard deviations, best.
	// nil: all are 1.
	Scale []float32
	// Leapfrog takes the leapfrog integrator, with one gradient a step, in the place of
	// the minimal-norm integrator, with two, which allows steps more than twice as long.
	Leapfrog bool
	// Tuning says how the first steps of a chain find Step and Length. The zero value:
	// with its defaults if one of them is 0, and not at all else.
	Tuning MCLMCTuning
}

// String returns the sampler and its options.
func (m MCLMC) String() string {
	tuning := "none"
	if t, err := m.Tuning.withDefaults(m.Step, m.Length); err == nil && t.Steps > 0 {
		tuning = fmt.Sprintf("%+v", t)
	}
	return fmt.Sprintf("mclmc(step %s, length %s, scale %s, leapfrog %v, tuning %s)",
		orDefault(m.Step), orDefault(m.Length), describeNumbers(m.Scale), m.Leapfrog, tuning)
}

// Stepper implements Sampler.
func (m MCLMC) Stepper(system *System, state *State) (Stepper, error) {
	tuning, err := m.Tuning.withDefaults(m.Step, m.Length)
	if err != nil {
		return nil, err
	}
	if tuning.Steps > 0 && system.Batch() < system.Samples() {
		return nil, fmt.Errorf("langevin: MCLMC is to be tuned with minibatches of %d of %d samples, whose noise is no energy error: set Step and Length, or Config.Batch = 0", system.Batch(), system.Samples())
	}
	space, err := newIsokineticSpace("MCLMC", m.Scale, system)
	if err != nil {
		return nil, err
	}
	d := float64(space.dimensions)
	step, length := cmp.Or(m.Step, 0.1*math.Sqrt(d/system.S())), cmp.Or(m.Length, math.Sqrt(d))
	if err := checkPositive("MCLMC.Step", step); err != nil {
		return nil, err
	}
	if err := checkPositive("MCLMC.Length", length); err != nil {
		return nil, err
	}
	t := &mclmc{
		system: system, space: space, integrator: newIsokineticIntegrator(m.Leapfrog), tuning: tuning, given: space.scale,
		step: step, length: length, direction: make([]float32, system.Params()), before: newMCLMCPlace(system.Params()),
	}
	if tuning.Steps > 0 {
		t.beginTuning()
	}
	draw(t.direction, space.scale, system.normal)
	return t, nil
}

// mclmc is the Stepper of MCLMC.
type mclmc struct {
	system     *System
	space      isokineticSpace
	integrator isokineticIntegrator

	step, length float64
	direction    []float32

	tuning MCLMCTuning
	given  []float32   // the scale before the tuning
	tuner  *mclmcTuner // nil when there is nothing to tune

	before  *mclmcPlace // where the step began
	putBack int         // steps in a row, of a chain that is tuned
}

// mostPutBack is how many steps in a row may be put back.
const mostPutBack = 100

// An mclmcPlace is where a step begins, to put it back.
type mclmcPlace struct {
	state     State
	direction []float32
}

func newMCLMCPlace(params int) *mclmcPlace {
	place := func() []float32 { return make([]float32, params) }
	return &mclmcPlace{state: State{Params: place(), Gradient: place()}, direction: place()}
}

// keep notes where the chain is.
func (t *mclmc) keep(state *State) {
	t.before.state.Assign(state)
	copy(t.before.direction, t.direction)
}

// goBack puts a step back.
func (t *mclmc) goBack(state *State) {
	state.Assign(&t.before.state)
	copy(t.direction, t.before.direction)
	state.Accepted = false
}

// beginTuning makes a tuner.
func (t *mclmc) beginTuning() {
	space := isokineticSpace{scale: t.given, dimensions: t.space.dimensions}
	t.tuner = newMCLMCTuner(t.tuning, len(t.direction), space, t.step, t.length)
}

// StepSize returns the length of the next step.
func (t *mclmc) StepSize() float64 { return t.step }

// Tuned implements tuned.
func (t *mclmc) Tuned() Sampler {
	return MCLMC{Step: t.step, Length: t.length, Scale: t.space.positive(), Leapfrog: t.integrator.leapfrog()}
}

// Step implements Stepper.
func (t *mclmc) Step(state *State) error {
	if t.tuner != nil {
		return t.stepAndTune(state)
	}
	energyError, failure, err := t.try(state)
	switch {
	case err != nil:
		return err
	case energyError-energyError == 0:
		t.putBack = 0
	case t.putBack == mostPutBack:
		return failure
	default:
		t.putBack++
		t.goBack(state)
		for i, u := range t.direction {
			t.direction[i] = -u
		}
	}
	t.refresh()
	return nil
}

// try makes a step of the dynamics and returns its energy error, which is not finite where
// the step is not, and then what was not finite.
func (t *mclmc) try(state *State) (energyError float64, failure, err error) {
	if !state.Current {
		if err := t.system.Gradient(state); err != nil {
			return 0, nil, err
		}
	}
	t.keep(state)
	if energyError, err = t.integrate(state); err != nil {
		var loss *LossError
		if errors.As(err, &loss) {
			return math.NaN(), err, nil
		}
		return 0, nil, err
	}
	if energyError-energyError != 0 {
		failure = &LossError{Loss: state.Loss, Potential: state.Potential, StepSize: math.NaN(), Parameter: notFinite(state.Params)}
	}
	return energyError, failure, nil
}

// refresh changes the direction at random.
func (t *mclmc) refresh() {
	refresh(t.direction, t.space.scale, t.space.dimensions, t.step, t.length, t.system.normal)
}

// integrate makes a step of the dynamics and returns its energy error.
func (t *mclmc) integrate(state *State) (energyError float64, err error) {
	if !state.Current {
		if err := t.system.Gradient(state); err != nil {
			return 0, err
		}
	}
	potential := state.Potential
	others := float64(t.space.dimensions - 1)
	strength := t.system.Beta() * t.step / others
	in := &t.integrator
	kinetic := turn(t.direction, state.Gradient, t.space.scale, in.turns[0]*strength)
	for _, share := range in.turns[1:] {
		move(state.Params, t.direction, t.space.scale, in.motion*t.step)
		state.Current = false
		if err := t.system.Gradient(state); err != nil {
			return 0, err
		}
		kinetic += turn(t.direction, state.Gradient, t.space.scale, share*strength)
	}
	return t.system.Beta()*(state.Potential-potential) + others*kinetic, nil
}

// stepAndTune makes a step and has the tuner observe it.
func (t *mclmc) stepAndTune(state *State) error {
	energyError, _, err := t.try(state)
	if err != nil {
		return err
	}
	kept := !t.tuner.isTooFar(energyError)
	if !kept {
		t.goBack(state)
	}
	t.refresh()
	if units := t.tuner.observe(state.Params, energyError, kept); units != nil {
		t.space.set(units, t.system)
		draw(t.direction, t.space.scale, t.system.normal)
	}
	t.step, t.length = t.tuner.Step, t.tuner.Length
	if t.tuner.done() {
		t.tuner = nil
	}
	return nil
}

// mclmcState is what a checkpoint has of an mclmc.
type mclmcState struct {
	Step, Length     float64
	Direction, Scale []float32
	Tuner            []byte // nil: it is tuned
	PutBack          int
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (t *mclmc) MarshalBinary() ([]byte, error) {
	s := mclmcState{Step: t.step, Length: t.length, Direction: t.direction, Scale: t.space.scale, PutBack: t.putBack}
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
func (t *mclmc) UnmarshalBinary(data []byte) error {
	var s mclmcState
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return err
	}
	if !(s.Step > 0) || !(s.Length > 0) || len(s.Direction) != len(t.direction) || (s.Scale != nil && len(s.Scale) != len(t.direction)) || s.PutBack < 0 || s.PutBack > mostPutBack {
		return errors.New("langevin: the state of MCLMC is not one")
	}
	switch {
	case s.Tuner == nil:
		t.tuner = nil
	case t.tuning.Steps == 0:
		return errors.New("langevin: the state of MCLMC is that of a chain that is tuned")
	default:
		t.beginTuning()
		if err := t.tuner.UnmarshalBinary(s.Tuner); err != nil {
			return err
		}
	}
	t.step, t.length, t.space.scale, t.putBack = s.Step, s.Length, s.Scale, s.PutBack
	copy(t.direction, s.Direction)
	return nil
}
