package langevin_test

import (
	"context"
	"fmt"

	"github.com/trajens/trajens/ensemble/langevin"
)

// A harmonic loss θ²/2 at S = 4 has the posterior variance 1/4.
func Example() {
	chain, err := langevin.NewChain(langevin.Config{
		Sampler: langevin.BAOAB{Step: 0.5, Friction: 2},
		S:       4,
	}, newHarmonic(1, 0, 1))
	if err != nil {
		panic(err)
	}
	sum, draws := 0.0, 0
	err = chain.Run(context.Background(), 1_000_000, langevin.Every(10, func(c *langevin.Chain) error {
		theta := float64(c.Params()[0])
		sum += theta * theta
		draws++
		return nil
	}))
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d draws, variance %.2f\n", draws, sum/float64(draws))
	// Output:
	// 100000 draws, variance 0.25
}
