package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trajens/trajens/ensemble/langevin"
)

// A method is a sampler by name.
type method struct {
	name, about string
	friction    bool // it has one
	whole       bool // it needs gradients of all samples
	thermal     bool // its momenta have a temperature after a step
	make        func(o *options) langevin.Sampler
}

var methods = []method{
	{"baoab", "Langevin splitting of second order, exact in the parameters for a harmonic loss", true, false, true,
		func(o *options) langevin.Sampler { return langevin.BAOAB{Step: o.step, Friction: o.friction} }},
	{"obabo", "Langevin splitting of second order", true, false, true,
		func(o *options) langevin.Sampler { return langevin.OBABO{Step: o.step, Friction: o.friction} }},
	{"gla1", "Langevin splitting of first order", true, false, true,
		func(o *options) langevin.Sampler { return langevin.GLA1{Step: o.step, Friction: o.friction} }},
	{"gla2", "Langevin splitting of second order, exact in the momenta for a harmonic loss", true, false, true,
		func(o *options) langevin.Sampler { return langevin.GLA2{Step: o.step, Friction: o.friction} }},
	{"sgld", "stochastic gradient Langevin dynamics", false, false, false,
		func(o *options) langevin.Sampler { return langevin.SGLD{Step: o.step} }},
	{"psgld", "the same, preconditioned", false, false, false,
		func(o *options) langevin.Sampler { return langevin.PSGLD{Step: o.step, Adapt: o.burnIn} }},
	{"csgld", "the same, in cycles", false, false, false,
		func(o *options) langevin.Sampler { return langevin.CSGLD{Step: o.step, Cycle: o.cycle} }},
	{"sghmc", "stochastic gradient Hamiltonian Monte Carlo", true, false, true,
		func(o *options) langevin.Sampler { return langevin.SGHMC{Step: o.step, Friction: o.friction} }},
	{"sgnht", "the same with a thermostat", true, false, true,
		func(o *options) langevin.Sampler { return langevin.SGNHT{Step: o.step, Friction: o.friction} }},
	{"ccadl", "the same with a thermostat that knows the gradients' noise", true, false, true,
		func(o *options) langevin.Sampler { return langevin.CCAdL{Step: o.step, Friction: o.friction} }},
	{"mclmc", "microcanonical Langevin, tuned in the burn-in", false, false, false,
		func(o *options) langevin.Sampler {
			return langevin.MCLMC{Step: o.step, Tuning: langevin.MCLMCTuning{Steps: o.tuning()}}
		}},
	{"hmc", "Hamiltonian Monte Carlo, tuned in the burn-in: exact", false, true, false,
		func(o *options) langevin.Sampler {
			return langevin.HMC{Step: o.step, Steps: o.leaps, Tuning: langevin.DualAveraging{Steps: o.tuning()}}
		}},
	{"amclmc", "microcanonical Langevin with Metropolis's test, tuned in the burn-in: exact", false, true, false,
		func(o *options) langevin.Sampler {
			return langevin.AdjustedMCLMC{Step: o.step, Tuning: langevin.AdjustedTuning{Steps: o.tuning()}}
		}},
}

// tuning is how many steps tune a sampler that is tuned: none whose step is given.
func (o *options) tuning() int {
	if o.step > 0 {
		return 0
	}
	return o.burnIn
}

// samples tells whether what a step came to belongs to the ensemble: in cycles, not while
// the sampler explores.
func (m *method) samples(o *options, step int) bool {
	cycles, ok := m.make(o).(langevin.CSGLD)
	return !ok || cycles.Sampling(step)
}

func findMethod(name string) *method {
	if i := slices.IndexFunc(methods, func(m method) bool { return m.name == name }); i >= 0 {
		return &methods[i]
	}
	return nil
}

func methodNames() string {
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = m.name
	}
	return strings.Join(names, ", ")
}

// describeMethods has a line for each.
func describeMethods() string {
	var text strings.Builder
	for _, m := range methods {
		fmt.Fprintf(&text, "\n  %-7s %s", m.name, m.about)
	}
	return text.String()
}
