package langevin

import (
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/internal/random"
)

// metropolis is what samplers with a test have in common: a trajectory from the parameters
// of the state to others, which are accepted or rejected as a whole.
//
// The trajectory is in float64, and the gradient is that at its positions rounded to float32.
// A kick by any function of the positions keeps volumes and can be gone back, so that what
// is left of the rounding is that of the last positions, at which the potential is taken.
type metropolis struct {
	system    *System
	before    State
	positions []float64
}

// newMetropolis returns that of a chain, or an error if its gradients are those of
// minibatches.
func newMetropolis(sampler string, system *System) (metropolis, error) {
	if system.Batch() < system.Samples() {
		return metropolis{}, fmt.Errorf("langevin: %s has minibatches of %d of %d samples, want all, Config.Batch = 0: its test needs the change of the whole potential", sampler, system.Batch(), system.Samples())
	}
	p := system.Params()
	return metropolis{
		system:    system,
		before:    State{Params: make([]float32, p), Momentum: make([]float32, p), Gradient: make([]float32, p)},
		positions: make([]float64, p),
	}, nil
}

// begin starts a trajectory at the state.
func (m *metropolis) begin(state *State) error {
	if !state.Current {
		if err := m.system.FullGradient(state); err != nil {
			return err
		}
	}
	m.before.Assign(state)
	for i, p := range state.Params {
		m.positions[i] = float64(p)
	}
	return nil
}

// evaluate sets the state to where the trajectory is. ok says whether the potential there
// is a number; if not the trajectory has diverged.
func (m *metropolis) evaluate(state *State) (ok bool, err error) {
	for i, x := range m.positions {
		state.Params[i] = float32(x)
	}
	state.Current = false
	if err := m.system.FullGradient(state); err != nil {
		var loss *LossError
		if errors.As(err, &loss) {
			return false, nil
		}
		return false, err
	}
	return true, nil
}

// decide accepts the state at the end of a trajectory with probability min(1, e^(−energyError)),
// or puts back that at its beginning. NaN is rejected.
func (m *metropolis) decide(state *State, energyError float64) {
	acceptance := 0.0
	if energyError == energyError {
		acceptance = math.Min(1, math.Exp(-energyError))
	}
	accepted := random.Open(m.system.Source()) < acceptance
	if !accepted {
		state.Assign(&m.before)
	}
	state.Acceptance, state.Accepted = acceptance, accepted
}
