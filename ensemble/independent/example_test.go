package independent_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/independent"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// Three networks, two of them trained at a time, do better than each of them.
func ExampleTrain() {
	source := rand.NewPCG(1, 2)
	digits, err := data.Digits(1500, source)
	if err != nil {
		panic(err)
	}
	train, test, err := digits.Split(1000, source)
	if err != nil {
		panic(err)
	}
	net := nn.MairCNN()
	var gradients []descent.Gradient
	for range 2 {
		g, err := nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{})
		if err != nil {
			panic(err)
		}
		gradients = append(gradients, g)
	}
	initialize := func(params []float32, source rand.Source) { nn.InitUniform(params, net, source) }
	models, err := independent.Train(context.Background(), gradients, initialize, independent.Config{
		Members: 3,
		Descent: func(int) descent.Config {
			return descent.Config{Epochs: 10, Schedule: descent.Cosine{Peak: 0.01, WarmUp: 0.1}}
		},
		Source: source,
	})
	if err != nil {
		panic(err)
	}
	committee, err := ensemble.New(net, models)
	if err != nil {
		panic(err)
	}
	report, err := committee.Classify(test)
	if err != nil {
		panic(err)
	}
	fmt.Println(committee.Len(), "members")
	fmt.Println("more accurate than members are in the mean:", report.Accuracy > report.MemberAccuracyMean())
	// Output:
	// 3 members
	// more accurate than members are in the mean: true
}
