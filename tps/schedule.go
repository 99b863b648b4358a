package tps

import (
	"fmt"
	"math"
	"slices"
)

// A Schedule sets the tilt s for each step of a chain. A schedule with a
// method Validate() error has it called by NewChain.
type Schedule interface {
	// S returns s for a step, counted from 0 over the whole life of a chain.
	// It must be finite.
	S(step int) float64
}

// Constant is a schedule that never changes.
type Constant float64

// S returns the constant.
func (c Constant) S(int) float64 { return float64(c) }

// Validate returns an error if s is not finite.
func (c Constant) Validate() error { return checkTilt("S", float64(c)) }

// Linear goes from From at step 0 to To at step Steps in equal increments,
// and stays there. Steps is at least 1.
type Linear struct {
	From, To float64
	Steps    int
}

// S returns s for a step.
func (l Linear) S(step int) float64 {
	if step >= l.Steps {
		return l.To
	}
	f := float64(step) / float64(l.Steps)
	return (1-f)*l.From + f*l.To
}

// Validate returns an error if a field is out of its range.
func (l Linear) Validate() error {
	if err := checkTilt("Linear.From", l.From); err != nil {
		return err
	}
	if err := checkTilt("Linear.To", l.To); err != nil {
		return err
	}
	if l.Steps < 1 {
		return fmt.Errorf("tps: Linear.Steps = %d, want at least 1", l.Steps)
	}
	return nil
}

// Exponential grows (or shrinks) as From · e^(Rate · step) and is clipped at
// To: it stays there once it has reached it. From and To have the same sign,
// and Rate leads from one towards the other.
type Exponential struct {
	From, To float64
	Rate     float64
}

// S returns s for a step.
func (e Exponential) S(step int) float64 {
	s := e.From * math.Exp(e.Rate*float64(step))
	if math.Abs(e.From) <= math.Abs(e.To) == (math.Abs(s) >= math.Abs(e.To)) {
		return e.To
	}
	return s
}

// Validate returns an error if a field is out of its range.
func (e Exponential) Validate() error {
	if err := checkTilt("Exponential.From", e.From); err != nil {
		return err
	}
	if err := checkTilt("Exponential.To", e.To); err != nil {
		return err
	}
	if !(e.From*e.To > 0) {
		return fmt.Errorf("tps: Exponential.From = %v and To = %v, want the same sign and neither zero", e.From, e.To)
	}
	towards := math.Abs(e.To) - math.Abs(e.From)
	if !(e.Rate*towards >= 0) || math.IsInf(e.Rate, 0) || (e.Rate == 0 && towards != 0) {
		return fmt.Errorf("tps: Exponential.Rate = %v does not lead from %v to %v", e.Rate, e.From, e.To)
	}
	return nil
}

// Stepped holds each of its stages from the step at which it starts until the
// next one starts. The first starts at step 0, and the starts increase.
type Stepped []Stage

// A Stage is a value of s and the step from which it holds.
type Stage struct {
	Start int
	S     float64
}

// S returns s for a step.
func (p Stepped) S(step int) float64 {
	after, found := slices.BinarySearchFunc(p, step, func(stage Stage, step int) int { return stage.Start - step })
	if !found {
		after--
	}
	return p[after].S
}

// Validate returns an error if there is no stage, one is out of order, or an
// s is not finite.
func (p Stepped) Validate() error {
	if len(p) == 0 || p[0].Start != 0 {
		return fmt.Errorf("tps: Stepped has no stage that starts at step 0")
	}
	for i, stage := range p {
		if i > 0 && stage.Start <= p[i-1].Start {
			return fmt.Errorf("tps: Stepped[%d].Start = %d, want more than %d", i, stage.Start, p[i-1].Start)
		}
		if err := checkTilt(fmt.Sprintf("Stepped[%d].S", i), stage.S); err != nil {
			return err
		}
	}
	return nil
}

func checkTilt(name string, s float64) error {
	if s-s != 0 {
		return fmt.Errorf("tps: %s = %v, want a finite number", name, s)
	}
	return nil
}
