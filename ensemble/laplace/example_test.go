package laplace_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/laplace"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// Members about a trained network: of all its parameters, and of its last layer.
func Example() {
	ctx, source := context.Background(), rand.NewPCG(1, 2)
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
	if _, err := descent.Run(ctx, params, gradients, descent.Config{
		Epochs: 20, Schedule: descent.Cosine{Peak: 0.01, WarmUp: 0.1}, Source: source,
	}); err != nil {
		panic(err)
	}

	jacobian, err := nn.NewJacobian(net, digits, nn.Config{})
	if err != nil {
		panic(err)
	}
	curvature, err := laplace.GaussNewton(ctx, jacobian, laplace.Categorical{}, params)
	if err != nil {
		panic(err)
	}
	diagonal, err := laplace.NewDiagonal(params, curvature, laplace.Config{})
	if err != nil {
		panic(err)
	}
	lastLayer, err := laplace.NewLastLayer(ctx, net, digits, laplace.Categorical{}, params, laplace.Config{})
	if err != nil {
		panic(err)
	}
	for _, posterior := range []interface {
		Draw(n int, source rand.Source) ([][]float32, error)
	}{diagonal, lastLayer} {
		members, err := posterior.Draw(10, source)
		if err != nil {
			panic(err)
		}
		committee, err := ensemble.New(net, members)
		if err != nil {
			panic(err)
		}
		fmt.Println(committee.Len(), "members")
	}
	// Output:
	// 10 members
	// 10 members
}
