package kernel

import "time"

// FMAPeak measures for about the given time how many floating-point
// operations a second this processor does in fused multiply-adds, of which
// each counts as two, on vectors in registers. It is the most that a kernel
// can reach. It returns the best of slices of a tenth of a millisecond, so
// that interruptions do not count; and 0 if there is no machine code for this
// processor.
func FMAPeak(d time.Duration) float64 {
	if active.peak == nil {
		return 0
	}
	best := 0.0
	for start := time.Now(); time.Since(start) < d; {
		best = max(best, peakSlice(100*time.Microsecond))
	}
	return best
}

// peakSlice measures once.
func peakSlice(d time.Duration) float64 {
	const rounds = 2000
	operations := float64(rounds * 12 * active.peakLanes * 2)
	start := time.Now()
	for calls := 1; ; calls++ {
		active.peak(rounds)
		if elapsed := time.Since(start); elapsed >= d {
			return float64(calls) * operations / elapsed.Seconds()
		}
	}
}
