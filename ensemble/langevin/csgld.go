package langevin

import (
	"cmp"
	"fmt"
	"math"
)

// CSGLD is cyclical stochastic gradient Langevin dynamics (Zhang, Li, Zhang, Chen and
// Wilson, arXiv 1902.03932, algorithm 1): SGLD with step sizes that fall from the largest
// to nearly 0 in each cycle, along half a cosine,
//
//	eₜ = (e/2) · [1 + cos(π r)],  r = (t mod c)/c.
//
// The first part of a cycle explores: it has no noise, β = ∞. Draws are to be taken in
// the other one, which Sampling tells. They depend on the cycle: no step size is kept for
// long, and what comes from the exploration may still be there.
type CSGLD struct {
	// Step is e, the largest step size, finite and positive. 0: 0.02/S.
	Step float64
	// Cycle is c, the steps of a cycle, at least 1. 0: 1000.
	Cycle int
	// Exploration is the part of a cycle, in [0, 1), without noise. 0: none.
	Exploration float64
}

// String returns the sampler and its options.
func (c CSGLD) String() string {
	return fmt.Sprintf("csgld(step %v, cycle %d, exploration %v)", orDefault(c.Step), c.cycle(), c.Exploration)
}

func (c CSGLD) cycle() int { return cmp.Or(c.Cycle, 1000) }

// phase returns r of a step.
func (c CSGLD) phase(step int) float64 { return float64(step%c.cycle()) / float64(c.cycle()) }

// Sampling says whether a step, counted from 0 as in Step.Number, is of the part of a
// cycle that samples.
func (c CSGLD) Sampling(step int) bool { return c.phase(step) >= c.Exploration }

// LastOfCycle says whether a step is the last one of a cycle.
func (c CSGLD) LastOfCycle(step int) bool { return (step+1)%c.cycle() == 0 }

// Stepper implements Sampler.
func (c CSGLD) Stepper(system *System, state *State) (Stepper, error) {
	largest, err := orStep("CSGLD", c.Step, 0.02/system.s)
	if err != nil {
		return nil, err
	}
	if c.Cycle < 0 {
		return nil, fmt.Errorf("langevin: CSGLD.Cycle = %d, want at least 1", c.Cycle)
	}
	if !(c.Exploration >= 0 && c.Exploration < 1) {
		return nil, fmt.Errorf("langevin: CSGLD.Exploration = %v, want a number in [0, 1)", c.Exploration)
	}
	size := func(step int) float64 { return largest / 2 * (1 + math.Cos(math.Pi*c.phase(step))) }
	return newOverdamped(size, c.Sampling, system, state), nil
}
