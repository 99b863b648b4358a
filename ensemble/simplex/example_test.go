package simplex_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/simplex"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// A tetrahedron grows from a trained network; points of it are a committee.
func Example() {
	ctx, source := context.Background(), rand.NewPCG(1, 2)
	digits, err := data.Digits(1500, source)
	if err != nil {
		panic(err)
	}
	train, test, err := digits.Split(1000, source)
	if err != nil {
		panic(err)
	}
	net := nn.MairCNN()
	gradients, err := nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{})
	if err != nil {
		panic(err)
	}
	mode := make([]float32, net.Params())
	nn.InitUniform(mode, net, source)
	if _, err := descent.Run(ctx, mode, gradients, descent.Config{Epochs: 20, Schedule: descent.Cosine{Peak: 0.01, WarmUp: 0.1}, Source: source}); err != nil {
		panic(err)
	}

	complex, err := simplex.New([][]float32{mode})
	if err != nil {
		panic(err)
	}
	if err := simplex.SPRO(ctx, complex, 3, gradients, simplex.Config{
		Epochs: 5, Schedule: descent.Cosine{Peak: 0.01}, Source: source,
	}); err != nil {
		panic(err)
	}
	committee, err := complex.Committee(net, 20, source)
	if err != nil {
		panic(err)
	}
	report, err := committee.Evaluate(test)
	if err != nil {
		panic(err)
	}
	fmt.Println(complex.Len(), "vertices")
	fmt.Printf("accuracy above 0.9: %t\n", report.Accuracy > 0.9)
	// Output:
	// 4 vertices
	// accuracy above 0.9: true
}

// A complex joins two minima of (x² + y² − 1)² around the top between them.
func ExampleSPRO() {
	modes := [][]float32{{1, 0}, {-0.8, 0.6}}
	complex, err := simplex.New(modes)
	if err != nil {
		panic(err)
	}
	ring := ring{}
	if err := simplex.SPRO(context.Background(), complex, 1, ring, simplex.Config{
		Epochs: 1000, Optimizer: new(descent.SGD), Schedule: descent.Cosine{Peak: 0.05}, NoVolume: true,
	}); err != nil {
		panic(err)
	}
	path, err := complex.Path(0, 1)
	if err != nil {
		panic(err)
	}
	straight, err := simplex.Along(modes, 50, ring.loss)
	if err != nil {
		panic(err)
	}
	bent, err := simplex.Along([][]float32{modes[0], complex.Vertex(2), modes[1]}, 50, ring.loss)
	if err != nil {
		panic(err)
	}
	fmt.Println("path", path)
	fmt.Printf("highest loss %.1f, straight %.1f\n", bent.Highest(), straight.Highest())
	// Output:
	// path [0 2 1]
	// highest loss 0.1, straight 0.8
}

// ring has a valley along the unit circle, and one sample.
type ring struct{}

func (ring) Samples() int { return 1 }
func (ring) Params() int  { return 2 }

func (ring) loss(p []float32) float64 {
	e := float64(p[0]*p[0]+p[1]*p[1]) - 1
	return e * e
}

func (r ring) Gradient(dst, p []float32, _ []int) float64 {
	e := p[0]*p[0] + p[1]*p[1] - 1
	dst[0], dst[1] = 4*e*p[0], 4*e*p[1]
	return r.loss(p)
}
