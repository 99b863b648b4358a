package descent_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// The line y = 2x − 1 through three points, by L-BFGS.
func ExampleMinimize() {
	points, err := data.NewTargets([]float32{0, 1, 2}, []int{1}, []float32{-1, 1, 3})
	if err != nil {
		panic(err)
	}
	gradients, err := nn.NewGradients(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		panic(err)
	}
	params := []float32{0, 0}
	if _, err := descent.Minimize(context.Background(), params, gradients, nil, nil); err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", params)
	// Output:
	// [2.00 -1.00]
}

// A network learns digits that package data draws, in minibatches.
func ExampleRun() {
	source := rand.NewPCG(1, 2)
	digits, err := data.Digits(1000, source)
	if err != nil {
		panic(err)
	}
	net := nn.MairCNN()
	gradients, err := nn.NewGradients(net, digits, nn.CrossEntropy, nn.Config{})
	if err != nil {
		panic(err)
	}
	params := make([]float32, net.Params())
	nn.InitUniform(params, net, source)
	end, err := descent.Run(context.Background(), params, gradients, descent.Config{
		Epochs:   20,
		Schedule: descent.Cosine{Peak: 0.01, WarmUp: 0.1},
		Source:   source,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(end.Number, "epochs,", end.Steps, "steps")
	fmt.Printf("loss %.1f nats\n", end.Loss)
	// Output:
	// 20 epochs, 200 steps
	// loss 0.1 nats
}

// Several networks that differ, made from one that is trained.
func ExampleSpread() {
	source := rand.NewPCG(1, 2)
	digits, err := data.Digits(1000, source)
	if err != nil {
		panic(err)
	}
	net := nn.MairCNN()
	gradients, err := nn.NewGradients(net, digits, nn.CrossEntropy, nn.Config{})
	if err != nil {
		panic(err)
	}
	params := make([]float32, net.Params())
	nn.InitUniform(params, net, source)
	ctx := context.Background()
	if _, err := descent.Run(ctx, params, gradients, descent.Config{
		Epochs: 20, Schedule: descent.Cosine{Peak: 0.01, WarmUp: 0.1}, Source: source,
	}); err != nil {
		panic(err)
	}
	models, err := descent.Spread(ctx, params, 3, 0.05, gradients, descent.Config{
		Epochs: 10, Schedule: descent.Cosine{Peak: 0.02, WarmUp: 0.1}, Source: source,
		Progress: func(e descent.Epoch) error {
			if e.Number == 10 {
				fmt.Printf("loss below 0.2: %t\n", e.Loss < 0.2)
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(len(models), "models beside the first")
	// Output:
	// loss below 0.2: true
	// loss below 0.2: true
	// loss below 0.2: true
	// 3 models beside the first
}
