package train

import (
	"fmt"
	"math"
)

// A Schedule sets the learning rate. One with a method Validate() error has it
// called before a run.
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

// Decay starts with Start and multiplies it by Factor after each Steps steps.
type Decay struct {
	Start  float64
	Factor float64 // in (0, 1]
	Steps  int     // at least 1
}

// Rate returns the rate of a step.
func (d Decay) Rate(step, _ int) float64 {
	return d.Start * math.Pow(d.Factor, float64(step/d.Steps))
}

// Validate returns an error if a field is out of its range.
func (d Decay) Validate() error {
	if err := checkRate("Decay.Start", d.Start); err != nil {
		return err
	}
	if !(d.Factor > 0 && d.Factor <= 1) {
		return fmt.Errorf("train: Decay.Factor = %v, want a number in (0, 1]", d.Factor)
	}
	if d.Steps < 1 {
		return fmt.Errorf("train: Decay.Steps = %d, want at least 1", d.Steps)
	}
	return nil
}

// Cosine rises from 0 to Peak in the first WarmUp of a run, linearly, and then
// falls to Final at its end, along half a period of a cosine (Loshchilov and
// Hutter, arXiv 1608.03983, eq. 5, without restarts).
type Cosine struct {
	Peak, Final float64
	WarmUp      float64 // share of the steps, in [0, 1]
}

// Rate returns the rate of a step.
func (c Cosine) Rate(step, steps int) float64 {
	warm := c.WarmUp * float64(steps)
	at := float64(step)
	if at < warm {
		return c.Peak * (at + 1) / (warm + 1)
	}
	if at = (at - warm) / (float64(steps) - warm); !(at < 1) { // also where there is nothing but warm-up
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
		return fmt.Errorf("train: Cosine.WarmUp = %v, want a number in [0, 1]", c.WarmUp)
	}
	return nil
}

// WarmUp rises linearly to the rate of Then in the first Steps steps.
type WarmUp struct {
	Steps int // at least 0
	Then  Schedule
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
		return fmt.Errorf("train: WarmUp.Steps = %d, want at least 0", w.Steps)
	}
	if w.Then == nil {
		return fmt.Errorf("train: WarmUp.Then is nil")
	}
	return validate(w.Then)
}

func validate(schedule Schedule) error {
	if v, ok := schedule.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

func checkRate(name string, rate float64) error {
	if !(rate >= 0) || math.IsInf(rate, 1) {
		return fmt.Errorf("train: %s = %v, want a finite number ≥ 0", name, rate)
	}
	return nil
}
