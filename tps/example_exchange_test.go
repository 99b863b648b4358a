package tps_test

import (
	"context"
	"fmt"

	"github.com/trajens/trajens/tps"
)

// twoWells is a model with one parameter x and the loss (x² − 1)² for each sample.
type twoWells struct{}

func (twoWells) Samples() int { return 100 }
func (twoWells) Params() int  { return 1 }

func (twoWells) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		x := float64(model[0])
		for j := range samples {
			dst[k][j] = (x*x - 1) * (x*x - 1)
		}
	}
}

// At s = 30 a chain does not leave the well it is in. It gets states from the other one
// by swaps with chains at lower s, which do.
func ExampleExchange() {
	start, err := tps.NewTrajectory(2, 1)
	if err != nil {
		panic(err)
	}
	start.Model(0)[0], start.Model(1)[0] = 1, 1
	var chains []*tps.Chain
	for k, s := range []float64{1, 3, 10, 30} {
		chain, err := tps.NewChain(tps.Config{
			Tau: 2, Sigma: 0.3, S: s, Prior: &tps.Gaussian{Sigma: 1}, Start: start, Stream: uint64(k),
		}, twoWells{})
		if err != nil {
			panic(err)
		}
		chains = append(chains, chain)
	}
	exchange, err := tps.NewExchange(tps.ExchangeConfig{Every: 4}, chains...)
	if err != nil {
		panic(err)
	}

	right, all := 0.0, 0.0
	err = exchange.Run(context.Background(), 200_000, func(chain int) []tps.Observer {
		if chain < 3 {
			return nil
		}
		return []tps.Observer{tps.Every(10, func(chain *tps.Chain) error {
			if chain.Trajectory().Model(0)[0] > 0 {
				right++
			}
			all++
			return nil
		})}
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("s = 30: %.1f of the time in the well on the right\n", right/all)
	stats := exchange.Stats()
	for _, pair := range stats.Pairs {
		fmt.Printf("chains %d and %d swap: %v\n", pair.Low, pair.High, pair.Swaps.Acceptance() > 0.1)
	}
	fmt.Println("more than 1000 round trips:", stats.TotalRoundTrips() > 1000)
	// Output:
	// s = 30: 0.5 of the time in the well on the right
	// chains 0 and 1 swap: true
	// chains 1 and 2 swap: true
	// chains 2 and 3 swap: true
	// more than 1000 round trips: true
}
