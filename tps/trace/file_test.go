package trace

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

// A savedRun is a chain with a trace and checkpoints.
type savedRun struct {
	chain       *tps.Chain
	rows        *File
	checkpoints *tps.Checkpoints
}

func newSavedRun(t *testing.T, dir, path string, config Config) *savedRun {
	t.Helper()
	rows, err := NewFile(path, config)
	require.NoError(t, err)
	require.Equal(t, path, rows.Path())
	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{Dir: dir, Parts: []tps.Part{{Name: "trace", State: rows}}})
	require.NoError(t, err)
	return &savedRun{newChain(t), rows, checkpoints}
}

// start goes on from the last checkpoint, if there is one.
func (r *savedRun) start() error {
	if _, err := r.checkpoints.Resume(r.chain); err != nil {
		return err
	}
	return r.rows.Start(r.chain)
}

// runTo makes the chain's steps a number in all.
func (r *savedRun) runTo(t *testing.T, steps int, before ...tps.Observer) {
	t.Helper()
	observers := append(before, r.rows.Observer(), r.checkpoints.Observer())
	errs := tps.RunAll(context.Background(), []*tps.Chain{r.chain}, steps, func(int) []tps.Observer { return observers })
	require.NoError(t, errs[0])
}

func (r *savedRun) save(t *testing.T) {
	t.Helper()
	_, err := r.checkpoints.Save(r.chain)
	require.NoError(t, err)
}

// A run is killed some steps after each of its checkpoints, before or after its
// rows are in the file, and goes on: the trace is that of a run that was not.
func TestFileGoesOn(t *testing.T) {
	const steps = 60
	columns := []Column{Acceptance(), Batch(), Delta()}
	for _, config := range []Config{
		{Columns: columns}, {Columns: columns, Every: 7}, {Columns: columns, Every: 7, Average: true},
	} {
		config.FlushRows = 3
		w, path := create(t, config)
		run(t, newChain(t), steps, w)
		require.NoError(t, w.Close())
		want := contents(t, path)

		dir := t.TempDir()
		path = filepath.Join(dir, "trace.csv")
		for _, checkpoint := range []int{0, 5, 13, 14, 40} {
			r := newSavedRun(t, filepath.Join(dir, "checkpoints"), path, config)
			require.NoError(t, r.start())
			r.runTo(t, checkpoint)
			r.save(t)
			r.runTo(t, checkpoint+11) // in vain
			require.NoError(t, r.rows.writer.file.Close())
		}
		r := newSavedRun(t, filepath.Join(dir, "checkpoints"), path, config)
		require.NoError(t, r.start())
		require.Equal(t, 40, r.chain.Steps())
		r.runTo(t, steps)
		require.NoError(t, r.rows.Flush())
		require.Equal(t, want, contents(t, path))
		require.NoError(t, r.rows.Close())
		require.NoError(t, r.rows.Close(), "a second time")
		require.Equal(t, want, contents(t, path))
	}
}

// Several chains have a trace each, and go on with it.
func TestFilesOfSeveralChains(t *testing.T) {
	dir := t.TempDir()
	config := Config{Columns: []Column{S(), Loss()}}
	for _, steps := range []int{10, 25} {
		var chains []*tps.Chain
		var runs []*savedRun
		for k := range 3 {
			path := ChainPath(filepath.Join(dir, "trace.csv"), k, 3)
			r := newSavedRun(t, filepath.Join(dir, "checkpoints", filepath.Base(path)), path, config)
			require.NoError(t, r.start())
			runs, chains = append(runs, r), append(chains, r.chain)
		}
		for _, err := range tps.RunAll(context.Background(), chains, steps, func(k int) []tps.Observer {
			return []tps.Observer{runs[k].rows.Observer()}
		}) {
			require.NoError(t, err)
		}
		for _, r := range runs {
			r.save(t)
			require.NoError(t, r.rows.Close())
			table, err := readFile(t, r.rows.Path())
			require.NoError(t, err)
			require.Equal(t, steps, table.Len())
		}
	}
	for _, name := range []string{"trace-1.csv", "trace-2.csv", "trace-3.csv"} {
		require.FileExists(t, filepath.Join(dir, name))
	}
}

