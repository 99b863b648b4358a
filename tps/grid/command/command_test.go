package command

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

type config struct {
	Tau  int    `json:"tau"`
	Seed uint64 `json:"seed"`
	// Wait is whether a run waits, once, until it is interrupted.
	Wait bool `json:"wait,omitempty"`
}

// testProgram fails with tau 0, and with tau −1 until there is a file "repaired" beside
// the runs.
func testProgram() grid.Program[config] {
	return grid.Program[config]{
		Name:    "test",
		Default: config{Tau: 3},
		Check: func(c config) error {
			if c.Tau > 1000 {
				return fmt.Errorf("tau = %d, want at most 1000", c.Tau)
			}
			return nil
		},
		Run: func(ctx context.Context, run *grid.Run, c config) (any, error) {
			fmt.Fprintln(run.Log(), "tau is", c.Tau)
			run.Progress(0.5, "half")
			waited := filepath.Join(run.Checkpoints(), "waited")
			if _, err := os.Stat(waited); c.Wait && err != nil {
				if err := os.WriteFile(waited, nil, 0o666); err != nil {
					return nil, err
				}
				<-ctx.Done()
				if c.Seed == 99 { // does not listen
					select {}
				}
				return nil, context.Cause(ctx)
			}
			repaired := filepath.Join(run.Dir(), "..", "..", "..", "repaired")
			if _, err := os.Stat(repaired); c.Tau == 0 || c.Tau < 0 && err != nil {
				return nil, errors.New("no models\nat all")
			}
			return map[string]any{"loss": float64(c.Tau) / 2}, nil
		},
	}
}

func run(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, notes bytes.Buffer
	err = Execute(context.Background(), testProgram(), args, &out, &notes)
	return out.String(), notes.String(), err
}

func TestCommands(t *testing.T) {
	base := t.TempDir()
	dir := "-dir=" + filepath.Join(base, "out")
	description := filepath.Join(base, "test.json")
	require.NoError(t, os.WriteFile(description, []byte(`{"grid": {"tau": [0, 4, -1], "seed": "1..2"}}`), 0o666))

	_, notes, err := run(t, "run", description, "-jobs", "2", dir, "seed=1..3")
	require.ErrorContains(t, err, "6 runs have failed")
	require.Contains(t, notes, "9 runs in")
	require.Contains(t, notes, "9 of 9 runs")
	require.Contains(t, notes, "3 done, 6 failed\n")

	out, _, err := run(t, "list", dir)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 1+9+1)
	require.Regexp(t, `^[0-9a-f]{16}  failed  50 % .* seed=1 tau=0 +no models$`, strings.TrimSpace(lines[1]))
	require.Regexp(t, `^[0-9a-f]{16}  done    100 % .* seed=1 tau=4$`, strings.TrimSpace(lines[4]))
	require.Equal(t, "9 runs, 3 done, 6 failed", lines[10])
	out, _, err = run(t, "list", dir, "-json", "-state", "done")
	require.NoError(t, err)
	require.Equal(t, 3, strings.Count(out, "\n"))
	var info grid.Info
	require.NoError(t, json.Unmarshal([]byte(out[:strings.Index(out, "\n")]), &info))
	require.Equal(t, grid.Done, info.State)
	require.JSONEq(t, `{"loss": 2}`, string(info.Result))

	out, _, err = run(t, "show", info.ID[:10], dir)
	require.NoError(t, err)
	require.Contains(t, out, `"loss": 2`)
	require.Contains(t, out, `"tau": 4`)
	failed, _, _ := strings.Cut(lines[1], " ")
	out, _, err = run(t, "show", failed, dir)
	require.NoError(t, err)
	require.Contains(t, out, "no models\nat all")
	out, _, err = run(t, "show", "-log", failed, dir)
	require.NoError(t, err)
	require.Equal(t, "tau is 0\n", out)

	out, _, err = run(t, "export", dir)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	require.Equal(t, []string{"id", "state", "seed", "tau", "result.loss"}, rows[0])
	require.Equal(t, []string{info.ID, "done", "1", "4", "2"}, rows[1])
	path := filepath.Join(base, "all.csv")
	_, _, err = run(t, "export", dir, "-all", "-out", path)
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 10, strings.Count(string(text), "\n"))

	out, _, err = run(t, "merge", dir)
	require.NoError(t, err)
	require.Contains(t, out, "grid.db: 9 runs\n")
	require.FileExists(t, filepath.Join(base, "out", "grid.db"))

	// What has failed is left alone, unless asked for.
	require.NoError(t, os.WriteFile(filepath.Join(base, "out", "repaired"), nil, 0o666))
	_, notes, err = run(t, "run", dir, "tau=4,-1", "seed=1")
	require.ErrorContains(t, err, "1 runs have failed")
	require.Contains(t, notes, "1 done (1 before), 1 failed\n")
	out, _, err = run(t, "retry", dir)
	require.NoError(t, err)
	require.Equal(t, "6 runs wait again\n", out)
	_, notes, err = run(t, "run", dir)
	require.ErrorContains(t, err, "3 runs have failed")
	require.Contains(t, notes, "6 done (3 before), 3 failed\n")
	_, notes, err = run(t, "run", dir, "-retry", "tau=-1,4", "seed=1..3")
	require.NoError(t, err)
	require.Contains(t, notes, "6 done (6 before)\n")
}

