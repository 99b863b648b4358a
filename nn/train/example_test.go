package train_test

import (
	"context"
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/train"
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
	if _, err := train.Minimize(context.Background(), params, gradients, nil, nil); err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", params)
	// Output:
	// [2.00 -1.00]
}
