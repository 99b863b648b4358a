package temperature

import (
	"fmt"
	"slices"

	"github.com/trajens/trajens/tps/diagnostics"
)

// Config has the settings of a Thermometer. The zero value works.
type Config struct {
	// InverseMasses has 1/m for each parameter, finite and > 0. nil: all masses are 1. It is
	// copied.
	InverseMasses []float32
	// Center is the point from which the virial is taken, such as the mean of a burn-in. nil: 0.
	// It is copied.
	Center []float32
}

// A Thermometer takes means and standard errors of the temperatures and of the inertia along a
// run, in fixed memory. It is for one goroutine; Thermometers of several runs can be merged.
type Thermometer struct {
	params                   int
	inverseMasses, center    []float32
	kinetic, virial, inertia diagnostics.Accumulator
}

// New returns a Thermometer of a model with that many parameters, at least 1.
func New(params int, config Config) (*Thermometer, error) {
	if params < 1 {
		return nil, fmt.Errorf("temperature: params = %d, want at least 1", params)
	}
	if config.InverseMasses != nil && len(config.InverseMasses) != params {
		return nil, fmt.Errorf("temperature: Config.InverseMasses has %d numbers, want one for each of %d parameters", len(config.InverseMasses), params)
	}
	if config.Center != nil && len(config.Center) != params {
		return nil, fmt.Errorf("temperature: Config.Center has %d numbers, want one for each of %d parameters", len(config.Center), params)
	}
	for i, x := range config.InverseMasses {
		if !(x > 0) || x-x != 0 {
			return nil, fmt.Errorf("temperature: Config.InverseMasses[%d] = %v, want a finite number > 0", i, x)
		}
	}
	for i, x := range config.Center {
		if x-x != 0 {
			return nil, fmt.Errorf("temperature: Config.Center[%d] = %v, want a finite number", i, x)
		}
	}
	return &Thermometer{
		params: params, inverseMasses: slices.Clone(config.InverseMasses), center: slices.Clone(config.Center),
	}, nil
}

// Add adds a state: parameters θ, the gradient of U at θ, with the prior, and momenta of the same
// time. Gradient or momenta may be nil where there are none, such as for a sampler without
// momenta: then what needs them is left out. Add keeps nothing and does not allocate. It panics
// if a length is not the number of parameters. A state that is not finite makes all results that
// it enters NaN.
func (t *Thermometer) Add(params, momenta, gradient []float32) {
	if len(params) != t.params {
		panic("temperature: length of a state is not the number of parameters")
	}
	if momenta != nil {
		t.kinetic.Add(Kinetic(momenta, t.inverseMasses))
		t.inertia.Add(Inertia(params, momenta))
	}
	if gradient != nil {
		t.virial.Add(Virial(params, gradient, t.center))
	}
}

// Merge adds what another Thermometer has taken, of another run of the same model. That one
// stays as it is. Merge panics if the numbers of parameters differ.
func (t *Thermometer) Merge(other *Thermometer) {
	if other.params != t.params {
		panic("temperature: thermometers of different models")
	}
	t.kinetic.Merge(&other.kinetic)
	t.virial.Merge(&other.virial)
	t.inertia.Merge(&other.inertia)
}

// A Reading has means with their standard errors, by blocking; NaN where nothing was added.
type Reading struct {
	Kinetic diagnostics.Estimate // expected: T
	Virial  diagnostics.Estimate // expected: T
	Inertia diagnostics.Estimate // expected: 0
	States  int                  // how many were added
}

// Read returns the reading so far.
func (t *Thermometer) Read() Reading {
	return Reading{
		Kinetic: t.kinetic.Estimate(), Virial: t.virial.Estimate(), Inertia: t.inertia.Estimate(),
		States: max(t.kinetic.Count(), t.virial.Count()),
	}
}

// Scores returns how many standard errors the kinetic and the virial temperature are above T, and
// the inertia above 0. In a run that samples as it should, each is a standard normal number.
func (r Reading) Scores(temperature float64) (kinetic, virial, inertia float64) {
	return r.Kinetic.Score(temperature), r.Virial.Score(temperature), r.Inertia.Score(0)
}
