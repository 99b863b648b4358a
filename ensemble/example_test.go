package ensemble_test

import (
	"fmt"
	"math"

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

// A service answers one request after the other without allocating.
func ExamplePredictor() {
	committee, err := ensemble.NewWeighted(nn.LinearPerceptron(1), [][]float32{{1, 0}, {1, 1}, {1, 2}}, []float64{1, 2, 1})
	if err != nil {
		panic(err)
	}
	predictor := committee.NewPredictor()
	var prediction ensemble.Prediction
	for _, x := range []float32{1, 2} {
		if err := predictor.Predict(&prediction, []float32{x}); err != nil {
			panic(err)
		}
		fmt.Printf("%.2f ± %.2f\n", prediction.Outputs[0], math.Sqrt(prediction.Variances[0]))
	}
	// Output:
	// 2.00 ± 0.71
	// 3.00 ± 0.71
}

// Three classifiers of two numbers, as they are added one by one.
func ExampleCommittee_CurveInOrder() {
	net, err := nn.NewNetwork([]int{2}, nn.Dense{Outputs: 2, NoBias: true})
	if err != nil {
		panic(err)
	}
	points, err := data.NewLabeled([]float32{1, 0, 0, 1, 2, 1, 1, 3}, []int{2}, []int{0, 1, 0, 1}, 2)
	if err != nil {
		panic(err)
	}
	committee, err := ensemble.New(net, [][]float32{{1, 1, 0, 0}, {1, 0, 0, 1}, {2, 0, 0, 2}})
	if err != nil {
		panic(err)
	}
	curve, err := committee.CurveInOrder(points, ensemble.CurveConfig{})
	if err != nil {
		panic(err)
	}
	for i, size := range curve.Sizes {
		fmt.Printf("%d: accuracy %.2f, NLL %.2f\n", size, curve.Mean[i].Accuracy, curve.Mean[i].NLL)
	}
	// Output:
	// 1: accuracy 0.50, NLL 1.42
	// 2: accuracy 0.50, NLL 0.49
	// 3: accuracy 1.00, NLL 0.33
}

// Snapshots of a trajectory, of which every second one is kept.
func ExampleCollector() {
	collector, err := ensemble.NewCollector(nn.LinearPerceptron(1), ensemble.CollectorConfig{Every: 2})
	if err != nil {
		panic(err)
	}
	// In an observer of package tps: collector.Add(chain.Trajectory().Models()).
	trajectory := [][]float32{{1, 0}, {1, 1}}
	for range 5 {
		trajectory[0][1]++
		if err := collector.Add(trajectory); err != nil {
			panic(err)
		}
	}
	committee, err := collector.Committee()
	if err != nil {
		panic(err)
	}
	fmt.Println(committee.Len(), "members, the first", committee.Member(0))
	// Output:
	// 6 members, the first [1 1]
}

// Two members that are sure of different classes: what package metrics makes of it.
func ExampleClassPredictions_Classification() {
	net, err := nn.NewNetwork([]int{2}, nn.Dense{Outputs: 2, NoBias: true})
	if err != nil {
		panic(err)
	}
	committee, err := ensemble.New(net, [][]float32{{2, 0, 0, 2}, {2, 0, 0, -2}})
	if err != nil {
		panic(err)
	}
	d, err := data.NewLabeled([]float32{2, 0, 0, 2}, []int{2}, []int{0, 1}, 2)
	if err != nil {
		panic(err)
	}
	predictions, err := committee.PredictClasses(d)
	if err != nil {
		panic(err)
	}
	classification, err := predictions.Classification(d)
	if err != nil {
		panic(err)
	}
	information, err := predictions.MutualInformationPerSample()
	if err != nil {
		panic(err)
	}
	fmt.Printf("NLL %.3f, Brier %.3f\n", classification.NLL(), classification.Brier())
	fmt.Printf("mutual information %.3f and %.3f nats\n", information[0], information[1])
	// Output:
	// NLL 0.356, Brier 0.250
	// mutual information 0.000 and 0.603 nats
}
