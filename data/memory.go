package data

import (
	"fmt"

	"github.com/trajens/trajens/internal/memory"
)

// checkMemory returns an error unless n is at least 1 and the machine has the
// memory of n samples. What they are is for the error. The number of bytes is a
// float64 because no integer may hold it.
func checkMemory(n int, what string, bytesEach float64) error {
	if n < 1 {
		return fmt.Errorf("data: n = %d %s, want at least 1", n, what)
	}
	if err := memory.Check(float64(n) * bytesEach); err != nil {
		return fmt.Errorf("data: n = %d %s: it %w", n, what, err)
	}
	return nil
}
