package hessian_test

import (
	"context"
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/hessian"
)

// The loss of a line through two points at ±1 has the same curvature in its
// slope and in its offset.
func ExampleLeading() {
	points, err := data.NewTargets([]float32{-1, 1}, []int{1}, []float32{0, 1})
	if err != nil {
		panic(err)
	}
	gradients, err := nn.NewGradients(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		panic(err)
	}
	h, err := hessian.New(gradients, []float32{0.5, 0.5}, hessian.Config{})
	if err != nil {
		panic(err)
	}
	leading, err := hessian.Leading(context.Background(), h, 1, hessian.LanczosConfig{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", leading[0].Value)
	// Output:
	// 1.00
}
