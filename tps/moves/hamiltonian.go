package moves

import (
	"cmp"
	"fmt"
	"math"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/tps"
)

// Hamiltonian changes one model, chosen uniformly, or the whole trajectory by the
// equations of motion of particles with random velocities, in the potential −log p(Θ) +
// s Σ L(θₜ), with gradients over all samples (hybrid Monte Carlo: Duane, Kennedy, Pendleton
// and Roweth, Phys. Lett. B 195, 216 (1987)). It decides by Metropolis's rule, by what is
// gained or lost of the energy, whatever the chain's test is.
//
// A step of the integrator is a kick of half a step by the losses, a motion without the
// losses for a whole step, and a kick again. In between the path measure is harmonic: its
// normal modes are moved exactly (Shahbaba, Lan, Johnson and Neal, Stat. Comput. 24, 339
// (2014); Neal, arXiv 1206.1901, section 5.5.1), whatever the widths σ and that of the
// prior are. Only the losses limit Step, to stay well below
//
//	2/(Speed·√(s·a)),
//
// a being their largest curvature.
//
// The integrator works in float64, and the loss and its gradient are those of the models
// rounded to float32. A kick by any function of the positions keeps volumes and can be
// gone back. So what is left of the rounding is that of the last positions, of which the
// density and the loss are taken; velocities are drawn anew for the next proposal.
//
// A proposal whose energy is not a finite number is rejected, as that of an integration
// that diverges: no loss of a proposed model is an error. A model of the trajectory whose
// loss is NaN or −Inf is one, a tps.LossError.
type Hamiltonian struct {
	// Gradient is that of the losses of the chain, for this chain alone unless
	// several goroutines may use it. It is not part of a checkpoint's settings. nil:
	// that of the chain's losses, which implement tps.Slopes then.
	Gradient Gradient
	// Step is the length of a step in time, positive. 0: 0.1.
	Step float64
	// Steps is how many steps a proposal makes. 0: 10. With Speed = σ the path alone
	// would bring a model to the other side in a time of about π.
	Steps int
	// Jitter is by which share of it Step is longer or shorter in a proposal, at random,
	// below 1: so that no mode moves by whole periods only. 0: 0.2. Negative: none.
	Jitter float64
	// Speed is the standard deviation of velocities, positive: the mass is 1/Speed².
	// 0: σ.
	Speed float64
	// Surrogate is a quadratic model of the mean loss, such as the leading eigenvectors of
	// the Hessian give: the integrator moves exactly what it says, and only what it leaves
	// of the losses limits Step. nil: none.
	Surrogate *tps.Quadratic
	// Whole moves the whole trajectory, at τ times the price. false: one model.
	Whole bool
}

// withDefaults returns the move with its defaults, or an error.
func (m Hamiltonian) withDefaults(sigma float64) (Hamiltonian, error) {
	m.Step, m.Steps, m.Jitter = cmp.Or(m.Step, 0.1), cmp.Or(m.Steps, 10), math.Max(cmp.Or(m.Jitter, 0.2), 0)
	m.Speed = cmp.Or(m.Speed, sigma)
	switch {
	case !(m.Step > 0) || math.IsInf(m.Step, 1):
		return m, fmt.Errorf("moves: Hamiltonian.Step = %v, want a finite number > 0", m.Step)
	case m.Steps < 0:
		return m, fmt.Errorf("moves: Hamiltonian.Steps = %d, want at least 1, or 0 for the default", m.Steps)
	case !(m.Jitter < 1):
		return m, fmt.Errorf("moves: Hamiltonian.Jitter = %v, want a number below 1", m.Jitter)
	case !(m.Speed > 0) || math.IsInf(m.Speed, 1):
		return m, fmt.Errorf("moves: Hamiltonian.Speed = %v, want a finite number > 0", m.Speed)
	}
	return m, nil
}

// String returns the move and its options.
func (m Hamiltonian) String() string {
	speed, what := "sigma", "one model"
	if m.Speed != 0 {
		speed = fmt.Sprint(m.Speed)
	}
	if m.Whole {
		what = "whole"
	}
	m, _ = m.withDefaults(1)
	text := fmt.Sprintf("hamiltonian(%s, step %v, steps %d, jitter %v, speed %s", what, m.Step, m.Steps, m.Jitter, speed)
	if m.Surrogate != nil {
		text += fmt.Sprintf(", %v", m.Surrogate)
	}
	return text + ")"
}

// Proposer implements tps.Move.
func (m Hamiltonian) Proposer(target tps.Target) (tps.Proposer, error) {
	m, err := m.withDefaults(target.Path.Sigma)
	if err != nil {
		return nil, err
	}
	gradient := m.Gradient
	if null.Is(gradient) {
		slopes, ok := target.Losses.(tps.Slopes)
		if !ok {
			return nil, fmt.Errorf("moves: Hamiltonian.Gradient is nil, and the losses, a %T, have no slopes", target.Losses)
		}
		gradient = &wholeGradient{Slopes: slopes}
	}
	if err := checkGradient("Hamiltonian", gradient, target); err != nil {
		return nil, err
	}
	if err := m.Surrogate.Validate(target.Losses.Params()); err != nil {
		return nil, err
	}
	tau, params, width := target.Tau, target.Losses.Params(), 1
	if m.Whole {
		width = tau
	}
	if err := memory.Check(16*float64(width)*float64(params) + 8*float64(tau+width)*float64(params)); err != nil {
		return nil, fmt.Errorf("moves: a Hamiltonian of Tau = %d with %d parameters %w", tau, params, err)
	}
	h := &hamiltonian{
		Hamiltonian: m, target: target, points: newPoints(gradient, tau, width),
		positions: rows(width, params), velocities: rows(width, params),
		steep:  newSteep(m.Surrogate, width),
		before: make([][]float32, width), after: make([][]float32, width), gradients: make([][]float32, width),
	}
	if !m.Whole {
		h.window = newWindow(target)
		for k := range h.window.conditionals {
			h.modes = append(h.modes, modeOf(&h.window.conditionals[k], m.Speed))
		}
		return h, nil
	}
	whole, err := modesOf(target, m.Speed)
	if err != nil {
		return nil, err
	}
	h.modes, h.window.mean = []modes{whole}, make([]float64, params)
	if prior := target.Path.Prior; prior != nil {
		for i := range h.window.mean {
			h.window.mean[i] = prior.At(i)
		}
	}
	return h, nil
}

// rows returns a matrix.
func rows(count, length int) [][]float64 {
	m := make([][]float64, count)
	for k := range m {
		m[k] = make([]float64, length)
	}
	return m
}

// A wholeGradient is the gradient over all samples of losses that have slopes.
type wholeGradient struct {
	tps.Slopes
	losses []float64
}

// Gradient implements Gradient, for all samples.
func (w *wholeGradient) Gradient(dst, params []float32, samples []int) (loss float64) {
	if w.losses == nil {
		w.losses = make([]float64, len(samples))
	}
	w.Slopes.Gradient(dst, w.losses, params)
	for _, l := range w.losses {
		loss += l
	}
	return loss / float64(len(samples))
}
