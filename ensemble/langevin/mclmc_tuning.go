package langevin

import (
	"cmp"
	"fmt"
	"math"
)

// MCLMCTuning finds the step and the length of MCLMC in the first steps of a chain (Robnik,
// De Luca, Silverstein and Seljak, arXiv 2212.08549, section 4; Robnik and Seljak, arXiv
// 2303.18221), with the constants of BlackJAX's mclmc_find_L_and_step_size, in three phases.
//
// The first lets the chain forget its start, and finds the step at which the variance of the
// energy error of a step, per dimension, is EnergyVariance. It averages, over about Memory
// steps, what each step says of that, as the variance goes with the sixth power of the step.
// The second goes on with that, and takes the square root of the sum of the variances of the
// parameters as length. The third makes the length LengthFactor times how far the chain
// goes in the integrated autocorrelation time of a parameter, the mean over parameters (of
// at most 256, at at most 4096 times).
//
// The draws of these steps are not of the target, and are to be left out.
//
// A step whose energy error is more than a hundred standard deviations is put back, as is
// one that is not finite, after which steps stay below 0.8 of its length.
type MCLMCTuning struct {
	// Steps is how many of the first steps of the chain tune it, at least 10. 0: 5000 if
	// MCLMC.Step or MCLMC.Length is 0, and else none.
	Steps int
	// Shares are those of the three phases, of which only the ratios matter, at least 0.
	// A phase of no steps is left out: without the second and the third the length stays
	// the one that the chain begins with. The zero value: equal shares.
	Shares [3]float64
	// EnergyVariance is the variance of the energy error of a step per dimension that is
	// aimed at, positive. 0: 5e-4. The bias of the chain falls with it. MILE begins with
	// 0.5 and ends with 0.1.
	EnergyVariance float64
	// FinalEnergyVariance is what it has become by the end of the second phase, linearly.
	// 0: EnergyVariance.
	FinalEnergyVariance float64
	// Memory is over how many steps the first phases average, at least 2. 0: 150.
	Memory float64
	// Trust is how many factors of e a step may be off to have a weight of e^(−1/2),
	// positive. 0: 1.5.
	Trust float64
	// LengthFactor is the factor of the third phase, positive. 0: 0.4.
	LengthFactor float64
	// Precondition makes the standard deviations of the parameters in the second phase
	// the units that the dynamics has, in the place of MCLMC.Scale. Then a third of as many
	// steps as that phase has find the step anew, and the length before the third phase is
	// the square root of the dimension.
	Precondition bool
}

// defaultTuningSteps is how many steps tune a chain whose step and length are not given.
const defaultTuningSteps = 5000

// withDefaults returns the settings with their defaults, of MCLMC with that step and length.
func (t MCLMCTuning) withDefaults(step, length float64) (MCLMCTuning, error) {
	if t.Steps == 0 && (step == 0 || length == 0) {
		t.Steps = defaultTuningSteps
	}
	if t.Steps == 0 {
		return t, nil
	}
	if t.Shares == [3]float64{} {
		t.Shares = [3]float64{1, 1, 1}
	}
	t.EnergyVariance = cmp.Or(t.EnergyVariance, 5e-4)
	t.FinalEnergyVariance = cmp.Or(t.FinalEnergyVariance, t.EnergyVariance)
	t.Memory, t.Trust = cmp.Or(t.Memory, 150), cmp.Or(t.Trust, 1.5)
	t.LengthFactor = cmp.Or(t.LengthFactor, 0.4)
	if t.Steps < 10 {
		return t, fmt.Errorf("langevin: MCLMCTuning.Steps = %d, want at least 10, or 0 for the default", t.Steps)
	}
	for i, share := range t.Shares {
		if !(share >= 0) || math.IsInf(share, 1) {
			return t, fmt.Errorf("langevin: MCLMCTuning.Shares[%d] = %v, want a finite number ≥ 0", i, share)
		}
	}
	if t.Shares[0] == 0 {
		return t, fmt.Errorf("langevin: MCLMCTuning.Shares[0] = 0, want a number > 0: the first phase finds the step")
	}
	if !(t.Memory >= 2) || math.IsInf(t.Memory, 1) {
		return t, fmt.Errorf("langevin: MCLMCTuning.Memory = %v, want a finite number ≥ 2", t.Memory)
	}
	for _, field := range []struct {
		name  string
		value float64
	}{
		{"EnergyVariance", t.EnergyVariance}, {"FinalEnergyVariance", t.FinalEnergyVariance},
		{"Trust", t.Trust}, {"LengthFactor", t.LengthFactor},
	} {
		if !(field.value > 0) || math.IsInf(field.value, 1) {
			return t, fmt.Errorf("langevin: MCLMCTuning.%s = %v, want a finite number > 0", field.name, field.value)
		}
	}
	if t.Precondition && t.Shares[1] == 0 {
		return t, fmt.Errorf("langevin: MCLMCTuning.Precondition is set, but Shares[1] = 0: the second phase finds the deviations")
	}
	return t, nil
}

// ends returns the numbers of steps after which the phases are over: the first, the second,
// that in which the step is found anew, and the third, which is Steps.
func (t MCLMCTuning) ends() (ends [4]int) {
	total := t.Shares[0] + t.Shares[1] + t.Shares[2]
	first := int(math.Round(float64(t.Steps) * t.Shares[0] / total))
	second := int(math.Round(float64(t.Steps) * (t.Shares[0] + t.Shares[1]) / total))
	again := second
	if t.Precondition {
		again = min(t.Steps, second+(second-first)/3)
	}
	return [4]int{first, second, again, t.Steps}
}
