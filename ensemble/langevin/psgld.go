package langevin

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
)

// PSGLD is SGLD preconditioned by RMSprop (Li, Chen, Carlson and Carin, arXiv 1512.07666,
// algorithm 1): with ḡ = ∇U/S, the gradient of the mean loss with its share of the prior,
//
//	v ← α v + (1 − α) ḡ²,  G = 1/(λ + √v),
//	θ ← θ − e G ∇U + √(2 e G/β) ξ,
//
// where v starts as the first ḡ². The paper's ε is 2e.
//
// As G depends on θ, the equation that is solved would have a further term Γᵢ = ∂Gᵢ/∂θᵢ.
// Like the paper's experiments, PSGLD leaves it out, as it takes second derivatives. What
// that changes in the target grows with 1 − α: parameters leave where gradients are small,
// and G large, too fast (with α near 0 the density is that of the target over G), so that
// they spread too far. After Adapt steps there is no such error: G stays, and PSGLD is
// SGLD with step sizes e·G.
type PSGLD struct {
	// Step is the step size e, finite and positive. 0: 0.001/S.
	Step float64
	// Alpha is α, in (0, 1). 0: 0.99.
	Alpha float64
	// Lambda is λ, finite and positive. 0: 10⁻⁵.
	Lambda float64
	// Adapt is after how many steps G stays as it is. 0: never, as in the paper.
	Adapt int
}

// String returns the sampler and its options.
func (p PSGLD) String() string {
	return fmt.Sprintf("psgld(step %v, alpha %v, lambda %v, adapt %d)", orDefault(p.Step), p.alpha(), p.lambda(), p.Adapt)
}

func (p PSGLD) alpha() float64  { return cmp.Or(p.Alpha, 0.99) }
func (p PSGLD) lambda() float64 { return cmp.Or(p.Lambda, 1e-5) }

// Stepper implements Sampler.
func (p PSGLD) Stepper(system *System, _ *State) (Stepper, error) {
	step, err := orStep("PSGLD", p.Step, 0.001/system.s)
	if err != nil {
		return nil, err
	}
	if alpha := p.alpha(); !(alpha > 0 && alpha < 1) {
		return nil, fmt.Errorf("langevin: PSGLD.Alpha = %v, want a number in (0, 1)", alpha)
	}
	if err := checkPositive("PSGLD.Lambda", p.lambda()); err != nil {
		return nil, err
	}
	if p.Adapt < 0 {
		return nil, fmt.Errorf("langevin: PSGLD.Adapt = %d, want at least 0", p.Adapt)
	}
	n := system.Params()
	return &psgld{PSGLD: p, system: system, step: step, squares: make([]float32, n), noise: make([]float32, n)}, nil
}

// psgld is the Stepper of PSGLD.
type psgld struct {
	PSGLD
	system  *System
	step    float64
	squares []float32 // v
	noise   []float32
}

// StepSize returns e.
func (p *psgld) StepSize() float64 { return p.step }

// Step implements Stepper.
func (p *psgld) Step(state *State) error {
	if err := p.system.Gradient(state); err != nil {
		return err
	}
	if p.Adapt == 0 || state.Steps < p.Adapt {
		p.learn(state)
	}
	p.system.Normals(p.noise)
	state.Current = false
	e, lambda, width := float32(p.step), float32(p.lambda()), float32(math.Sqrt(2*p.step/p.system.beta))
	for i, g := range state.Gradient {
		metric := 1 / (lambda + float32(math.Sqrt(float64(p.squares[i]))))
		state.Params[i] += width*float32(math.Sqrt(float64(metric)))*p.noise[i] - e*metric*g
	}
	return nil
}

// learn changes v by the gradient.
func (p *psgld) learn(state *State) {
	keep := float32(p.alpha())
	rest := 1 - keep
	if state.Steps == 0 {
		keep, rest = 0, 1
	}
	share := float32(1 / p.system.s)
	for i, g := range state.Gradient {
		g *= share
		p.squares[i] = keep*p.squares[i] + rest*g*g
	}
}

// MarshalBinary returns v.
func (p *psgld) MarshalBinary() ([]byte, error) { return appendFloats(nil, p.squares), nil }

// UnmarshalBinary sets v.
func (p *psgld) UnmarshalBinary(data []byte) error {
	return setFloats(p.squares, data)
}

// appendFloats appends numbers, little-endian.
func appendFloats(data []byte, numbers []float32) []byte {
	for _, x := range numbers {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	return data
}

// setFloats sets numbers, which must be finite, to those of data. On an error they stay.
func setFloats(numbers []float32, data []byte) error {
	if len(data) != 4*len(numbers) {
		return fmt.Errorf("langevin: a state of a sampler has %d bytes, want %d", len(data), 4*len(numbers))
	}
	for _, set := range []bool{false, true} {
		for i := range numbers {
			x := math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
			if x-x != 0 {
				return fmt.Errorf("langevin: a state of a sampler has %v at %d, want a finite number", x, i)
			}
			if set {
				numbers[i] = x
			}
		}
	}
	return nil
}
