package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

type config struct {
	Small float64           `json:"s"`
	Big   float64           `json:"S"`
	Other map[string]string `json:"other,omitempty"`
	Seed  int               `json:"seed"`
}

func newGrid(t *testing.T, dir string) *grid.Grid[config] {
	t.Helper()
	g, err := grid.Open(dir, grid.Program[config]{Name: "test", Run: func(ctx context.Context, run *grid.Run, c config) (any, error) {
		if c.Seed == 2 {
			return nil, errors.New("it's over")
		}
		return map[string]any{"loss": c.Small / 2, "list": []int{1, 2}, "ok": true}, nil
	}})
	require.NoError(t, err)
	_, err = g.Add([]config{
		{Small: 0.5, Big: 3, Other: map[string]string{`a "name"; DROP TABLE runs`: "x'y"}, Seed: 1},
		{Small: 0.5, Seed: 2},
		{Small: 2, Seed: 3},
	})
	require.NoError(t, err)
	return g
}

func query(t *testing.T, path, text string, to ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", address(path))
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.QueryRow(text).Scan(to...))
}

func TestMerge(t *testing.T) {
	dir := t.TempDir()
	g := newGrid(t, dir)
	path := filepath.Join(dir, "a strange?name#100%.db")
	n, err := Merge(dir, path) // before anything is done
	require.NoError(t, err)
	require.Equal(t, 3, n)
	var count int
	query(t, path, `SELECT count(*) FROM runs WHERE state = 'waiting' AND started IS NULL AND result IS NULL`, &count)
	require.Equal(t, 3, count)

	_, err = g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	_, err = Merge(dir, path)
	require.NoError(t, err)
	var loss, s, big float64
	var list, name string
	var ok bool
	query(t, path, `SELECT "result.loss", "result.list", "result.ok", s_2, "S", "other.a ""name""; DROP TABLE runs" FROM results JOIN runs USING (id) WHERE place = 0`, &loss, &list, &ok, &s, &big, &name)
	require.Equal(t, []any{0.25, "[1,2]", true, 0.5, 3.0, "x'y"}, []any{loss, list, ok, s, big, name})
	var problem, state string
	var attempts int
	query(t, path, `SELECT error, runs.state, attempts FROM runs WHERE json_extract(config, '$.seed') = 2`, &problem, &state, &attempts)
	require.Equal(t, []any{"it's over", "failed", 1}, []any{problem, state, attempts})
	query(t, path, `SELECT json_extract(result, '$.loss') FROM runs WHERE place = 2`, &loss)
	require.Equal(t, 1.0, loss)

	// It can be deleted and made again, and nothing else is left.
	require.NoError(t, os.Remove(path))
	_, err = Merge(dir, path)
	require.NoError(t, err)
	query(t, path, `SELECT count(*) FROM runs WHERE state = 'done'`, &count)
	require.Equal(t, 2, count)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	hidden, err := filepath.Glob(filepath.Join(dir, ".*"))
	require.NoError(t, err)
	require.Len(t, append(left, hidden...), 3, "the order, the runs and the database")
}

func TestMergeErrors(t *testing.T) {
	dir := t.TempDir()
	newGrid(t, dir)
	other := filepath.Join(dir, "notes.txt")
	require.NoError(t, os.WriteFile(other, []byte("my notes, which are longer than a head"), 0o666))
	_, err := Merge(dir, other)
	require.ErrorContains(t, err, "it is no SQLite file")
	text, err := os.ReadFile(other)
	require.NoError(t, err)
	require.Contains(t, string(text), "my notes")
	_, err = Merge(filepath.Join(dir, "missing"), filepath.Join(dir, "grid.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Merge(dir, filepath.Join(dir, "missing", "grid.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func BenchmarkMerge(b *testing.B) {
	dir := b.TempDir()
	g, err := grid.Open(dir, grid.Program[config]{Name: "test", Run: func(context.Context, *grid.Run, config) (any, error) { return 1, nil }})
	require.NoError(b, err)
	configs := make([]config, 1000)
	for k := range configs {
		configs[k] = config{Seed: k, Other: map[string]string{"name": fmt.Sprint(k)}}
	}
	_, err = g.Add(configs)
	require.NoError(b, err)
	for b.Loop() {
		_, err := Merge(dir, filepath.Join(dir, "grid.db"))
		require.NoError(b, err)
	}
}
