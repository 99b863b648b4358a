package exact_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
)

// A sampler is right if it finds the exact mean loss.
func Example() {
	line, _, err := data.Line(256, 0, rand.NewPCG(1, 0))
	if err != nil {
		panic(err)
	}
	perceptron, err := exact.NewLinear(line)
	if err != nil {
		panic(err)
	}
	const tau, s, sigma = 4, 100, 0.1
	chain, err := tps.NewChain(tps.Config{Tau: tau, Sigma: sigma, S: s}, perceptron)
	if err != nil {
		panic(err)
	}
	sum, count := 0.0, 0
	losses := make([]float64, tau)
	err = chain.Run(context.Background(), 500_000, tps.Every(20, func(chain *tps.Chain) error {
		if chain.Steps() < 50_000 {
			return nil // burn-in
		}
		if err := chain.MeanLosses(losses); err != nil {
			return err
		}
		for _, loss := range losses {
			sum += loss
			count++
		}
		return nil
	}))
	if err != nil {
		panic(err)
	}
	want := perceptron.MeanLoss(tau, s, sigma)
	fmt.Printf("within 5 %% of the exact mean loss: %v\n", math.Abs(sum/float64(count)/want-1) < 0.05)
	// Output:
	// within 5 % of the exact mean loss: true
}
