package trace

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

// steps is a run of any kind.
type steps int

func (s *steps) Steps() int { return int(*s) }

// Values that are given to Add make the same file as those of columns of a chain do.
func TestAdd(t *testing.T) {
	for _, config := range []Config{{Every: 3}, {Every: 4, Average: true}} {
		dir := t.TempDir()
		config.Columns = []Column{S(), Loss()}
		byChain, err := NewFile(filepath.Join(dir, "chain.csv"), config)
		require.NoError(t, err)
		config.Columns = Named("s", "loss")
		byAdd, err := NewFile(filepath.Join(dir, "add.csv"), config)
		require.NoError(t, err)
		r := newChain(t)
		require.NoError(t, byChain.Start(r))
		made := new(steps)
		require.NoError(t, byAdd.Start(made))
		require.NoError(t, r.Run(t.Context(), 20, byChain.Observer(), tps.EachStep(func(c *tps.Chain, step tps.Step) error {
			*made++
			if !byAdd.Wants(c.Steps()) {
				return nil
			}
			return byAdd.Add(c.Steps(), step.S, c.LossEstimate())
		})))
		require.NoError(t, byChain.Close())
		require.NoError(t, byAdd.Close())
		want, err := os.ReadFile(byChain.Path())
		require.NoError(t, err)
		got, err := os.ReadFile(byAdd.Path())
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
	}
}

func TestAddErrors(t *testing.T) {
	file, err := NewFile(filepath.Join(t.TempDir(), "add.csv"), Config{Columns: Named("a", "b")})
	require.NoError(t, err)
	assert.ErrorContains(t, file.Add(1, 1, 2), "is not open")
	require.NoError(t, file.Start(new(steps)))
	assert.ErrorContains(t, file.Add(1, 1), "1 values, want one for each of 2 columns")
	require.NoError(t, file.Add(2, 1, 2))
	assert.ErrorContains(t, file.Add(2, 1, 2), "step 2 after step 2, want a later one")
	r := newChain(t)
	assert.ErrorContains(t, r.Run(t.Context(), 1, file.Observer()), "the columns have no Value")
	require.NoError(t, file.Close())
}

func TestAddDoesNotAllocate(t *testing.T) {
	w, err := Create(filepath.Join(t.TempDir(), "add.csv"), Config{Columns: Named("a", "b"), Every: 1000})
	require.NoError(t, err)
	n, values := 0, []float64{1, 2}
	assert.Zero(t, testing.AllocsPerRun(500, func() {
		n++
		if err := w.Add(n, values...); err != nil {
			panic(err)
		}
	}))
	require.NoError(t, w.Close())
}
