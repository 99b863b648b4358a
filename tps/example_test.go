package tps_test

import (
	"context"
	"fmt"

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
		ctx := context.Background()
		if err := chain.Run(ctx, 10_000); err != nil {
			panic(err)
		}
		mean, count := 0.0, 0
		energies := make([]float64, tau)
		err = chain.Run(ctx, 1_010_000, tps.Every(10*tau, func(chain *tps.Chain) error {
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
		fmt.Printf("τ = %d: mean energy %.3f\n", tau, mean/float64(count))
	}
	// Output:
	// τ = 1: mean energy 0.050
	// τ = 8: mean energy 0.024
}
