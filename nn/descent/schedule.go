package descent

import (
	"fmt"
	"math"
)

// A Schedule sets the learning rate. Run calls the method Validate() error of a
// schedule that has one before the first step, and ends with its error.
type Schedule interface {
	// Rate returns the learning rate, finite and at least 0, for a step,
	// counted from 0, of a run that has the given number of them in all.
	Rate(step, steps int) float64
}

// Constant is a schedule that never changes.
type Constant float64

// Rate returns the constant.
func (c Constant) Rate(int, int) float64 { return float64(c) }

// Validate returns an error if the rate is out of its range.
func (c Constant) Validate() error { return checkRate("Constant", float64(c)) }

// Decay starts with the rate Start, which is multiplied by Factor after every
// so many steps.
type Decay struct {
	Start  float64 // finite and at least 0
	Factor float64 // in (0, 1]
	Every  int     // steps from a change of the rate to the next, at least 1
}

// Rate returns the rate of a step.
func (d Decay) Rate(step, _ int) float64 {
	return d.Start * math.Pow(d.Factor, float64(step/d.Every))
}

// Validate returns an error if a field is out of its range.
func (d Decay) Validate() error {
	if err := checkRate("Decay.Start", d.Start); err != nil {
		return err
	}
	if !(d.Factor > 0 && d.Factor <= 1) {
		return fmt.Errorf("descent: Decay.Factor = %v, want a number in (0, 1]", d.Factor)
	}
	if d.Every < 1 {
		return fmt.Errorf("descent: Decay.Every = %d, want at least 1", d.Every)
	}
	return nil
}

// Cosine rises linearly to Peak in the share WarmUp of the steps that comes
// first, and then falls to Final at the end of the run, along half a period of a cosine (Loshchilov and
// Hutter, arXiv 1608.03983, eq. 5, without restarts).
type Cosine struct {
	Peak, Final float64 // finite and at least 0
	WarmUp      float64 // share of the steps, in [0, 1]
}

// Rate returns the rate of a step.
func (c Cosine) Rate(step, steps int) float64 {
	warm := c.WarmUp * float64(steps)
	at := float64(step)
	if at < warm {
		return c.Peak * (at + 1) / (warm + 1)
	}
	if at = (at - warm) / (float64(steps) - warm); !(at < 1) { // NaN where all steps are warm-up
		return c.Final
	}
	return c.Final + (c.Peak-c.Final)*(1+math.Cos(math.Pi*at))/2
}

// Validate returns an error if a field is out of its range.
func (c Cosine) Validate() error {
	if err := checkRate("Cosine.Peak", c.Peak); err != nil {
		return err
	}
	if err := checkRate("Cosine.Final", c.Final); err != nil {
		return err
	}
	if !(c.WarmUp >= 0 && c.WarmUp <= 1) {
		return fmt.Errorf("descent: Cosine.WarmUp = %v, want a number in [0, 1]", c.WarmUp)
	}
	return nil
}

// WarmUp rises linearly to the rate of Then in the first Steps steps.
type WarmUp struct {
	Steps int      // at least 0
	Then  Schedule // not nil
}

// Rate returns the rate of a step.
func (w WarmUp) Rate(step, steps int) float64 {
	rate := w.Then.Rate(step, steps)
	if step < w.Steps {
		rate *= float64(step+1) / float64(w.Steps+1)
	}
	return rate
}

// Validate returns an error if a field is out of its range.
func (w WarmUp) Validate() error {
	if w.Steps < 0 {
		return fmt.Errorf("descent: WarmUp.Steps = %d, want at least 0", w.Steps)
	}
	if w.Then == nil {
		return fmt.Errorf("descent: WarmUp.Then is nil")
	}
	return checkSchedule(w.Then)
}

// checkSchedule returns what a Validate method of the schedule says.
func checkSchedule(schedule Schedule) error {
	if v, ok := schedule.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

func checkRate(name string, rate float64) error {
	if !(rate >= 0) || math.IsInf(rate, 1) {
		return fmt.Errorf("descent: %s = %v, want a finite number ≥ 0", name, rate)
	}
	return nil
}
