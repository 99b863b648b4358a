package data

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// Sizes that no memory holds are refused before any of it is asked for, also
// those whose number of bytes, or of numbers, is more than an int counts.
func TestTooMuchMemory(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("the sizes are for 64 bits")
	}
	n := 100_000 // and not a constant: 32 bits do not hold it
	n *= n
	_, err := Digits(n, constant(1))
	require.ErrorContains(t, err, "data: n = 10000000000 digits: it needs 31.5 TB of memory, this machine has ")
	const huge = math.MaxInt
	for _, n := range []int{huge / digitPixels / 4, huge / digitPixels, huge} {
		_, err := Digits(n, constant(1))
		require.ErrorContains(t, err, " of memory, this machine has ")
	}

	source := random.Source(1)
	_, _, err = Line(huge/4, 0, source)
	require.ErrorContains(t, err, "samples of dimension 1: it needs 18.4 EB of memory")
	for _, size := range [][2]int{{1, huge}, {huge, 1}, {huge, huge}, {huge/2 + 1, 2}, {huge / 3, 4}} {
		_, _, err = Linear(size[0], size[1], source, LinearConfig{})
		require.ErrorContains(t, err, " of memory, this machine has ")
	}
}
