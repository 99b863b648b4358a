package langevin

import (
	"cmp"
	"fmt"
	"math"
)

// DualAveraging finds the step size of a sampler with a test in the first steps of a chain
// (Hoffman and Gelman, J. Mach. Learn. Res. 15, 1593 (2014), section 3.2, with their
// constants): such that the mean acceptance probability is Target. Afterwards the step size
// is the average that it has had, and does not change any more. The draws of these steps are
// not of the target, and are to be left out.
type DualAveraging struct {
	// Steps is how many of the first steps of the chain tune it. 0: 1000 if the step size
	// is not given, and else none.
	Steps int
	// Target is the acceptance probability, in (0, 1). 0: 0.65, the best of HMC in high
	// dimensions (Beskos et al., Bernoulli 19, 1501 (2013)).
	Target float64
}

// withDefaults returns the settings with their defaults, for that step size.
func (d DualAveraging) withDefaults(step float64) (DualAveraging, error) {
	if d.Steps == 0 && step == 0 {
		d.Steps = 1000
	}
	d.Target = cmp.Or(d.Target, 0.65)
	if d.Steps < 0 {
		return d, fmt.Errorf("langevin: DualAveraging.Steps = %d, want at least 0", d.Steps)
	}
	if !(d.Target > 0 && d.Target < 1) {
		return d, fmt.Errorf("langevin: DualAveraging.Target = %v, want a number in (0, 1)", d.Target)
	}
	return d, nil
}

// A dualAverage is the state of dual averaging.
type dualAverage struct {
	Made            int
	Center          float64 // μ, to which the logarithm of the step size is drawn
	Error           float64 // H̄, the mean of the differences from the target
	Log, LogAverage float64 // of the step size
}

func newDualAverage(step float64) dualAverage {
	return dualAverage{Center: math.Log(10 * step), Log: math.Log(step)}
}

// observe takes in an acceptance probability and returns the next step size.
func (d *dualAverage) observe(acceptance, target float64) float64 {
	const gamma, t0, kappa = 0.05, 10, 0.75
	d.Made++
	t := float64(d.Made)
	d.Error += (target - acceptance - d.Error) / (t + t0)
	d.Log = d.Center - math.Sqrt(t)/gamma*d.Error
	d.LogAverage += math.Pow(t, -kappa) * (d.Log - d.LogAverage)
	return math.Exp(d.Log)
}

// average returns the step size to go on with.
func (d *dualAverage) average() float64 { return math.Exp(d.LogAverage) }
