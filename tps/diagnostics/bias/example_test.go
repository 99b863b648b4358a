package bias_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/tps/diagnostics/bias"
)

// A run whose first coordinate has a deviation of 1.2 in place of 1.
func Example() {
	normal := rand.New(rand.NewPCG(1, 2))
	draws := make([]float32, 0, 2*50_000)
	for range 50_000 {
		draws = append(draws, float32(1.2*normal.NormFloat64()), float32(normal.NormFloat64()))
	}
	run, err := bias.Summarize(2, draws)
	if err != nil {
		panic(err)
	}
	reference, err := bias.Exact([]float64{0, 0}, []float64{1, 1})
	if err != nil {
		panic(err)
	}
	c, err := bias.Compare(run, reference)
	if err != nil {
		panic(err)
	}
	fmt.Println("means are within the noise:", c.Means.Score < 2)
	fmt.Printf("variances are off by %.1f, most in coordinate %d\n", c.Variances.Bias, c.Variances.Worst)
	fmt.Printf("W2 = %.1f\n", c.W2)
	// Output:
	// means are within the noise: true
	// variances are off by 0.3, most in coordinate 0
	// W2 = 0.2
}
