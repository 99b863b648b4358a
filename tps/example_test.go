package tps_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/tps"
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

// One model at tilt s is a particle at temperature 1/s: its mean energy is
// 1/(2s). Coupled models have less.
func Example() {
	for _, tau := range []int{1, 8} {
		chain, err := tps.NewChain(tps.Config{Tau: tau, Sigma: 0.3, S: 10}, spring{})
		if err != nil {
			panic(err)
		}
		mean, count := 0.0, 0
		energies := make([]float64, tau)
		measure := tps.Every(10*tau, func(chain *tps.Chain) error {
			if err := chain.MeanLosses(energies); err != nil {
				return err
			}
			for _, energy := range energies {
				mean += energy
				count++
			}
			return nil
		})
		const burnIn, total = 10_000, 1_010_000
		if err := chain.Run(context.Background(), burnIn); err != nil {
			panic(err)
		}
		if err := chain.Run(context.Background(), total, measure); err != nil {
			panic(err)
		}
		fmt.Printf("τ = %d: mean energy %.3f\n", tau, mean/float64(count))
	}
	// Output:
	// τ = 1: mean energy 0.050
	// τ = 8: mean energy 0.024
}

// Several chains of one configuration, each with random numbers of its own, run
// at the same time, and make one committee.
func ExampleRunAll() {
	start, err := tps.RandomWalk(8, []float32{1}, 0.3, rand.NewPCG(1, 0))
	if err != nil {
		panic(err)
	}
	config := tps.Config{Tau: 8, Sigma: 0.3, S: 10, Start: start, Seed: 1}
	chains := make([]*tps.Chain, 4)
	for k := range chains {
		config.Stream = uint64(k)
		if chains[k], err = tps.NewChain(config, spring{}); err != nil {
			panic(err)
		}
	}
	if err := errors.Join(tps.RunAll(context.Background(), chains, 20_000, nil)...); err != nil {
		panic(err)
	}

	var stats tps.Stats
	trajectories := make([]*tps.Trajectory, len(chains))
	for k, chain := range chains {
		stats.Add(chain.Stats())
		trajectories[k] = chain.Trajectory()
	}
	committee, err := tps.Concatenate(trajectories...)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d models after %d steps\n", committee.Len(), stats.Steps)
	// Output:
	// 32 models after 80000 steps
}

// A sweep lowers s between runs; the chain goes on from where it is.
func ExampleChain_SetS() {
	chain, err := tps.NewChain(tps.Config{Tau: 8, Sigma: 0.3, S: 100, Source: rand.NewPCG(1, 0)}, spring{})
	if err != nil {
		panic(err)
	}
	energies := make([]float64, 8)
	for _, s := range []float64{100, 10} {
		if err := chain.SetS(s); err != nil {
			panic(err)
		}
		mean, count := 0.0, 0
		err := chain.Run(context.Background(), chain.Steps()+200_000, tps.Every(50, func(chain *tps.Chain) error {
			if err := chain.MeanLosses(energies); err != nil {
				return err
			}
			for _, energy := range energies {
				mean += energy
				count++
			}
			return nil
		}))
		if err != nil {
			panic(err)
		}
		fmt.Printf("s = %v: mean energy %.3f\n", s, mean/float64(count))
	}
	// Output:
	// s = 100: mean energy 0.004
	// s = 10: mean energy 0.024
}
