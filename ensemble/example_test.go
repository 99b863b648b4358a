package ensemble_test

import (
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/nn"
)

// Two lines, y = x and y = x + 1, whose errors cancel in the mean.
func Example() {
	points, err := data.NewTargets([]float32{0, 1, 2}, []int{1}, []float32{0.5, 1.5, 2.5})
	if err != nil {
		panic(err)
	}
	committee, err := ensemble.New(nn.LinearPerceptron(1), [][]float32{{1, 0}, {1, 1}})
	if err != nil {
		panic(err)
	}
	report, err := committee.Evaluate(points)
	if err != nil {
		panic(err)
	}
	fmt.Printf("members %.3f and %.3f, committee %.3f\n", report.MemberLoss[0], report.MemberLoss[1], report.Loss)
	// Output:
	// members 0.125 and 0.125, committee 0.000
}

// Three classifiers of two numbers look at one input.
func ExampleCommittee_Predict() {
	net, err := nn.NewNetwork([]int{2}, nn.Dense{Outputs: 2})
	if err != nil {
		panic(err)
	}
	// The weights of class 0, of class 1, and the biases.
	committee, err := ensemble.New(net, [][]float32{
		{1, 0, 0, 1, 0, 0},
		{2, 0, 0, 2, 0, 0},
		{0, 0, 0, 0, 0, 1},
	})
	if err != nil {
		panic(err)
	}
	prediction, err := committee.Predict([]float32{1, 0.5})
	if err != nil {
		panic(err)
	}
	fmt.Printf("class %d, votes %v, probabilities %.2f\n", prediction.Class, prediction.Votes, prediction.Probabilities)
	// Output:
	// class 0, votes [2 1], probabilities [0.54 0.46]
}
