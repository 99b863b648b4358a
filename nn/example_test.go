package nn_test

import (
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

func Example() {
	// A classifier of points on a line. Its parameters are the weight [2, 1]
	// and the bias [2] of layer 0, then the weight [2, 2] and the bias [2] of
	// layer 2.
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 2}, nn.Tanh{}, nn.Dense{Outputs: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	model := []float32{1, -1, 0, 0.5, 1, 0, 0, 1, 0, 0}
	other := make([]float32, net.Params()) // all zero: both classes are equally likely

	d, err := data.NewLabeled([]float32{-1, 0, 1}, []int{1}, []int{1, 1, 0}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	losses, err := nn.NewLosses(net, d, nn.CrossEntropy, nn.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	dst := [][]float64{make([]float64, 3), make([]float64, 3)}
	losses.Losses(dst, [][]float32{model, other}, []int{0, 1, 2})
	fmt.Print(net)
	fmt.Printf("%.3f\n%.3f\n", dst[0], dst[1])
	// Output:
	// layer       output  parameters
	// input       1       0
	// 0 Dense(2)  2       4
	// 1 Tanh      2       0
	// 2 Dense(2)  2       6
	// total       2       10
	// [0.173 0.489 0.258]
	// [0.693 0.693 0.693]
}

// The derivatives of the losses of y = 2x at the points (1, 1) and (3, 5), and
// of their mean.
func ExampleGradients() {
	points, err := data.NewTargets([]float32{1, 3}, []int{1}, []float32{1, 5})
	if err != nil {
		panic(err)
	}
	gradients, err := nn.NewGradients(nn.LinearPerceptron(1), points, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		panic(err)
	}
	params, samples := []float32{2, 0}, []int{0, 1} // slope and intercept
	mean := make([]float32, 2)
	fmt.Println(gradients.Gradient(mean, params, samples), mean)
	each, losses := make([]float32, 4), make([]float64, 2)
	gradients.PerSample(each, losses, params, samples)
	fmt.Println(losses, each)
	// Output:
	// 0.5 [2 1]
	// [0.5 0.5] [1 1 3 1]
}

// A network with two outputs says of each point of y = 2x how far it may be off.
func ExampleLoss_MeanAndScale() {
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 2}) // a mean and a scale
	if err != nil {
		panic(err)
	}
	points, err := data.NewTargets([]float32{0, 1}, []int{1}, []float32{0.1, 2})
	if err != nil {
		panic(err)
	}
	loss := nn.GaussianExp
	losses, err := nn.NewLosses(net, points, loss, nn.Config{})
	if err != nil {
		panic(err)
	}
	model := []float32{2, 1, 0, -2} // the mean is 2x, the logarithm of the scale x − 2
	each := [][]float64{make([]float64, 2)}
	losses.Losses(each, [][]float32{model}, []int{0, 1})

	outputs, mean, scale := make([]float32, 2), make([]float64, 1), make([]float64, 1)
	net.NewEvaluator().Output(outputs, model, []float32{1})
	loss.MeanAndScale(mean, scale, outputs)
	fmt.Printf("losses %.3f\ny = %.2f ± %.2f at x = 1\n", each[0], mean[0], scale[0])
	// Output:
	// losses [-0.808 -0.081]
	// y = 2.00 ± 0.37 at x = 1
}
