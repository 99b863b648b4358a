package nn

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// labeled returns a dataset of inputs uniform in [0, 1), of which a share is
// zero instead, with random labels.
func labeled(t testing.TB, n int, shape []int, classes int, zeros float64) *data.Dataset {
	t.Helper()
	source := random.Source(1, 10)
	labels := make([]int, n)
	for i := range labels {
		labels[i] = random.Below(source, classes)
	}
	d, err := data.NewLabeled(inputs(n*Product(shape...), zeros), shape, labels, classes)
	require.NoError(t, err)
	return d
}

// targeted returns a dataset of inputs and targets uniform in [0, 1).
func targeted(t testing.TB, n int, shape []int, outputs int) *data.Dataset {
	t.Helper()
	d, err := data.NewTargets(inputs(n*Product(shape...), 0), shape, inputs(n*outputs, 0))
	require.NoError(t, err)
	return d
}

func inputs(n int, zeros float64) []float32 {
	source := random.Source(2, uint64(n))
	x := make([]float32, n)
	for i := range x {
		if v := random.Open(source); v >= zeros {
			x[i] = float32((v - zeros) / (1 - zeros))
		}
	}
	return x
}

func randomModels(net *Network, n int, seed uint64) [][]float32 {
	models := make([][]float32, n)
	for k := range models {
		models[k] = make([]float32, net.Params())
		InitUniform(models[k], net, random.Source(seed, uint64(k)))
	}
	return models
}

func randomSamples(d *data.Dataset, n int, seed uint64) []int {
	source := random.Source(seed)
	samples := make([]int, n)
	for j := range samples {
		samples[j] = random.Below(source, d.Len())
	}
	return samples
}

func rows(n, length int) [][]float64 {
	dst := make([][]float64, n)
	for k := range dst {
		dst[k] = make([]float64, length)
	}
	return dst
}

func firstSamples(n int) []int {
	samples := make([]int, n)
	for i := range samples {
		samples[i] = i
	}
	return samples
}
