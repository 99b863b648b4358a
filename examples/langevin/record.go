package main

import (
	"bytes"
	"encoding/gob"
	"math"
	"slices"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/tps/diagnostics/temperature"
)

// A record is what is kept of a chain. It is saved with the chain.
type record struct {
	// Of each step after the burn-in; NaN where a sampler does not have it.
	Losses, Kinetic, Virial, Inertia []float64
	// Of some steps of the whole run.
	Readings []reading
	Models   [][]float32
	Due      bool // a model is to be drawn at the next step that allows it
	Seconds  float64
}

// A reading is what is shown and plotted of one step.
type reading struct {
	Step                                         int
	Loss, Potential, Kinetic, Virial, Acceptance float64
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (r *record) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	type plain record // without methods, which gob would call
	err := gob.NewEncoder(&b).Encode((*plain)(r))
	return b.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (r *record) UnmarshalBinary(state []byte) error {
	type plain record
	var read plain
	if err := gob.NewDecoder(bytes.NewReader(state)).Decode(&read); err != nil {
		return err
	}
	*r = record(read)
	return nil
}

// read returns what is to be known of the step that a chain has made. The virial is that of
// the last gradient, where the sampler leaves one of its parameters; microcanonical momenta
// are directions, and have no temperature.
func read(chain *langevin.Chain, step langevin.Step, thermal bool) (r reading, inertia float64) {
	state := chain.State()
	r = reading{chain.Steps(), step.Loss, step.Potential, math.NaN(), math.NaN(), step.Acceptance}
	inertia = math.NaN()
	if thermal && state.Momentum != nil {
		r.Kinetic = temperature.Kinetic(state.Momentum, nil)
		inertia = temperature.Inertia(state.Params, state.Momentum)
	}
	if state.Current {
		r.Virial = temperature.Virial(state.Params, state.Gradient, nil)
	}
	return r, inertia
}

// add keeps what a step after the burn-in did.
func (r *record) add(now reading, inertia float64) {
	r.Losses = append(r.Losses, now.Loss)
	r.Kinetic = append(r.Kinetic, now.Kinetic)
	r.Virial = append(r.Virial, now.Virial)
	r.Inertia = append(r.Inertia, inertia)
}

// draw keeps a model.
func (r *record) draw(params []float32) {
	r.Models = append(r.Models, slices.Clone(params))
	r.Due = false
}
