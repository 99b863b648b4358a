package moves

import (
	"errors"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

// hamiltonian is the proposer of Hamiltonian.
type hamiltonian struct {
	Hamiltonian
	target tps.Target
	window window // of one model; mean is the center of the modes in any case
	modes  []modes
	points *points
	steep  *steep // nil: no surrogate

	// Of the proposal in hand.
	transform             transform
	positions, velocities [][]float64 // of the modes
	before, after         [][]float32
	gradients             [][]float32 // of the points in hand
}

// Propose implements tps.Proposer.
func (h *hamiltonian) Propose(p *tps.Proposal) error {
	m := h.choose(p)
	p.Exact = true
	time := h.Step * (1 + h.Jitter*(2*random.Open(p.Source)-1))
	normal := rand.New(p.Source)
	for _, velocity := range h.velocities {
		for i := range velocity {
			velocity[i] = h.Speed * normal.NormFloat64()
		}
	}
	change := 0.0 // of the energy, but for the path measure
	if p.S != 0 {
		start := h.points.current[p.First : p.First+p.Width]
		for k, model := range h.before {
			ok, cost := h.points.at(p.First+k, model)
			p.Cost += cost
			if !ok {
				reject(p)
				return h.checkCurrent(p.First+k, model)
			}
			change -= p.S * start[k].loss
		}
	}
	change -= h.kinetic()
	for _, position := range h.positions {
		clear(position)
	}
	h.transform.project(m, h.positions, 1, h.before, h.window.mean)
	if !h.integrate(p, m, time) {
		reject(p)
		return nil
	}
	change += h.kinetic()
	if p.S != 0 {
		for k := range h.points.proposed {
			loss := h.points.proposed[k].loss
			change += p.S * loss
			p.MeanLosses = append(p.MeanLosses, loss)
		}
	}
	p.Known = h.target.Path.LogRatio(p) - change
	if p.Known-p.Known != 0 {
		reject(p)
	}
	return nil
}

// choose takes up the models that the proposal changes, and returns their modes.
func (h *hamiltonian) choose(p *tps.Proposal) *modes {
	m := &h.modes[0]
	if h.Whole {
		p.First, p.Width, p.Kind = 0, h.target.Tau, tps.Walk
	} else {
		h.window.choose(p)
		m = &h.modes[p.First]
	}
	for k := range h.before {
		h.before[k], h.after[k] = p.Current.Model(p.First+k), p.Proposed.Model(p.First+k)
	}
	return m
}

// checkCurrent returns a LossError if a model of the trajectory has a loss that must not
// be. One of an infinite loss is left to other moves.
func (h *hamiltonian) checkCurrent(time int, model []float32) error {
	err := tps.MeanLosses(make([]float64, 1), h.target.Losses, [][]float32{model})
	var loss *tps.LossError
	if errors.As(err, &loss) {
		loss.Model = time
	}
	return err
}

// integrate moves the models from where the points of the current ones are, and leaves
// the points of those that it comes to. It says whether it got there.
func (h *hamiltonian) integrate(p *tps.Proposal, m *modes, time float64) bool {
	if p.S != 0 {
		h.kick(m, h.points.current[p.First:p.First+p.Width], p.S*time/2)
	}
	for step := range h.Steps {
		if h.steep != nil {
			h.steep.rotate(m, h.positions, h.velocities, h.window.mean, h.Speed, p.S, time)
		} else {
			m.rotate(h.positions, h.velocities, time)
		}
		h.transform.models(m, h.after, h.positions, h.window.mean)
		if p.S == 0 {
			continue
		}
		for k, model := range h.after {
			p.Cost += h.points.price()
			if !h.points.evaluate(&h.points.proposed[k], model) {
				return false
			}
		}
		kick := p.S * time
		if step == h.Steps-1 {
			kick /= 2
		}
		h.kick(m, h.points.proposed, kick)
	}
	for _, model := range h.after {
		if !finite(model) {
			return false
		}
	}
	return true
}

// kick changes the velocities by the gradients at points, s times a time.
func (h *hamiltonian) kick(m *modes, at []point, tilt float64) {
	for k := range at {
		h.gradients[k] = at[k].gradient
		if h.steep != nil && tilt > 0 {
			h.gradients[k] = h.steep.residual(k, &at[k])
		}
	}
	h.transform.project(m, h.velocities, -tilt*h.Speed*h.Speed, h.gradients, nil)
}

// kinetic returns the kinetic energy.
func (h *hamiltonian) kinetic() (energy float64) {
	for _, velocity := range h.velocities {
		energy += floats.Dot(velocity, velocity)
	}
	return energy / (2 * h.Speed * h.Speed)
}

// Settle implements tps.Settler.
func (h *hamiltonian) Settle(step *tps.Step) {
	if step.Accepted && step.S != 0 {
		h.points.accept(step.First)
	}
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (h *hamiltonian) MarshalBinary() ([]byte, error) { return h.points.MarshalBinary() }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (h *hamiltonian) UnmarshalBinary(data []byte) error { return h.points.UnmarshalBinary(data) }
