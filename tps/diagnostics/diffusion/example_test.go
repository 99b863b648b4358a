package diffusion_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/tps/diagnostics/diffusion"
)

// Draws of two clusters: the slowest function has one sign in each.
func Example() {
	normal := rand.New(rand.NewPCG(1, 2))
	var draws []float32
	for i := range 400 {
		center := float64(4*(i%2) - 2)
		draws = append(draws, float32(center+normal.NormFloat64()), float32(normal.NormFloat64()))
	}
	m, err := diffusion.New(context.Background(), draws, 2, diffusion.Config{Epsilon: 0.2})
	if err != nil {
		panic(err)
	}
	right := 0
	for i, f := range m.Functions[0] {
		if (f > 0) == (m.Functions[0][0] > 0) == (i%2 == 0) {
			right++
		}
	}
	fmt.Printf("%.0f %% of the draws are in the cluster that the sign says\n", 100*float64(right)/400)
	fmt.Println("the next function is much faster:", m.Rates[1] > 5*m.Rates[0])
	// Output:
	// 98 % of the draws are in the cluster that the sign says
	// the next function is much faster: true
}
