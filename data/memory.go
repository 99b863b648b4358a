package data

import (
	"fmt"
	"math"
)

// maxMemory is how many bytes a dataset that this package makes may take: 64 GiB
// where an int counts so many. A larger size is more likely a mistake.
const maxMemory = min(64<<30, math.MaxInt)

// checkMemory returns an error unless n is at least 1 and n samples fit into
// maxMemory. What they are is for the error. The number of bytes is a float64
// because no integer may hold it.
func checkMemory(n int, what string, bytesEach float64) error {
	if n < 1 {
		return fmt.Errorf("data: n = %d %s, want at least 1", n, what)
	}
	if bytes := float64(n) * bytesEach; bytes > maxMemory {
		return fmt.Errorf("data: n = %d %s need %.3g bytes, want at most %.3g", n, what, bytes, float64(maxMemory))
	}
	return nil
}
