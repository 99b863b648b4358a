package diagnostics

import "math"

const (
	leastBatch  = 5     // values, as in MSER-5
	mostBatches = 100   // about
	settledP    = 0.001 // of Geweke's test
)

// BurnIn returns how many values at the start of a series to leave out so that
// the rest has the mean of the stationary state, and whether the series
// settled: if not, it is still on its way, or too short to tell.
//
// The cut is by the marginal standard error rule (White, Simulation 69, 323
// (1997)): means of batches are cut at the d that minimizes their squared
// standard error as if they were independent,
//
//	Σ_{j>d} (yⱼ − ȳ_d)² / (k−d)²,
//
// which trades the bias of the start against the noise of what is left. It has
// no parameter to choose, costs O(N), and unlike the maximum of N/τ_int
// (Chodera, J. Chem. Theory Comput. 12, 1799 (2016)) does not hang on estimates
// of τ_int from series that are not stationary. White, Cobb and Spratt (Winter
// Simulation Conference 2000) made batches of 5; a long series gets 100 to 199
// batches here, as in shorter ones than τ_int a drift hides behind the noise.
// A stationary series loses 1 % on average.
//
// The series settled if the minimum is in its first half, and Geweke finds no
// drift in the rest at the level of 0.001: a stationary series of 1000 τ_int is
// said not to have settled less often than that.
//
// A series with fewer than 100 values in the rest, with a value that is not
// finite, or with a constant rest, as of a chain that is stuck, has not
// settled.
func BurnIn(series []float64) (values int, settled bool) {
	size := max(leastBatch, len(series)/mostBatches)
	batches := len(series) / size
	last := batches / 2
	// From the end, so that each cut adds one batch to a running sum.
	least, best := math.Inf(1), last
	var kept blockLevel
	for d := batches - 1; d >= 0; d-- {
		kept.add(meanOf(series[d*size : (d+1)*size]))
		n := float64(kept.count)
		if statistic := kept.deviations / (n * n); d <= last && statistic <= least {
			least, best = statistic, d
		}
	}
	values = best * size
	return values, best < last && Geweke(series[values:]).P > settledP
}
