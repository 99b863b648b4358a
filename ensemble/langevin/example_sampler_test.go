package langevin_test

import (
	"context"
	"fmt"
	"math"

	"github.com/trajens/trajens/ensemble/langevin"
)

// LimitMethod is a sampler of one's own: BAOAB in the limit of high friction, which has
// one gradient and half of the old and half of the new noise in a step,
//
//	θ ← θ − e ∇U + √(e/2β) (ξₙ + ξₙ₊₁)
//
// (Leimkuhler and Matthews 2013). For a harmonic U it is exact.
type LimitMethod struct{ Step float64 }

// Stepper implements langevin.Sampler.
func (m LimitMethod) Stepper(system *langevin.System, _ *langevin.State) (langevin.Stepper, error) {
	if !(m.Step > 0) {
		return nil, fmt.Errorf("LimitMethod.Step = %v, want a number > 0", m.Step)
	}
	l := &limitMethod{system, m.Step, make([]float32, system.Params()), make([]float32, system.Params())}
	system.Normals(l.before)
	return l, nil
}

type limitMethod struct {
	system        *langevin.System
	step          float64
	before, after []float32
}

// Step implements langevin.Stepper.
func (l *limitMethod) Step(state *langevin.State) error {
	if err := l.system.Gradient(state); err != nil {
		return err
	}
	l.system.Normals(l.after)
	width := math.Sqrt(l.step / (2 * l.system.Beta()))
	for i, g := range state.Gradient {
		state.Params[i] += float32(width*float64(l.before[i]+l.after[i]) - l.step*float64(g))
	}
	state.Current = false // the gradient is not that of the new parameters
	l.before, l.after = l.after, l.before
	return nil
}

// A sampler of one's own.
func ExampleSampler() {
	chain, err := langevin.NewChain(langevin.Config{Sampler: LimitMethod{Step: 0.5}, S: 4}, newHarmonic(1, 0, equal(100, 0.5)...))
	if err != nil {
		panic(err)
	}
	sum, draws := 0.0, 0
	err = chain.Run(context.Background(), 20_000, langevin.Every(5, func(c *langevin.Chain) error {
		sum += meanSquare(c.Params())
		draws++
		return nil
	}))
	if err != nil {
		panic(err)
	}
	fmt.Printf("variance %.2f\n", sum/float64(draws))
	// Output:
	// variance 0.50
}
