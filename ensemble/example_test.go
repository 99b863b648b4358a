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
