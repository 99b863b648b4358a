package joint_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/joint"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// Modules of three hidden units each can do little alone. Trained together they do
// better as an ensemble, at the cost of each of them.
// A committee of the modules predicts by their geometric mean, which is what they
// were trained for.
func Example_committee() {
	digits, err := data.Digits(300, rand.NewPCG(1, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	net, err := nn.NewNetwork([]int{1, 28, 28}, nn.Flatten{}, nn.Dense{Outputs: 3}, nn.ReLU{}, nn.Dense{Outputs: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	modules := joint.Initialize(net, 32, rand.NewPCG(1, 3))
	_, err = joint.Train(context.Background(), net, modules, digits, joint.Config{Lambda: 0.9, Descent: descent.Config{Epochs: 30}})
	if err != nil {
		fmt.Println(err)
		return
	}
	committee, err := ensemble.New(net, modules)
	if err != nil {
		fmt.Println(err)
		return
	}
	predictions, err := committee.PredictClasses(digits)
	if err != nil {
		fmt.Println(err)
		return
	}
	probabilities := predictions.Geometric()[:10] // of the first image
	fmt.Println("the most probable class is the label:", probabilities[digits.Label(0)] == slices.Max(probabilities))
	// Output:
	// the most probable class is the label: true
}

func Example() {
	digits, err := data.Digits(1500, rand.NewPCG(1, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	train, test, err := digits.Split(1000, rand.NewPCG(1, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	net, err := nn.NewNetwork([]int{1, 28, 28}, nn.Flatten{}, nn.Dense{Outputs: 3}, nn.ReLU{}, nn.Dense{Outputs: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	var reports []*joint.Report
	for _, lambda := range []float64{0, 0.9} {
		modules := joint.Initialize(net, 32, rand.NewPCG(1, 3))
		config := joint.Config{Lambda: lambda, Descent: descent.Config{Epochs: 12, Source: rand.NewPCG(1, 4)}}
		if _, err := joint.Train(context.Background(), net, modules, train, config); err != nil {
			fmt.Println(err)
			return
		}
		report, err := joint.Evaluate(net, modules, test, joint.Softmax)
		if err != nil {
			fmt.Println(err)
			return
		}
		reports = append(reports, report)
	}
	independent, together := reports[0], reports[1]
	fmt.Println("trained together the ensemble is better:", together.Ensemble.Error < independent.Ensemble.Error)
	fmt.Println("but its modules are worse:", together.Average.Error > independent.Average.Error)
	fmt.Println("and differ more:", together.Diversity > independent.Diversity)
	// Output:
	// trained together the ensemble is better: true
	// but its modules are worse: true
	// and differ more: true
}
