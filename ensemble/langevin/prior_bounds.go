package langevin

import (
	"cmp"
	"fmt"
	"math"
)

// Walls push back parameters that leave an interval: V = (k/q) Σ dᵢ^q, where dᵢ is how
// far θᵢ is outside.
type Walls struct {
	// Lower and Upper are the ends of the interval, Lower below Upper; either may be
	// infinite.
	Lower, Upper float64
	// Stiffness is k, finite and positive.
	Stiffness float64
	// Power is q, finite and at least 1. 0: 2, springs.
	Power float64
}

// AddGradient implements Prior.
func (w Walls) AddGradient(dst, params []float32) (v float64) {
	for i, x := range params {
		out := 0.0
		switch theta := float64(x); {
		case theta < w.Lower:
			out = theta - w.Lower
		case theta > w.Upper:
			out = theta - w.Upper
		default:
			continue
		}
		energy, slope := spring(out, w.Stiffness, w.Power)
		dst[i] += float32(slope)
		v += energy
	}
	return v
}

// Validate returns an error if a field is out of its range.
func (w Walls) Validate(int) error {
	if !(w.Lower < w.Upper) {
		return fmt.Errorf("langevin: Walls.Lower = %v and Upper = %v, want Lower < Upper", w.Lower, w.Upper)
	}
	return checkSpring("Walls", w.Stiffness, w.Power)
}

// String returns the prior in words.
func (w Walls) String() string {
	return fmt.Sprintf("walls(%v to %v, stiffness %v, power %v)", w.Lower, w.Upper, w.Stiffness, cmp.Or(w.Power, 2))
}

// Tether ties parameters to given values: V = (k/q) Σ |θᵢ − μᵢ|^q.
type Tether struct {
	// To is μ, P numbers. nil: all are 0.
	To []float32
	// Parameters are the indices of those that are tied. nil: all.
	Parameters []int
	// Stiffness is k, finite and positive.
	Stiffness float64
	// Power is q, finite and at least 1. 0: 2, springs.
	Power float64
}

// AddGradient implements Prior.
func (t Tether) AddGradient(dst, params []float32) (v float64) {
	n := len(t.Parameters)
	if t.Parameters == nil {
		n = len(params)
	}
	for k := range n {
		i := k
		if t.Parameters != nil {
			i = t.Parameters[k]
		}
		energy, slope := spring(float64(params[i])-at(t.To, i), t.Stiffness, t.Power)
		dst[i] += float32(slope)
		v += energy
	}
	return v
}

// Validate returns an error if a field is out of its range.
func (t Tether) Validate(params int) error {
	if err := checkCenter("Tether.To", t.To, params); err != nil {
		return err
	}
	for k, i := range t.Parameters {
		if i < 0 || i >= params {
			return fmt.Errorf("langevin: Tether.Parameters[%d] = %d, want 0 to %d", k, i, params-1)
		}
	}
	return checkSpring("Tether", t.Stiffness, t.Power)
}

// String returns the prior in words.
func (t Tether) String() string {
	which := "all"
	if t.Parameters != nil {
		which = fmt.Sprint(t.Parameters)
	}
	return fmt.Sprintf("tether(%s to %s, stiffness %v, power %v)", which, describeNumbers(t.To), t.Stiffness, cmp.Or(t.Power, 2))
}

// spring returns the energy (k/q)|d|^q and its derivative.
func spring(d, stiffness, power float64) (energy, slope float64) {
	if power == 0 || power == 2 {
		return stiffness * d * d / 2, stiffness * d
	}
	if d == 0 {
		return 0, 0
	}
	force := stiffness * math.Pow(math.Abs(d), power-1)
	return force * math.Abs(d) / power, math.Copysign(force, d)
}

// checkSpring returns an error if a setting of springs is out of its range.
func checkSpring(of string, stiffness, power float64) error {
	if power != 0 && !(power >= 1 && !math.IsInf(power, 1)) {
		return fmt.Errorf("langevin: %s.Power = %v, want a finite number ≥ 1", of, power)
	}
	return checkPositive(of+".Stiffness", stiffness)
}
