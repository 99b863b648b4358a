package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
	"github.com/trajens/trajens/examples/internal/judge"
)

// writeTable writes a table of three classes, which the inputs tell well, and returns its
// path.
func writeTable(t *testing.T, rows int) string {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	text.WriteString("a,b,kind\n")
	for i := range rows {
		class := i % 3
		fmt.Fprintf(&text, "%.4f,%.4f,kind %d\n", float64(class)+0.3*random.NormFloat64(), 10*random.NormFloat64()+float64(class*class), class)
	}
	path := filepath.Join(t.TempDir(), "table.csv")
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o666))
	return path
}

// small are flags of a run of a second.
func small(t *testing.T, more ...string) []string {
	return append([]string{"-table", writeTable(t, 150), "-members", "3", "-epochs", "2", "-seeds", "1"}, more...)
}

// All ways are in both parts of the table, and in all files.
func TestAllWays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	stdout, stderr := clitest.Run(t, run, small(t, "-out", dir)...)
	require.Contains(t, stderr, "2 inputs, 3 classes, 120 to train on, 30 to test on.\n")
	require.Contains(t, stdout, "table.csv, 108 to train on, 12 held out, 30 to test on. Seeds: 1.")
	for _, title := range []string{"Equal members ", "Equal seconds "} {
		_, part, found := strings.Cut(stdout, title)
		require.True(t, found)
		part, _, _ = strings.Cut(part, "\n\n")
		require.Equal(t, len(ways), strings.Count(part, "\n"))
		for _, w := range ways {
			require.Contains(t, part, "\n"+w.name+" ")
		}
	}
	rows := clitest.CSV(t, filepath.Join(dir, "compare.csv"))
	require.Len(t, rows, 1+2*len(ways))
	for k, w := range ways {
		members, seconds := rows[1+k], rows[1+len(ways)+k]
		require.Equal(t, []string{equalMembers, w.name, "1"}, members[:3])
		require.Equal(t, []string{equalSeconds, w.name, "1"}, seconds[:3])
		if w.name == deepEnsemble {
			require.Equal(t, members[3:], seconds[3:])
		}
		for i, of := range shown {
			cell := members[3+2*i]
			if of == judge.AUROC || of == judge.ShiftAccuracy || of == judge.ShiftNLL {
				require.Empty(t, cell, "a table has no shifts and no other set")
				continue
			}
			value, err := strconv.ParseFloat(cell, 64)
			require.NoError(t, err)
			require.GreaterOrEqual(t, value, 0.0)
			switch {
			case of == judge.Members && w.name != "single" && w.name != "laplace-probit":
				require.Equal(t, 3.0, value, w.name)
			case of == judge.Members:
				require.Equal(t, 1.0, value, w.name)
			case of == judge.Parameters && w.name == deepEnsemble:
				require.Equal(t, 3.0*(2*hidden+hidden+3*hidden+3), value)
			}
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "compare.html"))
	require.NoError(t, err)
	for _, w := range ways {
		require.Contains(t, string(page), w.name)
	}
	clitest.PNG(t, filepath.Join(dir, "compare.png"))
	clitest.SVG(t, filepath.Join(dir, "compare.svg"))
}

// At equal members all but the seconds is determined by the seed, for any number of
// workers.
func TestSeedAndWorkers(t *testing.T) {
	table := writeTable(t, 150)
	rows := func(more ...string) (rows [][]string) {
		dir := t.TempDir()
		clitest.Run(t, run, append([]string{"-table", table, "-members", "2", "-epochs", "1", "-out", dir}, more...)...)
		for _, row := range clitest.CSV(t, filepath.Join(dir, "compare.csv"))[1:] {
			if row[0] == equalMembers {
				row[3+2*2] = "" // seconds
				rows = append(rows, row)
			}
		}
		return rows
	}
	want := rows("-workers", "1")
	require.Equal(t, want, rows("-workers", "3"))
	require.NotEqual(t, want, rows("-workers", "1", "-seed", "2"))
}

// With several seeds there are standard errors.
func TestSeeds(t *testing.T) {
	dir := t.TempDir()
	stdout, _ := clitest.Run(t, run, small(t, "-seeds", "3", "-only", "swag, single", "-out", dir)...)
	require.Regexp(t, `(?m)^single +1 +303 +\S+ +[01]\.\d{4}\(\d+\) `, stdout)
	rows := clitest.CSV(t, filepath.Join(dir, "compare.csv"))
	require.Len(t, rows, 1+2*3, "the deep ensemble is there, too")
	for _, row := range rows[1:] {
		require.Equal(t, "3", row[2])
		require.NotEmpty(t, row[3+2*4+1])
	}
}

