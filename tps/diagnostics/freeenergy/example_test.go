package freeenergy_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/tps/diagnostics/freeenergy"
)

// Normal values have the free energy x²/2 at β = 1, here in bins of width 2.
func Example() {
	normal := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 200_000)
	for i := range values {
		values[i] = normal.NormFloat64()
	}
	profile, err := freeenergy.New(values, freeenergy.Config{Bins: 3, Low: -3, High: 3})
	if err != nil {
		panic(err)
	}
	least := profile.Energies[profile.Least()].Mean
	for b, x := range profile.Centers {
		fmt.Printf("%2.0f: %.1f\n", x, profile.Energies[b].Mean-least)
	}
	// Output:
	// -2: 1.5
	//  0: 0.0
	//  2: 1.5
}