func TestChainPath(t *testing.T) {
	require.Equal(t, "a/b.csv", ChainPath("a/b.csv", 0, 1))
	require.Equal(t, "a/b-1.csv", ChainPath("a/b.csv", 0, 2))
	require.Equal(t, "a/b-12.csv", ChainPath("a/b.csv", 11, 12))
	require.Equal(t, "a.d/b-2", ChainPath("a.d/b", 1, 2))
}

// Steps that the trace does not see are a gap, not the end of it.
func TestFileWithAGap(t *testing.T) {
	for _, average := range []bool{false, true} {
		dir := t.TempDir()
		path := filepath.Join(dir, "trace.csv")
		config := Config{Columns: []Column{S()}, Every: 2, Average: average}
		r := newSavedRun(t, dir, path, config)
		require.NoError(t, r.start())
		r.runTo(t, 20, tps.Every(6, func(*tps.Chain) error { return tps.ErrStop }))
		require.Equal(t, 6, r.chain.Steps())
		r.save(t)
		require.NoError(t, r.rows.Close())

		r = newSavedRun(t, dir, path, config)
		require.NoError(t, r.start())
		r.runTo(t, 9)
		require.NoError(t, r.rows.Close())
		require.Equal(t, "step,s\n2,10\n4,10\n8,10\n", contents(t, path))
	}
}

// What belongs to another run is left as it is.
func TestFileRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "trace.csv")
	config := Config{Columns: []Column{S(), Loss()}, Every: 3, Average: true}
	_, err := NewFile("", config)
	require.ErrorContains(t, err, "path is empty")
	_, err = NewFile(path, Config{})
	require.ErrorContains(t, err, "no Columns")

	r := newSavedRun(t, dir, path, config)
	require.NoError(t, r.rows.Close(), "before Start")
	require.ErrorContains(t, r.rows.Flush(), "not open, want a call of Start")
	_, err = r.checkpoints.Save(r.chain)
	require.ErrorContains(t, err, "not open, want a call of Start")
	errs := tps.RunAll(context.Background(), []*tps.Chain{r.chain}, 3, func(int) []tps.Observer {
		return []tps.Observer{r.rows.Observer()}
	})
	require.ErrorContains(t, errs[0], "not open, want a call of Start")

	r = newSavedRun(t, dir, path, config)
	require.NoError(t, r.start())
	require.ErrorContains(t, r.rows.Start(r.chain), "open already")
	r.runTo(t, 7)
	r.save(t)
	_, err = r.checkpoints.Resume(r.chain)
	require.ErrorContains(t, err, "want the checkpoint to be read before Start")
	r.runTo(t, 20)
	require.NoError(t, r.rows.Close())
	text := contents(t, path)

	// A new run does not write over it.
	other := newSavedRun(t, filepath.Join(dir, "other"), path, config)
	require.ErrorIs(t, other.start(), fs.ErrExist)
	require.Equal(t, text, contents(t, path))

	// A run that goes on does not write to a file of another configuration, or
	// to one that lacks rows, or that is no trace.
	for message, change := range map[string]func(*Config) string{
		"another Every":                   func(c *Config) string { c.Every = 1; return text },
		"the columns are":                 func(c *Config) string { c.Columns = c.Columns[:1]; return text },
		"another Average":                 func(c *Config) string { c.Average = false; return text },
		"is of step 3, but was of step 6": func(*Config) string { return text[:strings.Index(text, "6,")] },
		"line 1":                          func(*Config) string { return "notes" },
		"no such file":                    func(*Config) string { return "" },
		"want a multiple of Every = 4":    func(c *Config) string { c.Every = 4; return text },
	} {
		changed := config
		now := change(&changed)
		if now == "" {
			require.NoError(t, os.Remove(path))
		} else {
			require.NoError(t, os.WriteFile(path, []byte(now), 0o666))
		}
		r := newSavedRun(t, dir, path, changed)
		require.ErrorContains(t, r.start(), message)
		if now != "" {
			require.Equal(t, now, contents(t, path), message)
		}
	}
}
