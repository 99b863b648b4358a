package main

import (
	"fmt"
	"math"
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
	// step is the default size of a step, a share of what is stable: of 2/h for samplers of
	// first order, and of 2/√h for those with momenta, h being the largest curvature of U
	// where the chain begins. 0: the sampler has a default of its own, or is tuned.
	step float64
	// make makes one for a step and a friction, which may be 0.
	make func(o *options, step, friction float64) langevin.Sampler
}

var methods = []method{
	{"baoab", "Langevin splitting of second order, exact in the parameters for a harmonic loss", true, false, true, 0.5,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.BAOAB{Step: step, Friction: friction}
		}},
	{"obabo", "Langevin splitting of second order", true, false, true, 0.5,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.OBABO{Step: step, Friction: friction}
		}},
	{"gla1", "Langevin splitting of first order", true, false, true, 0.3,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.GLA1{Step: step, Friction: friction}
		}},
	{"gla2", "Langevin splitting of second order, exact in the momenta for a harmonic loss", true, false, true, 0.5,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.GLA2{Step: step, Friction: friction}
		}},
	{"sgld", "stochastic gradient Langevin dynamics", false, false, false, 0.2,
		func(o *options, step, friction float64) langevin.Sampler { return langevin.SGLD{Step: step} }},
	{"psgld", "the same, preconditioned", false, false, false, 0,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.PSGLD{Step: step, Adapt: o.burnIn}
		}},
	{"csgld", "the same, in cycles", false, false, false, 0.6,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.CSGLD{Step: step, Cycle: o.cycle}
		}},
	{"sghmc", "stochastic gradient Hamiltonian Monte Carlo", true, false, true, 0.3,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.SGHMC{Step: step, Friction: friction}
		}},
	{"sgnht", "the same with a thermostat", true, false, true, 0.3,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.SGNHT{Step: step, Friction: friction}
		}},
	{"ccadl", "the same with a thermostat that knows the gradients' noise", true, false, true, 0.3,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.CCAdL{Step: step, Friction: friction}
		}},
	{"mclmc", "microcanonical Langevin, tuned in the burn-in", false, false, false, 0,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.MCLMC{Step: step, Tuning: langevin.MCLMCTuning{Steps: o.burnIn, EnergyVariance: o.energyVariance}}
		}},
	{mileName, "microcanonical Langevin ensemble: chains of mclmc from several trained networks", false, false, false, 0,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.MCLMC{Tuning: langevin.MCLMCTuning{Steps: o.burnIn, EnergyVariance: o.energyVariance, FinalEnergyVariance: o.energyVariance}}
		}},
	{"hmc", "Hamiltonian Monte Carlo, tuned in the burn-in: exact", false, true, false, 0,
		func(o *options, step, friction float64) langevin.Sampler {
			if step > 0 {
				return langevin.HMC{Step: step, Steps: o.leaps}
			}
			return langevin.HMC{Steps: o.leaps, Tuning: langevin.DualAveraging{Steps: o.burnIn}}
		}},
	{"amclmc", "microcanonical Langevin with Metropolis's test, tuned in the burn-in: exact", false, true, false, 0,
		func(o *options, step, friction float64) langevin.Sampler {
			return langevin.AdjustedMCLMC{Step: step, Tuning: langevin.AdjustedTuning{Steps: o.burnIn}}
		}},
}

// sampler returns the sampler of a run, where h is the largest curvature of U.
func (o *options) sampler(h float64) langevin.Sampler {
	step, friction := o.step, o.friction
	if step == 0 && o.method.step > 0 {
		step = o.method.step / h
		if o.method.friction {
			step = o.method.step / math.Sqrt(h)
		}
	}
	if friction == 0 && o.method.friction {
		friction = math.Sqrt(h) / 5
	}
	return o.method.make(o, step, friction)
}

// tuning is the fewest steps of a burn-in that tunes the sampler, 0 if none does. A step that
// is given is what HMC takes, and where the others, which tune a length, too, begin.
func (o *options) tuning() int {
	switch {
	case o.name == "hmc" && o.step == 0:
		return 1
	case o.name == "mclmc" || o.name == mileName:
		return 10
	case o.name == "amclmc":
		return 20
	}
	return 0
}

// samples tells whether what a step came to belongs to the ensemble: in cycles, not while
// the sampler explores.
func (m *method) samples(o *options, step int) bool {
	cycles, ok := m.make(o, 0, 0).(langevin.CSGLD)
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
