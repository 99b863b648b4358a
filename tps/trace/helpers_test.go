package trace

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

// spring is a model with one parameter x; the loss of sample i is x²/2 + i·x/100.
type spring struct{}

func (spring) Samples() int { return 100 }
func (spring) Params() int  { return 1 }

func (spring) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		x := float64(model[0])
		for j, i := range samples {
			dst[k][j] = x*x/2 + float64(i-50)*x/100
		}
	}
}

const tau = 3

func newChain(t testing.TB) *tps.Chain {
	t.Helper()
	chain, err := tps.NewChain(tps.Config{Tau: tau, Sigma: 0.3, S: 10, Seed: 4}, spring{})
	require.NoError(t, err)
	return chain
}

// all are all ready-made columns.
func all() []Column {
	return append([]Column{S(), Loss(), Acceptance(), Batch(), Delta()}, ModelLosses(tau)...)
}

func run(t testing.TB, chain *tps.Chain, steps int, w *Writer) {
	t.Helper()
	require.NoError(t, chain.Run(context.Background(), chain.Steps()+steps, w.Observer()))
}

func create(t testing.TB, config Config) (*Writer, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace.csv")
	w, err := Create(path, config)
	require.NoError(t, err)
	t.Cleanup(func() { w.file.Close() })
	return w, path
}

func contents(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func readFile(t testing.TB, path string) (*Table, error) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	return Read(file)
}
