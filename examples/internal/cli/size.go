package cli

import "github.com/trajens/trajens/internal/memory"

// maxBytes is how much memory a flag may ask for: more than any run of an
// example has use for, and less than would kill a common machine.
const maxBytes = 8e9

// maxWorkers is the largest number of goroutines that may be asked for. More of
// them than processors only wait for each other.
const maxWorkers = 1024

// CheckBytes returns a UsageError if what flags ask for needs too much memory:
// the product of sizes, in bytes.
func CheckBytes(flags string, sizes ...int) error {
	bytes := 1.0
	for _, size := range sizes {
		bytes *= float64(size)
	}
	if bytes > maxBytes {
		return Usagef("%s: needs %s of memory, want at most %s", flags, memory.Format(bytes), memory.Format(maxBytes))
	}
	return nil
}

// CheckSigma returns a UsageError unless the width σ of a random walk is one that
// a chain takes.
func CheckSigma(sigma float64) error {
	if !(sigma > 0 && sigma <= 1e30) {
		return Usagef("-sigma %v: want a number > 0, at most 1e+30", sigma)
	}
	return nil
}

// CheckWorkers returns a UsageError unless a number of goroutines is from 1 to
// 1024.
func CheckWorkers(name string, workers int) error {
	if workers < 1 || workers > maxWorkers {
		return Usagef("-%s %d: want 1 to %d", name, workers, maxWorkers)
	}
	return nil
}
