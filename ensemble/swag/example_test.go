package swag_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/independent"
	"github.com/trajens/trajens/ensemble/swag"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// MultiSWAG: two networks from starts of their own, a posterior about each, and a
// committee of thirty members of both. One posterior alone is SWAG.
func ExampleMulti() {
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
	networks, err := independent.Train(ctx, []descent.Gradient{gradients},
		func(params []float32, source rand.Source) { nn.InitUniform(params, net, source) },
		independent.Config{Members: 2, Descent: func(int) descent.Config {
			return descent.Config{Epochs: 10, Schedule: descent.Cosine{Peak: 0.01, WarmUp: 0.1}}
		}, Source: source})
	if err != nil {
		panic(err)
	}
	var posteriors swag.Multi
	for _, network := range networks {
		posterior, err := swag.Run(ctx, network, gradients, swag.Config{Descent: descent.Config{Epochs: 5, Source: source}})
		if err != nil {
			panic(err)
		}
		posteriors = append(posteriors, posterior)
	}
	members, err := posteriors.Draw(30, source)
	if err != nil {
		panic(err)
	}
	committee, err := ensemble.New(net, members)
	if err != nil {
		panic(err)
	}
	fmt.Println(committee.Len(), "members of", len(posteriors), "posteriors")
	fmt.Println("collected for each:", posteriors[0].Collected())
	// Output:
	// 30 members of 2 posteriors
	// collected for each: 5
}
