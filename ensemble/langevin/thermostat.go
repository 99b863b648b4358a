package langevin

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
)

// A thermostat is the friction ξ of SGNHT and CCAdL: it rises while the momenta are
// hotter than 1/β, and falls while they are colder.
type thermostat struct {
	xi      float64
	inertia float64 // μ
	target  float64 // 1/β
	free    float64 // parameters
}

// newThermostat returns one that starts at a friction.
func newThermostat(name string, inertia, start float64, system *System) (thermostat, error) {
	inertia = cmp.Or(inertia, 1/(system.beta*system.s))
	return thermostat{start, inertia, 1 / system.beta, float64(system.Free())}, checkPositive(name+".Inertia", inertia)
}

// advance makes a step of dξ = (pᵀM⁻¹p/n − 1/β)/μ dt.
func (t *thermostat) advance(state *State, time float64) {
	t.xi += time / t.inertia * (2*state.Kinetic()/t.free - t.target)
}

// Xi returns ξ.
func (t *thermostat) Xi() float64 { return t.xi }

// MarshalBinary returns ξ.
func (t *thermostat) MarshalBinary() ([]byte, error) {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(t.xi)), nil
}

// UnmarshalBinary sets ξ.
func (t *thermostat) UnmarshalBinary(data []byte) error {
	if len(data) != 8 {
		return fmt.Errorf("langevin: a state of a thermostat has %d bytes, want 8", len(data))
	}
	xi := math.Float64frombits(binary.LittleEndian.Uint64(data))
	if xi-xi != 0 {
		return fmt.Errorf("langevin: a state of a thermostat has the friction %v, want a finite number", xi)
	}
	t.xi = xi
	return nil
}
