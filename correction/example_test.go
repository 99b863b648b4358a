package correction_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/correction"
)

// A proposal whose log-weight is larger by Δ = 1 must be accepted with
// probability 1/(1 + e⁻¹) = 0.731, although Δ is known only with normal noise.
func Example() {
	const delta, sigma = 1.0, 1.3
	d, err := correction.For(sigma)
	if err != nil {
		fmt.Println(err)
		return
	}
	source := rand.NewPCG(1, 2)
	noise := rand.New(rand.NewPCG(3, 4))
	const trials = 1_000_000
	accepted := 0
	for range trials {
		estimate := delta + sigma*noise.NormFloat64()
		if estimate+d.Rand(source) > 0 {
			accepted++
		}
	}
	fmt.Printf("accepted %.2f\n", float64(accepted)/trials)
	fmt.Printf("largest error of the probability %.1g\n", d.MaxCDFError())
	// Output:
	// accepted 0.73
	// largest error of the probability 0.0001
}
