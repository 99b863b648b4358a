package langevin

import "cmp"

// A thermostat changes the friction ξ of SGNHT and CCAdL: it rises while the momenta are
// hotter than 1/β, and falls while they are colder.
type thermostat struct {
	inertia float64 // μ
	target  float64 // 1/β
	free    float64 // parameters
}

// newThermostat returns one, and sets the friction of the state to start from.
func newThermostat(name string, inertia, start float64, system *System, state *State) (thermostat, error) {
	inertia = cmp.Or(inertia, 1/(system.beta*system.s))
	state.Friction = start
	return thermostat{inertia, 1 / system.beta, float64(system.Free())}, checkPositive(name+".Inertia", inertia)
}

// advance makes a step of dξ = (pᵀM⁻¹p/n − 1/β)/μ dt.
func (t *thermostat) advance(state *State, time float64) {
	state.Friction += time / t.inertia * (2*state.Kinetic()/t.free - t.target)
}
