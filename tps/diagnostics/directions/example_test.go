package directions_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/tps/diagnostics/directions"
)

// A chain in three dimensions that is slow along (1, 1, 0).
func Example() {
	normal := rand.New(rand.NewPCG(1, 2))
	var draws []float32
	slow := 0.0
	for range 200_000 {
		slow = 0.9*slow + normal.NormFloat64()
		for _, x := range []float64{slow, slow, 0} {
			draws = append(draws, float32(x+normal.NormFloat64()))
		}
	}
	axes, err := directions.Principal(draws, 3, 1)
	if err != nil {
		panic(err)
	}
	times, err := directions.IntegratedTimes(3, axes.Vectors, draws)
	if err != nil {
		panic(err)
	}
	fmt.Printf("along %.1f: variance %.0f, %.0f %% of the total, autocorrelation time %.0f\n",
		axes.Vectors, axes.Variances[0], 100*axes.Variances[0]/axes.Total, times[0].Tau)
	// Output:
	// along [0.7 0.7 0.0]: variance 12, 85 % of the total, autocorrelation time 19
}
