package moves_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
	"github.com/trajens/trajens/tps/moves"
)

// Most steps of the chain follow the gradient on 32 samples, and one in ten moves the
// whole trajectory by the gradient on all.
func Example() {
	line, _, err := data.Line(256, 0, rand.NewPCG(1, 0))
	if err != nil {
		panic(err)
	}
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		panic(err)
	}
	gradients, err := nn.NewGradients(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		panic(err)
	}
	const tau, s, sigma = 4, 100, 0.3
	chain, err := tps.NewChain(tps.Config{
		Tau: tau, Sigma: sigma, S: s, Seed: 1,
		Move: tps.Mix{
			{Weight: 9, Move: moves.Langevin{Gradient: gradients, Beta: 0.5, Batch: 32}},
			{Weight: 1, Move: moves.Hamiltonian{Gradient: gradients, Step: 0.3, Steps: 3, Whole: true}},
		},
	}, losses)
	if err != nil {
		panic(err)
	}
	sum, count := 0.0, 0
	models := make([]float64, tau)
	measure := tps.Every(5, func(chain *tps.Chain) error {
		if err := chain.MeanLosses(models); err != nil {
			return err
		}
		for _, loss := range models {
			sum += loss
			count++
		}
		return nil
	})
	if err := chain.Run(context.Background(), 500); err != nil { // burn-in
		panic(err)
	}
	if err := chain.Run(context.Background(), 10_000, measure); err != nil {
		panic(err)
	}
	perceptron, err := exact.NewLinear(line)
	if err != nil {
		panic(err)
	}
	want := perceptron.MeanLoss(tau, s, sigma)
	fmt.Printf("within 15 %% of the exact mean loss: %v\n", math.Abs(sum/float64(count)/want-1) < 0.15)
	// Output:
	// within 15 % of the exact mean loss: true
}
