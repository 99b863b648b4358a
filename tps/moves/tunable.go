package moves

import "github.com/trajens/trajens/tps"

// longestStep bounds the steps in time that a chain's tuning may try: none is of use that
// is much longer than a period of the path measure.
const longestStep = 1e6

// Sizes implements tps.Tunable.
func (l *langevin) Sizes() []tps.Size { return []tps.Size{{Name: "Beta", Value: l.beta, Max: 1}} }

// SetSize implements tps.Tunable.
func (l *langevin) SetSize(_ int, value float64) { l.beta = value }

// Sizes implements tps.Tunable.
func (b *barker) Sizes() []tps.Size {
	return []tps.Size{{Name: "Step", Value: b.step, Max: largestStep}}
}

// SetSize implements tps.Tunable.
func (b *barker) SetSize(_ int, value float64) { b.step = value }

// Sizes implements tps.Tunable. The number of steps is not one: it is no number that may
// be doubled at will, and what a proposal is worth depends on their product.
func (h *hamiltonian) Sizes() []tps.Size {
	return []tps.Size{{Name: "Step", Value: h.Step, Max: max(longestStep, h.Step)}}
}

// SetSize implements tps.Tunable.
func (h *hamiltonian) SetSize(_ int, value float64) { h.Step = value }
