package snapshot

import (
	"fmt"
	"math"
)

// A Schedule is the learning rate of M cycles (ibid., eq. 2),
//
//	α(t) = α₀/2 · (cos(π · mod(t − 1, ⌈T/M⌉) / ⌈T/M⌉) + 1),  t = 1 … T,
//
// for package descent, which counts steps from 0, as t − 1.
type Schedule struct {
	Peak   float64 // α₀, with which each cycle begins: finite and positive
	Cycles int     // M, at least 1
}

// Rate returns the learning rate of a step, counted from 0, of a run of so many.
func (s Schedule) Rate(step, steps int) float64 {
	length := (steps + s.Cycles - 1) / s.Cycles
	return s.Peak / 2 * (math.Cos(math.Pi*float64(step%length)/float64(length)) + 1)
}

// Validate returns an error if a field is out of its range.
func (s Schedule) Validate() error {
	if !(s.Peak > 0) || math.IsInf(s.Peak, 1) {
		return fmt.Errorf("snapshot: Schedule.Peak = %v, want a finite number > 0", s.Peak)
	}
	if s.Cycles < 1 {
		return fmt.Errorf("snapshot: Schedule.Cycles = %d, want at least 1", s.Cycles)
	}
	return nil
}
