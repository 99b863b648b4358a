package main

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
	"github.com/trajens/trajens/examples/internal/judge"
)

// small are flags of a run of some seconds.
func small(more ...string) []string {
	return append([]string{"-dataset", "digits", "-train", "200", "-epochs", "1", "-restarts", "1", "-tau", "3",
		"-networks", "3", "-chains", "2", "-seeds", "2", "-steps", "10"}, more...)
}

// withoutFiles keeps a test from finding data in the user's folders.
func withoutFiles(t *testing.T) {
	for _, name := range []string{"XDG_CACHE_HOME", "HOME"} {
		t.Setenv(name, t.TempDir())
	}
	t.Setenv("TRAJENS_MNIST", "")
	t.Setenv("TRAJENS_FASHION_MNIST", "")
}

// The rows of the seeds, the means and the CSV file fit together.
func TestJSONAndOut(t *testing.T) {
	withoutFiles(t)
	dir := filepath.Join(t.TempDir(), "new", "out")
	stdout, stderr := clitest.Run(t, run, small("-json", "-out", dir)...)
	require.Contains(t, stderr, "Data: built-in digits, 200 to train on, 4000 to test on.\n")
	objects := clitest.Objects(t, stdout)
	// A network, three, two groups; three networks and of each group, five of one; two groups
	// and beside each.
	const each = 2 * (4 + 4 + 4)
	require.Equal(t, 3*each, len(objects))
	rows := clitest.CSV(t, filepath.Join(dir, "uncertainty.csv"))
	require.Len(t, rows, 1+each)
	require.Len(t, rows[0], 5+2*len(shown))
	for k, mean := range objects[2*each:] {
		first, second := objects[k], objects[each+k]
		require.Equal(t, []any{1.0, 2.0, 2.0}, []any{first["seed"], second["seed"], mean["seeds"]})
		require.Len(t, mean, 6+2*len(shown))
		for _, key := range []string{"view", "method", "scaled"} {
			require.Equal(t, first[key], mean[key])
			require.Equal(t, second[key], mean[key])
		}
		require.Equal(t, rows[k+1][1], mean["method"])
		for i, of := range shown {
			column := judge.Columns[of].Name
			if column == "auroc" {
				require.Nil(t, mean[column])
				require.Empty(t, rows[k+1][5+2*i])
				continue
			}
			x, y := first[column].(float64), second[column].(float64)
			require.InDelta(t, (x+y)/2, mean[column], 1e-12)
			require.InDelta(t, math.Abs(x-y)/2, mean[column+"_error"], 1e-12, "the standard error of two")
			value, err := strconv.ParseFloat(rows[k+1][5+2*i], 64)
			require.NoError(t, err)
			require.InEpsilon(t, 1+mean[column].(float64), 1+value, 1e-7)
		}
		if k%2 == 1 {
			plain, scaled := objects[k-1], objects[k]
			require.Equal(t, []any{false, true}, []any{plain["scaled"], scaled["scaled"]})
			require.Equal(t, 1.0, plain["temperature"])
			require.NotEqual(t, 1.0, scaled["temperature"])
			require.Equal(t, plain["accuracy"], scaled["accuracy"])
			require.NotEqual(t, plain["nll"], scaled["nll"])
		}
	}
	members := func(k int) float64 { return objects[k]["members"].(float64) }
	require.Equal(t, []float64{1, 3, 3, 6, 3, 3, 3}, []float64{members(0), members(2), members(4), members(6), members(8), members(10), members(12)})
}

// With -steps all but the times is determined by the seed, for any number of workers.
func TestSeedAndWorkers(t *testing.T) {
	withoutFiles(t)
	rows := func(more ...string) (rows []map[string]any) {
		stdout, _ := clitest.Run(t, run, small(append([]string{"-json", "-seeds", "1", "-networks", "1", "-chains", "1"}, more...)...)...)
		for _, object := range clitest.Objects(t, stdout) {
			if object["view"] == "seconds" {
				continue
			}
			delete(object, "seconds")
			delete(object, "seconds_error")
			rows = append(rows, object)
		}
		return rows
	}
	want := rows("-workers", "1")
	require.Equal(t, want, rows("-workers", "3"))
	other := rows("-seed", "2")
	require.NotEqual(t, want[0]["nll"], other[0]["nll"])
}

func TestTables(t *testing.T) {
	withoutFiles(t)
	stdout, _ := clitest.Run(t, run, small("-seeds", "1", "-chains", "0", "-networks", "1")...)
	require.Regexp(t, `(?m)^All methods +members +seconds +T +accuracy +NLL .* equiv\.$`, stdout)
	require.Regexp(t, `(?m)^single network +1 +\S+ +1 +0\.\d{4} .* - .* 1\.00$`, stdout)
	require.Contains(t, stdout, "built-in digits, 180 to train on, 20 held out, 4000 to test on. Seeds: 1.")
	require.NotContains(t, stdout, "trajector")
	require.NotContains(t, stdout, "Equal")

	r := &report{options: &options{networks: 3}, stdout: new(bytes.Buffer), seeds: make([]*comparison, 3)}
	s := summary{name: name{method: "deep ensemble of 3"}, seeds: 2, equivalent: math.Inf(1)}
	s.mean[judge.NLL], s.errors[judge.NLL], s.mean[judge.AUROC] = 0.0912, 0.00205, math.NaN()
	r.printTable("All methods", []summary{s})
	text := r.stdout.(*bytes.Buffer).String()
	for _, part := range []string{"deep ensemble of 3 (2 of the seeds)", " 0.0912(21) ", " - ", " > 3\n"} {
		require.Contains(t, text, part)
	}
	lines := strings.Split(text, "\n")
	require.Equal(t, len(lines[0]), len(lines[1]))
}

// After an interrupt before anything is done there is nothing to print.
func TestInterrupted(t *testing.T) {
	withoutFiles(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	require.NoError(t, run(ctx, small(), &stdout, &stderr))
	require.Empty(t, stdout.String())
	require.Contains(t, stderr.String(), "Interrupted")
}

func TestFlags(t *testing.T) {
	clitest.Help(t, run, "-networks", "-seconds", "held out", "deep ensemble equivalent")
	for text, args := range map[string][]string{
		"-networks 0: want at least 1":                              {"-networks", "0"},
		"-chains 4: want 0 to the number of networks, 3":            {"-chains", "4"},
		"-seeds 0: want at least 1":                                 {"-seeds", "0"},
		"-steps -1: want":                                           {"-steps", "-1"},
		"-seconds NaN: want a finite number":                        {"-seconds", "NaN"},
		"-seconds: has no use with -steps":                          {"-seconds", "2"},
		"-train 19: want at least 20, of which a tenth is held out": {"-train", "19"},
		"-epochs 0: want at least 1":                                {"-epochs", "0"},
		"-networks, -chains and -tau: needs":                        {"-tau", "5000"},
	} {
		clitest.Refused(t, run, text, small(args...)...)
	}
	err := run(t.Context(), small("-other", filepath.Join(t.TempDir(), "nowhere")), new(bytes.Buffer), new(bytes.Buffer))
	require.ErrorContains(t, err, "nowhere")
}
