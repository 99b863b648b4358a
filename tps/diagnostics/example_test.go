package diagnostics_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// spring is a model with one parameter x and the same loss x²/2 for each of
// its samples.
type spring struct{}

func (spring) Samples() int { return 100 }
func (spring) Params() int  { return 1 }

func (spring) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		x := float64(model[0])
		for j := range samples {
			dst[k][j] = x * x / 2
		}
	}
}

// A particle at temperature 1/s, whose mean energy is 1/(2s), is let fall from
// x = 20. The run ends when its energy has converged.
func Example() {
	start, err := tps.NewTrajectory(1, 1)
	if err != nil {
		panic(err)
	}
	start.Model(0)[0] = 20
	chain, err := tps.NewChain(tps.Config{Tau: 1, Sigma: 0.3, S: 10, Start: start, Source: rand.NewPCG(1, 2)}, spring{})
	if err != nil {
		panic(err)
	}
	energy := func(c *tps.Chain) float64 {
		x := float64(c.Trajectory().Model(0)[0])
		return x * x / 2
	}

	convergence, err := diagnostics.NewConvergence(diagnostics.ConvergenceConfig{Window: 20_000, RelativeError: 0.03, RelativeGradient: 0.2})
	if err != nil {
		panic(err)
	}
	run, err := diagnostics.NewBlocks(0)
	if err != nil {
		panic(err)
	}
	tally, err := diagnostics.NewTally(diagnostics.TallyConfig{Tau: 1, Samples: 100})
	if err != nil {
		panic(err)
	}
	watch := tps.Every(1, func(c *tps.Chain) error {
		run.Add(energy(c))
		return nil
	})
	err = chain.Run(context.Background(), 1_000_000, tally.Observer(), watch, convergence.Observer(1, energy))
	if err != nil {
		panic(err)
	}

	fmt.Println("converged:", convergence.Last().Converged)
	burnIn, settled := run.BurnIn()
	fmt.Println("settled:", settled)
	fmt.Printf("τ_int is about %.0f steps\n", convergence.Last().Tau)
	estimate := run.MeanAfter(burnIn)
	fmt.Printf("mean energy %.3f ± %.3f\n", estimate.Mean, estimate.StandardError)
	fmt.Printf("accepted: %.0f %%\n", 100*tally.Acceptance())
	// Output:
	// converged: true
	// settled: true
	// τ_int is about 7 steps
	// mean energy 0.051 ± 0.001
	// accepted: 42 %
}
