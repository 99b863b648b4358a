package langevin

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// CCAdL is the covariance-controlled adaptive Langevin thermostat (Shang, Zhu, Leimkuhler
// and Storkey, arXiv 1510.08692, algorithm 1): SGNHT with a friction that dissipates what
// the noise of the minibatches brings, in each direction by itself, so that ξ has to deal
// with the rest alone. With an estimate Σ of the covariance of the noise of ∇U,
//
//	θ ← θ + e M⁻¹p,
//	p ← p − e ∇U − e (e/2) β Σ M⁻¹p − e ξ p + √(2eAM/β) η,
//	ξ ← ξ + (e/μ)(pᵀM⁻¹p/n − 1/β).
//
// Σ is the diagonal form, as in the paper's experiments: Σ ← (1 − κ) Σ + κ V, V being an
// estimate of the variances from the minibatch at hand, S²(1/m − 1/N) times those of the
// gradients of single samples, which unlike the paper's S²/m is right for samples without
// replacement.
//
// The paper takes V from the gradients of all samples of the minibatch, which cost far more
// than the gradient of their mean. Here it is from those of a few groups of samples (Groups),
// whose mean is the gradient of the minibatch, for a few percent of its price. With G groups
// V has no bias either, and is off by about √(2/(G − 1)) of itself, which the mean over t
// steps takes down by √t.
//
// Minibatches are drawn afresh, of at least two samples, or are all samples.
type CCAdL struct {
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
	// Kappa is the least κ, in [0, 1): in step t, from 1, κ is 1/t or Kappa, whichever
	// is more. 0: κ = 1/t, as in the paper, the mean over all steps.
	Kappa float64
	// Groups is G, into how many groups, whose sizes differ by at most one, the samples of
	// a minibatch are divided, from 2 to m. 0: 4, or m if that is less. m, as in the paper:
	// single samples, whose gradients a model with a method
	//
	//	PerSample(dst []float32, losses []float64, params []float32, samples []int)
	//
	// that writes them, samples × P, gives several at once, as *nn.Gradients does.
	Groups int
}

// defaultGroups is the default of Groups.
const defaultGroups = 4

// String returns the sampler and its options.
func (c CCAdL) String() string {
	return fmt.Sprintf("ccadl(step %v, friction %v, masses %s, inertia %v, kappa %v, groups %v)",
		orDefault(c.Step), orDefault(c.Friction), describeNumbers(c.Masses), orDefault(c.Inertia), c.Kappa, orDefault(float64(c.Groups)))
}

// Stepper implements Sampler.
func (c CCAdL) Stepper(system *System, state *State) (Stepper, error) {
	if !(c.Kappa >= 0 && c.Kappa < 1) {
		return nil, fmt.Errorf("langevin: CCAdL.Kappa = %v, want a number in [0, 1)", c.Kappa)
	}
	if system.Batch() == 1 && system.Samples() > 1 {
		return nil, errors.New("langevin: CCAdL with Config.Batch = 1, want at least 2: one gradient has no variance")
	}
	if system.Epochs() {
		return nil, errors.New("langevin: CCAdL with Config.Epochs, want minibatches that are drawn afresh: those of epochs have far less noise")
	}
	if c.Groups < 0 || c.Groups == 1 || c.Groups > system.Batch() {
		return nil, fmt.Errorf("langevin: CCAdL.Groups = %d, want 2 to the %d samples of a minibatch, or 0 for the default", c.Groups, system.Batch())
	}
	groups := cmp.Or(c.Groups, min(defaultGroups, system.Batch()))
	step, friction, err := eulerSettings("CCAdL", c.Step, c.Friction, system)
	if err != nil {
		return nil, err
	}
	if err := setMasses("CCAdL", c.Masses, system, state); err != nil {
		return nil, err
	}
	thermostat, err := newThermostat("CCAdL", c.Inertia, friction, system, state)
	if err != nil {
		return nil, err
	}
	system.Momentum(state)
	n := system.Params()
	return &ccadl{
		thermostat: thermostat, system: system, spread: newSpread(system, groups), step: step, kappa: c.Kappa,
		width: math.Sqrt(2 * step * friction / system.beta), noise: make([]float32, n),
		sigma: make([]float64, n),
	}, nil
}

// ccadl is the Stepper of CCAdL.
type ccadl struct {
	thermostat
	system *System
	spread *spread
	step   float64
	kappa  float64
	width  float64 // of the noise at mass 1
	noise  []float32
	sigma  []float64 // Σ
}

// StepSize returns e.
func (t *ccadl) StepSize() float64 { return t.step }

// Step implements Stepper.
func (t *ccadl) Step(state *State) error {
	drift(state, t.step)
	if err := t.gradient(state); err != nil {
		return err
	}
	t.system.Normals(t.noise)
	e := t.step
	keep, control := 1-e*state.Friction, e*e/2*t.system.beta
	momentum, noise, sigma := state.Momentum, t.noise[:len(state.Momentum)], t.sigma[:len(state.Momentum)]
	for i, g := range state.Gradient[:len(momentum)] {
		drag, width := control*sigma[i], t.width
		if state.Masses != nil {
			mass := float64(state.Masses[i])
			drag, width = drag/mass, width*math.Sqrt(mass)
		}
		momentum[i] = float32((keep-drag)*float64(momentum[i]) - e*float64(g) + width*float64(noise[i]))
	}
	t.advance(state, e)
	return nil
}

// gradient evaluates the gradient, and takes its variance into Σ.
func (t *ccadl) gradient(state *State) error {
	if t.system.Batch() == t.system.Samples() { // no noise
		return t.system.Gradient(state)
	}
	kappa := math.Max(1/float64(state.Steps+1), t.kappa)
	return t.system.gradientAndVariance(state, t.sigma, kappa, t.spread)
}

// MarshalBinary returns Σ.
func (t *ccadl) MarshalBinary() ([]byte, error) {
	var data []byte
	for _, x := range t.sigma {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
	}
	return data, nil
}

// UnmarshalBinary sets Σ.
func (t *ccadl) UnmarshalBinary(data []byte) error {
	if want := 8 * len(t.sigma); len(data) != want {
		return fmt.Errorf("langevin: a state of CCAdL has %d bytes, want %d", len(data), want)
	}
	sigma := make([]float64, len(t.sigma))
	for i := range sigma {
		sigma[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		if !(sigma[i] >= 0) || math.IsInf(sigma[i], 1) {
			return fmt.Errorf("langevin: a state of CCAdL has the variance %v, want a finite number ≥ 0", sigma[i])
		}
	}
	copy(t.sigma, sigma)
	return nil
}
