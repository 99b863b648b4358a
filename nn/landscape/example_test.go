package landscape_test

import (
	"context"
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/landscape"
)

// The loss of a line through two points, on the plane of its slope and its offset: the bottom is
// at slope ½ and offset ½.
func Example() {
	points, err := data.NewTargets([]float32{-1, 1}, []int{1}, []float32{0, 1})
	if err != nil {
		panic(err)
	}
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		panic(err)
	}
	plane, err := landscape.Through([]float32{0, 0}, []float32{1, 0}, []float32{0, 1})
	if err != nil {
		panic(err)
	}
	axis := []float64{0, 0.5, 1}
	grid, err := plane.Losses(context.Background(), losses, axis, axis, landscape.Config{})
	if err != nil {
		panic(err)
	}
	for r := range grid.Ys {
		fmt.Printf("%.3f\n", grid.Loss[3*r:3*r+3])
	}
	// Output:
	// [0.250 0.125 0.250]
	// [0.125 0.000 0.125]
	// [0.250 0.125 0.250]
}
