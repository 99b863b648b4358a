package minibatch_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/minibatch"
)

// A proposal is a change whose loss differences are known: 0.01 plus a part
// that differs from sample to sample.
type proposal struct{ samples int }

func (p proposal) Samples() int { return p.samples }

func (p proposal) Differences(dst []float64, samples []int) error {
	for j, i := range samples {
		dst[j] = 0.01 + 0.1*math.Sin(float64(i))
	}
	return nil
}

// The adaptive test needs a few of 60,000 samples.
func Example() {
	test, err := minibatch.NewAdaptive(60_000, minibatch.AdaptiveConfig{Chunk: 50})
	if err != nil {
		panic(err)
	}
	source := rand.NewPCG(1, 0)
	accepted, drawn := 0, 0
	const proposals, s = 100_000, 100
	for range proposals {
		decision, err := test.Decide(proposal{60_000}, s, source)
		if err != nil {
			panic(err)
		}
		if decision.Accepted {
			accepted++
		}
		drawn += decision.Samples
	}
	fmt.Printf("accepted %.2f, exact %.2f\n", float64(accepted)/proposals, 1/(1+math.Exp(s*0.01)))
	fmt.Printf("%d samples a decision\n", drawn/proposals)
	// Output:
	// accepted 0.27, exact 0.27
	// 67 samples a decision
}
