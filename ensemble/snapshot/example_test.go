package snapshot_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/snapshot"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// Three networks of one training.
func ExampleTrain() {
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
	models, err := snapshot.Train(context.Background(), params, gradients, snapshot.Config{
		Members: 3,
		Peak:    0.01,
		Descent: descent.Config{Epochs: 5, Optimizer: new(descent.Adam), Source: source},
	})
	if err != nil {
		panic(err)
	}
	committee, err := ensemble.New(net, models)
	if err != nil {
		panic(err)
	}
	fmt.Println(committee.Len(), "members")
	// Output:
	// 3 members
}
