package langevin

import (
	"cmp"
	"fmt"
	"math"
	"strings"
)

// Splitting is a sampler of Langevin dynamics,
//
//	dθ = M⁻¹p dt,  dp = −∇U dt − γ p dt + √(2γM/β) dW,
//
// by a splitting of it into parts that are solved exactly (Leimkuhler and Matthews,
// Appl. Math. Res. Express 2013, 34–56; Molecular Dynamics, Springer 2015, chapter 7):
//
//	A: θ ← θ + t M⁻¹p,  B: p ← p − t ∇U,  O: p ← e^(−γt) p + √((1 − e^(−2γt)) M/β) ξ.
//
// A letter of the scheme makes its share of the step: BAOAB has half a step of B, half
// of A, a whole one of O, and so on. The gradient is evaluated where a B follows an A,
// and kept across steps, so that the common schemes take one a step. With minibatches a
// gradient that is kept is of the same minibatch.
//
// BAOAB, OBABO, GLA1 and GLA2 are schemes by name.
type Splitting struct {
	// Scheme has the letters A, B and O, each at least once.
	Scheme string
	// Step is the step size e, finite and positive. 0: 0.1/√S, small for mean losses
	// of curvatures of up to about 10: a curvature a needs e < 2/√(S·a).
	Step float64
	// Friction is γ, finite and positive. 0: √S.
	Friction float64
	// Masses are those of the parameters, finite and positive, P of them, not to be
	// changed while a chain uses them. nil: all are 1.
	Masses []float32
}

// String returns the sampler and its options.
func (s Splitting) String() string {
	return fmt.Sprintf("%s(step %v, friction %v, masses %s)", strings.ToLower(s.Scheme), orDefault(s.Step), orDefault(s.Friction), describeNumbers(s.Masses))
}

// Stepper implements Sampler.
func (s Splitting) Stepper(system *System, state *State) (Stepper, error) {
	for _, letter := range "ABO" {
		if !strings.ContainsRune(s.Scheme, letter) {
			return nil, fmt.Errorf("langevin: Splitting.Scheme = %q, want the letters A, B and O, each at least once", s.Scheme)
		}
	}
	if i := strings.IndexFunc(s.Scheme, func(r rune) bool { return !strings.ContainsRune("ABO", r) }); i >= 0 {
		return nil, fmt.Errorf("langevin: Splitting.Scheme = %q has other letters than A, B and O at %d", s.Scheme, i)
	}
	return newSplitting(s.Scheme, s, system, state)
}

// newSplitting returns the Stepper of a scheme; name is that of the sampler in errors.
func newSplitting(name string, s Splitting, system *System, state *State) (Stepper, error) {
	step, err := orStep(name, s.Step, 0.1/math.Sqrt(system.s))
	if err != nil {
		return nil, err
	}
	friction := cmp.Or(s.Friction, math.Sqrt(system.s))
	if err := checkPositive(name+".Friction", friction); err != nil {
		return nil, err
	}
	if err := setMasses(name, s.Masses, system, state); err != nil {
		return nil, err
	}
	system.Momentum(state)
	t := &splitting{step: step, system: system}
	for _, letter := range []byte(s.Scheme) {
		t.parts = append(t.parts, part{letter, step / float64(strings.Count(s.Scheme, string(letter)))})
	}
	t.ornsteinUhlenbeck = newOrnsteinUhlenbeck(friction, step/float64(strings.Count(s.Scheme, "O")), system, state)
	return t, nil
}

// splitting is the Stepper of a Splitting.
type splitting struct {
	system *System
	step   float64
	parts  []part
	ornsteinUhlenbeck
}

// A part is a letter of a scheme, and its time.
type part struct {
	letter byte
	time   float64
}

// StepSize returns e.
func (t *splitting) StepSize() float64 { return t.step }

// Step implements Stepper.
func (t *splitting) Step(state *State) error {
	for _, part := range t.parts {
		switch part.letter {
		case 'A':
			drift(state, part.time)
		case 'B':
			if !state.Current {
				if err := t.system.Gradient(state); err != nil {
					return err
				}
			}
			kick(state, part.time)
		case 'O':
			t.refresh(state)
		}
	}
	return nil
}

// drift moves the parameters along the momentum.
func drift(state *State, time float64) {
	state.Current = false
	e := float32(time)
	if state.Masses == nil {
		for i, p := range state.Momentum {
			state.Params[i] += e * p
		}
		return
	}
	for i, p := range state.Momentum {
		state.Params[i] += e * p / state.Masses[i]
	}
}

// kick changes the momentum by the gradient.
func kick(state *State, time float64) {
	e := float32(time)
	for i, g := range state.Gradient {
		state.Momentum[i] -= e * g
	}
}

// ornsteinUhlenbeck is the part O of a splitting, for one time.
type ornsteinUhlenbeck struct {
	system      *System
	keep, width float32   // e^(−γt), and the standard deviation of the noise at mass 1
	roots       []float32 // of the masses; nil: 1
	noise       []float32
}

func newOrnsteinUhlenbeck(friction, time float64, system *System, state *State) ornsteinUhlenbeck {
	return ornsteinUhlenbeck{
		system: system,
		keep:   float32(math.Exp(-friction * time)),
		width:  float32(math.Sqrt(-math.Expm1(-2*friction*time) / system.beta)),
		roots:  roots(state.Masses), noise: make([]float32, system.Params()),
	}
}

// refresh makes the part's step.
func (o *ornsteinUhlenbeck) refresh(state *State) {
	o.system.Normals(o.noise)
	momentum := state.Momentum
	if o.roots == nil {
		for i, x := range o.noise {
			momentum[i] = o.keep*momentum[i] + o.width*x
		}
		return
	}
	for i, x := range o.noise {
		momentum[i] = o.keep*momentum[i] + o.width*o.roots[i]*x
	}
}
