package tps

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

// newLine returns the linear perceptron on n points of a random line.
func newLine(n int, seed uint64) *exact.Linear {
	source := random.Source(seed)
	m, c := 2*random.Open(source)-1, -2*random.Open(source)
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = float32(random.Open(source))
		y[i] = float32(m*float64(x[i]) + c)
	}
	d, err := data.NewTargets(x, []int{1}, y)
	if err != nil {
		panic(err)
	}
	l, err := exact.NewLinear(d)
	if err != nil {
		panic(err)
	}
	return l
}

// none has a loss of zero everywhere: the target is the path measure.
type none struct{ params int }

func (n none) Samples() int { return 2 }
func (n none) Params() int  { return n.params }
func (none) Losses(dst [][]float64, _ [][]float32, _ []int) {
	for _, row := range dst {
		clear(row)
	}
}

func barker(t testing.TB, samples int) minibatch.Test {
	t.Helper()
	test, err := minibatch.NewBarker(samples)
	require.NoError(t, err)
	return test
}

func metropolis(t testing.TB, samples int) minibatch.Test {
	t.Helper()
	test, err := minibatch.NewMetropolis(samples)
	require.NoError(t, err)
	return test
}

func adaptive(t testing.TB, samples int, config minibatch.AdaptiveConfig) minibatch.Test {
	t.Helper()
	test, err := minibatch.NewAdaptive(samples, config)
	require.NoError(t, err)
	return test
}

func newChain(t testing.TB, config Config, losses Losses) *Chain {
	t.Helper()
	chain, err := NewChain(config, losses)
	require.NoError(t, err)
	return chain
}

func normalSource(stream uint64) *rand.Rand { return rand.New(random.Source(77, stream)) }

// moments accumulates a mean and the standard error of independent values.
type moments struct{ n, sum, squares float64 }

func (m *moments) add(x float64) { m.n++; m.sum += x; m.squares += x * x }

// score returns by how many standard errors the mean differs from expected.
func (m *moments) score(expected float64) float64 {
	mean := m.sum / m.n
	return (mean - expected) / math.Sqrt((m.squares/m.n-mean*mean)/m.n)
}