// A run that is interrupted prints what was done.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o, err := parse(small(t), new(bytes.Buffer))
	require.NoError(t, err)
	s, net, err := o.load(ctx, new(bytes.Buffer))
	require.NoError(t, err)
	interrupt := way{name: "interrupted", train: func(ctx context.Context, t *task) (*outcome, error) {
		cancel()
		return trainSnapshot(ctx, t)
	}}
	o.ways = []way{ways[0], ways[1], interrupt}
	c := newComparison(o, s, net, new(bytes.Buffer))
	require.ErrorIs(t, c.compare(ctx, 0), context.Canceled)
	var stdout bytes.Buffer
	require.NoError(t, c.report(&stdout))
	require.Contains(t, stdout.String(), "\nsingle ")
	require.Contains(t, stdout.String(), "\ndeep ")
	require.NotContains(t, stdout.String(), "interrupted")
	require.NotContains(t, stdout.String(), "Equal seconds")

	stdout.Reset()
	var stderr bytes.Buffer
	require.NoError(t, run(ctx, small(t), &stdout, &stderr), "interrupted before anything is done")
	require.Empty(t, stdout.String())
	require.Contains(t, stderr.String(), "Interrupted")
}

// A way that fails has no row, and ends nothing.
func TestFailure(t *testing.T) {
	o, err := parse(small(t), new(bytes.Buffer))
	require.NoError(t, err)
	s, net, err := o.load(t.Context(), new(bytes.Buffer))
	require.NoError(t, err)
	failing := way{name: "failing", train: func(context.Context, *task) (*outcome, error) { return nil, errors.New("it fails") }}
	o.ways = []way{failing, ways[0], ways[1]}
	var stderr, stdout bytes.Buffer
	c := newComparison(o, s, net, &stderr)
	require.NoError(t, c.compare(t.Context(), 0))
	require.Contains(t, stderr.String(), "failing, equal members: it fails\n")
	require.NotContains(t, stderr.String(), "equal seconds: it fails")
	require.NoError(t, c.report(&stdout))
	require.NotContains(t, stdout.String(), "failing")
	require.Equal(t, 2, strings.Count(stdout.String(), "\nsingle "))
	failing.name = deepEnsemble
	o.ways = []way{failing}
	require.ErrorContains(t, newComparison(o, s, net, &stderr).compare(t.Context(), 0), "deep: it fails")
}

// A budget pays for what is left beside the rest, at the price of the usual work.
func TestBudget(t *testing.T) {
	spend := func(task *task) (units float64) {
		task.clock = newClock()
		require.NoError(t, task.spend(20, func(u float64) error {
			units = u
			task.clock.shared += u / 2
			return nil
		}))
		task.clock.shared += 3
		task.finish()
		return units
	}
	usual := new(task)
	require.Equal(t, 20.0, spend(usual))
	require.InDelta(t, 0.5, usual.cost.unit, 0.01)
	require.InDelta(t, 3, usual.cost.after, 0.1)
	require.InDelta(t, 13, usual.cost.all, 0.1)
	require.Equal(t, 3, usual.several(3))
	require.InDelta(t, 94, spend(&task{budget: 50, cost: usual.cost}), 1)
	require.Zero(t, spend(&task{budget: 2, cost: usual.cost}))
	require.Equal(t, 12, (&task{budget: 52, cost: usual.cost}).several(3))
	require.Equal(t, 1, (&task{budget: 1, cost: usual.cost}).several(3))
}

func TestFlags(t *testing.T) {
	clitest.Help(t, run, "-members", "-table", "trajectory-paper", "cal. NLL")
	for text, args := range map[string][]string{
		"-members 1: want at least 2":              {"-members", "1"},
		"-seeds 0: want at least 1":                {"-seeds", "0"},
		"-epochs 0: want at least 1":               {"-epochs", "0"},
		"-rate NaN: want a finite number > 0":      {"-rate", "NaN"},
		"-workers 0":                               {"-workers", "0"},
		"-only \"nobody\": there is no such way":   {"-only", "deep,nobody"},
		"-train: has no use with -table":           {"-train", "100"},
		"-other: has no use with -table":           {"-other", "x"},
		"want auto, mnist, fashion or digits":      {"-table", "", "-dataset", "x"},
		"-target a: has no use without -table":     {"-table", "", "-target", "a"},
		"-train 19: want at least 20, of which a ": {"-table", "", "-dataset", "digits", "-train", "19"},
	} {
		clitest.Refused(t, run, text, small(t, args...)...)
	}
	numbers := filepath.Join(t.TempDir(), "numbers.csv")
	var text strings.Builder
	text.WriteString("a,b\n")
	for i := range 40 {
		fmt.Fprintf(&text, "%d,%d\n", i%7, i)
	}
	require.NoError(t, os.WriteFile(numbers, []byte(text.String()), 0o666))
	clitest.Refused(t, run, "it has 40 rows of 40 classes, want at least 25 and 5 for each class; numbers to predict", "-table", numbers)
	err := run(t.Context(), []string{"-table", filepath.Join(t.TempDir(), "nowhere.csv")}, new(bytes.Buffer), new(bytes.Buffer))
	require.ErrorContains(t, err, "nowhere.csv")
}
