package trace

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

// TestThinnedAndAveraged compares with values collected on the side: numbers
// survive the file bit for bit, NaN included.
func TestThinnedAndAveraged(t *testing.T) {
	const steps, every = 1003, 7
	var values [][]float64
	chain := newChain(t)
	for range steps {
		step, err := chain.Step()
		require.NoError(t, err)
		var row []float64
		for _, c := range all() {
			row = append(row, c.Value(chain, step))
		}
		require.Equal(t, fmt.Sprint(chain.LossEstimates()), fmt.Sprint(row[5:])) // NaN is not equal to itself
		values = append(values, row)
	}
	require.True(t, math.IsNaN(values[0][5]+values[0][6]+values[0][7]))

	for _, average := range []bool{false, true} {
		w, path := create(t, Config{Columns: all(), Every: every, Average: average, FlushRows: 10})
		run(t, newChain(t), steps, w)
		require.NoError(t, w.Close())
		table, err := readFile(t, path)
		require.NoError(t, err)
		require.Equal(t, []string{"s", "loss", "acceptance", "batch", "delta", "loss_0", "loss_1", "loss_2"}, table.Names)
		require.Equal(t, steps/every, table.Len())
		for i := range table.Len() {
			n := (i + 1) * every
			require.Equal(t, n, table.Steps[i])
			for j, got := range table.Row(i) {
				want := values[n-1][j]
				if average {
					want = 0
					for _, row := range values[n-every : n] {
						want += row[j]
					}
					want /= every
				}
				require.Equal(t, math.Float64bits(want), math.Float64bits(got), "row %d, column %d: %v, want %v", i, j, got, want)
			}
		}
		losses, ok := table.Column("loss")
		require.True(t, ok)
		require.Equal(t, table.Row(3)[1], losses[3])
		_, ok = table.Column("step")
		require.False(t, ok)
	}
}

// A block that the writer did not see from its start has no row.
func TestPartialBlocks(t *testing.T) {
	w, path := create(t, Config{Columns: []Column{S()}, Every: 10, Average: true})
	chain := newChain(t)
	for range 5 {
		_, err := chain.Step()
		require.NoError(t, err)
	}
	run(t, chain, 20, w) // to 25
	for range 3 {
		_, err := chain.Step()
		require.NoError(t, err)
	}
	run(t, chain, 20, w) // from 28 to 48
	require.NoError(t, w.Close())
	require.Equal(t, "step,s\n20,10\n40,10\n", contents(t, path))
}

func TestStepsMustAscend(t *testing.T) {
	w, _ := create(t, Config{Columns: []Column{S()}})
	run(t, newChain(t), 5, w)
	chain := newChain(t)
	_, err := chain.Step()
	require.NoError(t, err)
	require.ErrorContains(t, w.observe(chain, tps.Step{}), "step 1 after step 5")
}

// Even the sign of a zero survives.
func TestNegativeZero(t *testing.T) {
	zero := Column{"zero", func(*tps.Chain, tps.Step) float64 { return math.Copysign(0, -1) }}
	for _, average := range []bool{false, true} {
		w, path := create(t, Config{Columns: []Column{zero}, Every: 2, Average: average})
		run(t, newChain(t), 2, w)
		require.NoError(t, w.Close())
		require.Equal(t, "step,zero\n2,-0\n", contents(t, path))
	}
}

// TestFlush looks at the file during the run: it always ends at a line end,
// and lags as far as FlushRows and FlushInterval allow.
func TestFlush(t *testing.T) {
	w, path := create(t, Config{Columns: []Column{S()}, FlushRows: 4, FlushInterval: time.Hour})
	chain := newChain(t)
	for n := 1; n <= 21; n++ {
		run(t, chain, 1, w)
		text := contents(t, path)
		require.Equal(t, byte('\n'), text[len(text)-1])
		require.Equal(t, 1+n/4*4, strings.Count(text, "\n"))
	}
	require.NoError(t, w.Sync())
	require.Equal(t, 22, strings.Count(contents(t, path), "\n"))
	w.config.FlushInterval = time.Millisecond
	time.Sleep(2 * time.Millisecond)
	run(t, chain, 1, w)
	require.Equal(t, 23, strings.Count(contents(t, path), "\n"))
	require.NoError(t, w.Close())
}

func TestNoAllocations(t *testing.T) {
	for _, average := range []bool{false, true} {
		w, _ := create(t, Config{Columns: all(), Every: 3, Average: average, FlushRows: 50})
		chain := newChain(t)
		run(t, chain, 1000, w)
		without := testing.AllocsPerRun(2000, func() {
			if _, err := chain.Step(); err != nil {
				t.Fatal(err)
			}
		})
		with := testing.AllocsPerRun(2000, func() {
			step, err := chain.Step()
			if err != nil {
				t.Fatal(err)
			}
			if err := w.observe(chain, step); err != nil {
				t.Fatal(err)
			}
		})
		require.Equal(t, without, with)
		require.Zero(t, with)
	}
}

func TestCreateRefuses(t *testing.T) {
	path := t.TempDir() + "/trace.csv"
	value := S().Value
	for _, c := range []struct {
		config  Config
		message string
	}{
		{Config{}, "no Columns"},
		{Config{Columns: all(), Every: -1}, "Every = -1"},
		{Config{Columns: all(), FlushRows: -2}, "FlushRows = -2"},
		{Config{Columns: all(), FlushInterval: -1}, "FlushInterval = -1ns"},
		{Config{Columns: []Column{S(), {Name: "x"}}}, `Columns: one of "s" and "x" has no Value, want all or none`},
		{Config{Columns: []Column{S(), S()}}, `Columns[1]: two columns have the name "s"`},
		{Config{Columns: []Column{{"", value}}}, "Columns[0]"},
		{Config{Columns: []Column{{"step", value}}}, "Columns[0]"},
		{Config{Columns: []Column{{"a,b", value}}}, "Columns[0]"},
		{Config{Columns: []Column{{"a\n", value}}}, "Columns[0]"},
		{Config{Columns: []Column{{`a"`, value}}}, "Columns[0]"},
		{Config{Columns: []Column{{"\xff", value}}}, "Columns[0]"},
	} {
		_, err := Create(path, c.config)
		require.ErrorContains(t, err, c.message)
		require.ErrorContains(t, err, "trace: ")
		_, err = Resume(path, 0, c.config)
		require.ErrorContains(t, err, c.message)
	}
	require.NoFileExists(t, path)

	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o666))
	_, err := Create(path, Config{Columns: all()})
	require.ErrorIs(t, err, fs.ErrExist)
	require.Equal(t, "mine", contents(t, path))
}
