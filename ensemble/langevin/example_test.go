package langevin_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
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

// A committee of a network for digits, from the posterior about a trained one. Minibatches
// are of epochs, which hardly heat.
func Example_committee() {
	source := rand.NewPCG(1, 2)
	digits, err := data.Digits(600, source)
	if err != nil {
		panic(err)
	}
	test, err := data.Digits(500, source)
	if err != nil {
		panic(err)
	}
	net, err := nn.NewNetwork([]int{1, 28, 28}, nn.MaxPool2D{Kernel: 4}, nn.Flatten{}, nn.Dense{Outputs: 20}, nn.Tanh{}, nn.Dense{Outputs: 10})
	if err != nil {
		panic(err)
	}
	gradients, err := nn.NewGradients(net, digits, nn.CrossEntropy, nn.Config{})
	if err != nil {
		panic(err)
	}
	start := make([]float32, net.Params())
	nn.InitUniform(start, net, source)
	ctx := context.Background()
	if _, err := descent.Run(ctx, start, gradients, descent.Config{Epochs: 20, Source: source, Schedule: descent.Constant(0.01)}); err != nil {
		panic(err)
	}
	chain, err := langevin.NewChain(langevin.Config{
		Prior: langevin.Gaussian{Sigma: 1}, Start: start, Batch: 100, Epochs: true,
	}, gradients)
	if err != nil {
		panic(err)
	}
	var draws [][]float32
	err = chain.Run(ctx, 1000, langevin.Every(100, func(c *langevin.Chain) error {
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
	quality, err := committee.Evaluate(test)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d models, accuracy above 0.8: %t\n", len(draws), quality.Accuracy > 0.8)
	// Output:
	// 10 models, accuracy above 0.8: true
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
