package nntest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// Labeled returns a dataset of inputs uniform in [0, 1), of which a share is
// zero instead, with random labels.
func Labeled(t testing.TB, n int, shape []int, classes int, zeros float64) *data.Dataset {
	t.Helper()
	source := random.Source(1, 10)
	labels := make([]int, n)
	for i := range labels {
		labels[i] = random.Below(source, classes)
	}
	d, err := data.NewLabeled(Inputs(n*product(shape), zeros), shape, labels, classes)
	require.NoError(t, err)
	return d
}

// Targeted returns a dataset of inputs and targets uniform in [0, 1).
func Targeted(t testing.TB, n int, shape []int, outputs int) *data.Dataset {
	t.Helper()
	d, err := data.NewTargets(Inputs(n*product(shape), 0), shape, Inputs(n*outputs, 0))
	require.NoError(t, err)
	return d
}

// Inputs returns numbers uniform in [0, 1), of which a share is zero instead.
func Inputs(n int, zeros float64) []float32 {
	source := random.Source(2, uint64(n))
	x := make([]float32, n)
	for i := range x {
		if v := random.Open(source); v >= zeros {
			x[i] = float32((v - zeros) / (1 - zeros))
		}
	}
	return x
}

// RandomSamples returns samples of a dataset, some of them twice.
func RandomSamples(d *data.Dataset, n int, seed uint64) []int {
	source := random.Source(seed)
	samples := make([]int, n)
	for j := range samples {
		samples[j] = random.Below(source, d.Len())
	}
	return samples
}

// Rows returns n rows of numbers.
func Rows(n, length int) [][]float64 {
	dst := make([][]float64, n)
	for k := range dst {
		dst[k] = make([]float64, length)
	}
	return dst
}

// FirstSamples returns 0 to n − 1.
func FirstSamples(n int) []int {
	samples := make([]int, n)
	for i := range samples {
		samples[i] = i
	}
	return samples
}

func product(shape []int) int {
	size := 1
	for _, n := range shape {
		size *= n
	}
	return size
}
