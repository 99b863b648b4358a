package langevin_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
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

// A committee of networks from the posterior of a regression with noise of the standard
// deviation 0.1: where there are no points, the members differ.
func Example_committee() {
	random := rand.New(rand.NewPCG(1, 2))
	const points, noise = 50, 0.1
	x, y := make([]float32, points), make([]float32, points)
	for i := range x {
		x[i] = 2*random.Float32() - 1
		y[i] = float32(math.Sin(3*float64(x[i])) + noise*random.NormFloat64())
	}
	d, err := data.NewTargets(x, []int{1}, y)
	if err != nil {
		panic(err)
	}
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 10}, nn.Tanh{}, nn.Dense{Outputs: 1})
	if err != nil {
		panic(err)
	}
	gradients, err := nn.NewGradients(net, d, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		panic(err)
	}
	chain, err := langevin.NewChain(langevin.Config{
		S:     points / (noise * noise), // the log-likelihood is that of a normal distribution
		Prior: langevin.Gaussian{Sigma: 2},
	}, gradients)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	if err := chain.Run(ctx, 5_000); err != nil { // burn-in
		panic(err)
	}
	var draws [][]float32
	err = chain.Run(ctx, 25_000, langevin.Every(500, func(c *langevin.Chain) error {
		draws = append(draws, slices.Clone(c.Params()))
		return nil
	}))
	if err != nil {
		panic(err)
	}
	committee, err := ensemble.New(net, draws)
	if err != nil {
		panic(err)
	}
	for _, x := range []float32{0, 2} {
		prediction, err := committee.Predict([]float32{x})
		if err != nil {
			panic(err)
		}
		fmt.Printf("x = %v: the members agree within 0.1: %t\n", x, math.Sqrt(prediction.Variances[0]) < 0.1)
	}
	// Output:
	// x = 0: the members agree within 0.1: true
	// x = 2: the members agree within 0.1: false
}

// A run with checkpoints and a trace: started again, the program does what is left.
func ExampleCheckpointing() {
	dir, err := os.MkdirTemp("", "langevin")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program := func(steps int) {
		chain, err := langevin.NewChain(langevin.Config{Sampler: langevin.SGLD{Step: 0.1}, S: 1}, newHarmonic(1, 0, 1, 2))
		if err != nil {
			panic(err)
		}
		rows, err := langevin.NewTrace(filepath.Join(dir, "loss.csv"), trace.Config{Every: 100, Average: true}, langevin.LossColumn())
		if err != nil {
			panic(err)
		}
		checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{Dir: filepath.Join(dir, "run"), Parts: []tps.Part{{Name: "trace", State: rows}}})
		if err != nil {
			panic(err)
		}
		if _, err := checkpoints.Resume(chain); err != nil {
			panic(err)
		}
		fmt.Println("from step", chain.Steps())
		if err := rows.Start(chain); err != nil {
			panic(err)
		}
		if err := chain.Run(context.Background(), steps, rows.Observer(), langevin.Checkpointing(checkpoints)); err != nil {
			panic(err)
		}
		if _, err := checkpoints.Save(chain); err != nil {
			panic(err)
		}
		if err := rows.Close(); err != nil {
			panic(err)
		}
	}
	program(250)
	program(500)
	file, err := os.Open(filepath.Join(dir, "loss.csv"))
	if err != nil {
		panic(err)
	}
	defer file.Close()
	table, err := trace.Read(file)
	if err != nil {
		panic(err)
	}
	fmt.Println("rows at", table.Steps)
	// Output:
	// from step 0
	// from step 250
	// rows at [100 200 300 400 500]
}
