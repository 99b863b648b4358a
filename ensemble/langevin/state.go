package langevin

import (
	"slices"

	"github.com/trajens/trajens/tps/diagnostics/temperature"
)

// A State is where a chain is. Its slices have P numbers each.
type State struct {
	// Steps is how many steps the chain has made; during a step, those before it.
	Steps int
	// Params is θ.
	Params []float32
	// Momentum is p, nil where a sampler has none.
	Momentum []float32
	// Masses are the masses of the momenta, positive. nil: all are 1.
	Masses []float32
	// Friction is ξ, the friction that a thermostat has found, and 0 where a sampler has
	// none.
	Friction float64
	// Gradient is the last one evaluated of U, on a minibatch if the chain has those:
	// 0 for parameters that are fixed. Loss is the mean loss of the same samples, and
	// Potential U = S · Loss + V. Both are NaN before the first.
	Gradient        []float32
	Loss, Potential float64
	// Current says that these three are of Params. Who changes Params sets it to false.
	Current bool
	// Acceptance is the probability with which the last step was accepted, and
	// Accepted whether it was. A sampler without a test has NaN and true, but for MCLMC
	// false where a step was put back.
	Acceptance float64
	Accepted   bool
}

// Kinetic returns the kinetic energy Σ pᵢ²/2mᵢ, 0 without a momentum.
func (s *State) Kinetic() (energy float64) {
	if s.Masses == nil {
		for _, p := range s.Momentum {
			energy += float64(p) * float64(p)
		}
		return energy / 2
	}
	for i, p := range s.Momentum {
		energy += float64(p) * float64(p) / float64(s.Masses[i])
	}
	return energy / 2
}

// mass returns the mass of a parameter.
func (s *State) mass(i int) float64 {
	if s.Masses == nil {
		return 1
	}
	return float64(s.Masses[i])
}

// Virial returns Σ θᵢ ∂U/∂θᵢ with the last gradient, to which parameters that are fixed
// add nothing. It is that of Params only if the gradient is Current.
func (s *State) Virial() float64 {
	return temperature.Virial(s.Params, s.Gradient, nil) * float64(len(s.Params))
}

// Clone returns a copy, which shares nothing but Masses.
func (s *State) Clone() *State {
	c := *s
	c.Params, c.Momentum, c.Gradient = slices.Clone(s.Params), slices.Clone(s.Momentum), slices.Clone(s.Gradient)
	return &c
}

// Assign makes the state a copy of another one of the same size, without allocating.
func (s *State) Assign(from *State) {
	params, momentum, gradient := s.Params, s.Momentum, s.Gradient
	*s = *from
	s.Params, s.Momentum, s.Gradient = params, momentum, gradient
	copy(s.Params, from.Params)
	copy(s.Momentum, from.Momentum)
	copy(s.Gradient, from.Gradient)
}
