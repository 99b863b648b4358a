package langevin_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/nn"
)

// HMC finds its step size in its first steps, here until the draws of the others begin.
func ExampleHMC() {
	chain, err := langevin.NewChain(langevin.Config{Sampler: langevin.HMC{}, S: 4}, newHarmonic(1, 0, 1))
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	if err := chain.Run(ctx, 1000); err != nil {
		panic(err)
	}
	sum, draws := 0.0, 0
	err = chain.Run(ctx, 100_000, langevin.Every(1, func(c *langevin.Chain) error {
		theta := float64(c.Params()[0])
		sum += theta * theta
		draws++
		return nil
	}))
	if err != nil {
		panic(err)
	}
	fmt.Printf("variance %.2f\n", sum/float64(draws))
	// Output:
	// variance 0.25
}

// A Bayesian ensemble of a small network on a table: few members and draws, for an example.
func ExampleMILE() {
	random := rand.New(rand.NewPCG(1, 0))
	x, y := make([]float32, 200), make([]float32, 200)
	for i := range x {
		x[i] = 2*random.Float32() - 1
		y[i] = float32(math.Sin(3*float64(x[i])) + 0.1*random.NormFloat64())
	}
	table, err := data.NewTargets(x, []int{1}, y)
	if err != nil {
		panic(err)
	}
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 8}, nn.Tanh{}, nn.Dense{Outputs: 2}) // mean and scale
	if err != nil {
		panic(err)
	}
	config := langevin.MILEConfig{Members: 2, Draws: 50, Seed: 1}
	config.Sampler.Tuning.Steps = 500
	result, err := langevin.MILE(context.Background(), net, table, nn.GaussianSoftplus, config)
	if err != nil {
		panic(err)
	}
	committee, err := result.Committee(net)
	if err != nil {
		panic(err)
	}
	predictions, err := committee.PredictRegression(table, ensemble.TargetConfig{MeanAndScale: nn.GaussianSoftplus.MeanAndScale})
	if err != nil {
		panic(err)
	}
	fmt.Println(committee.Len(), "models")
	fmt.Printf("root mean squared error %.1f\n", predictions.RMSE())
	// Output:
	// 100 models
	// root mean squared error 0.1
}

// Eight walkers on a Gaussian with variances from 1 to 100 precondition each other.
func ExampleWalkers() {
	walkers, err := langevin.NewWalkers(langevin.WalkersConfig{
		Config: langevin.Config{Sampler: langevin.BAOAB{Step: 0.25, Friction: 1}, S: 1},
		Eta:    0.3,
	}, newHarmonic(1, 0, 1, 0.1, 0.01))
	if err != nil {
		panic(err)
	}
	sum, draws := 0.0, 0
	err = walkers.Run(context.Background(), 40_000, nil, func(w *langevin.Walkers) error {
		for _, chain := range w.Chains() {
			theta := float64(chain.Params()[2])
			sum += theta * theta
			draws++
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("variance of the widest direction %.0f\n", math.Round(sum/float64(draws)/10)*10)
	// Output:
	// variance of the widest direction 100
}
