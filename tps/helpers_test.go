package tps

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/exact"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// line is the linear perceptron in one dimension, written out: parameters
// (m, c), loss ½(m·x + c − y)².
type line struct{ x, y []float64 }

func newLine(n int, seed uint64) *line {
	source := random.Source(seed)
	m, c := 2*random.Open(source)-1, -2*random.Open(source)
	l := &line{make([]float64, n), make([]float64, n)}
	for i := range l.x {
		// Numbers that float32 can hold, so that the exact solution has the same.
		l.x[i] = float64(float32(random.Open(source)))
		l.y[i] = float64(float32(m*l.x[i] + c))
	}
	return l
}

func (l *line) Samples() int { return len(l.x) }
func (l *line) Params() int  { return 2 }

func (l *line) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		m, c := float64(model[0]), float64(model[1])
		for j, i := range samples {
			e := m*l.x[i] + c - l.y[i]
			dst[k][j] = e * e / 2
		}
	}
}

func (l *line) exact(t testing.TB) *exact.Linear {
	t.Helper()
	inputs, targets := make([]float32, len(l.x)), make([]float32, len(l.x))
	for i := range inputs {
		inputs[i], targets[i] = float32(l.x[i]), float32(l.y[i])
	}
	d, err := data.NewTargets(inputs, []int{1}, targets)
	require.NoError(t, err)
	solution, err := exact.NewLinear(d)
	require.NoError(t, err)
	return solution
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