func TestUsage(t *testing.T) {
	dir := "-dir=" + filepath.Join(t.TempDir(), "out")
	_, _, err := run(t, "run", dir, "tau=1..3")
	require.NoError(t, err)
	bad := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(bad, []byte("{\n\"grid\": {\"taw\": 3}}"), 0o666))
	for want, args := range map[string][]string{
		"want a command":                      {},
		`there is no command "ran"`:           {"ran"},
		"see help run for the flags":          {"run", "-nonsense"},
		`bad.json: line 2: there is no key`:   {"run", bad, dir},
		`"tau=x": x: want a whole number`:     {"run", "tau=x", dir},
		"the description: open missing.json":  {"run", "missing.json", dir},
		"want one description":                {"run", bad, bad, dir},
		"-jobs 0: want 1 to 1024":             {"run", "-jobs=0", dir, "tau=1"},
		"-lease 1ms: want at least":           {"run", "-lease=1ms", dir, "tau=1"},
		"there are no runs in":                {"run", "-dir=" + t.TempDir()},
		"there is no such directory":          {"list", "-dir=missing"},
		`list: unexpected argument "x"`:       {"list", "x"},
		"show: an argument is missing":        {"show", dir},
		`there is no run "zz"`:                {"show", "zz", dir},
		"want more digits":                    {"show", "", dir},
		"interrupt: an argument is missing":   {"interrupt", dir},
		`retry -x`:                            {"retry", "-x"},
		`merge: unexpected argument "grid.x"`: {"merge", "grid.x"},
	} {
		_, notes, err := run(t, args...)
		var usage *usageError
		require.True(t, errors.As(err, &usage), "%v: %v", args, err)
		if want != "retry -x" {
			require.Contains(t, notes+err.Error(), want)
		}
	}
	_, _, err = run(t, "run", "tau=2000", dir)
	require.ErrorContains(t, err, "tau = 2000, want at most 1000")
	_, _, err = run(t, "interrupt", dir, "")
	require.Error(t, err)
	out, _, err := run(t, "help")
	require.NoError(t, err)
	for _, c := range commands(testProgram()) {
		require.Contains(t, out, "  "+c.name+" ")
		_, notes, err := run(t, "help", c.name)
		require.ErrorIs(t, err, flag.ErrHelp)
		require.Contains(t, notes, c.about)
		require.Contains(t, notes, "-dir")
	}
}
