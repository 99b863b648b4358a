package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// small are flags of a run of some seconds.
func small(more ...string) []string {
	return append([]string{"-dataset", "digits", "-train", "200", "-epochs", "1", "-directions", "3", "-tau", "3", "-s", "100"}, more...)
}

// Each sampler is run at each s, and JSON and CSV have the same numbers.
func TestJSONAndOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	stdout, stderr := clitest.Run(t, run, small("-s", "20,200", "-seconds", "0.01", "-json", "-out", dir)...)
	require.Contains(t, stderr, "Data: built-in digits, 200 to train on, 4000 to test on.\n")
	require.Contains(t, stderr, "Start: 3 copies of a network of loss ")
	objects := clitest.Objects(t, stdout)
	require.Len(t, objects, 2*len(methods))
	rows := clitest.CSV(t, filepath.Join(dir, "samplers.csv"))
	require.Equal(t, columns, rows[0])
	for i, object := range objects {
		require.Equal(t, slices.Sorted(slices.Values(columns)), clitest.Keys(object))
		require.Equal(t, []float64{20, 200}[i/len(methods)], object["s"])
		require.Equal(t, methods[i%len(methods)].name, object["sampler"])
		require.Equal(t, object["sampler"], rows[i+1][1])
		if object["sampler"] == "hamiltonian" && object["steps"] == 0.0 {
			continue // left out
		}
		require.Positive(t, object["steps"])
		require.Positive(t, object["loss"])
		require.Greater(t, object["seconds"], 0.01)
		require.InEpsilon(t, object["steps"].(float64)/object["seconds"].(float64), object["steps_per_second"], 1e-9)
		require.GreaterOrEqual(t, object["losses_per_step"].(float64), object["mean_batch"])
	}
	clitest.PNG(t, filepath.Join(dir, "samplers.png"))
	clitest.SVG(t, filepath.Join(dir, "samplers.svg"))
}

// timed are the columns that depend on a clock.
var timed = []string{"seconds", "steps_per_second", "jump_per_second", "loss_samples_per_second", "logit_samples_per_second"}

// With -steps everything but the times is determined by the seed, for any number of
// workers.
func TestSeedAndWorkers(t *testing.T) {
	results := func(more ...string) []map[string]any {
		stdout, _ := clitest.Run(t, run, small(append([]string{"-json", "-steps", "12", "-tune", "0"}, more...)...)...)
		objects := clitest.Objects(t, stdout)
		for _, object := range objects {
			require.Equal(t, true, object["tuned"])
			require.GreaterOrEqual(t, object["steps"], 12.0, "%v", object)
			for _, name := range timed {
				delete(object, name)
			}
		}
		return objects
	}
	some := []string{"-samplers", "blocks,sweep,langevin", "-workers", "1"}
	want := results(some...)
	require.Len(t, want, 3)
	require.Equal(t, want, results(append(some, "-workers", "3")...))
	require.NotEqual(t, want, results(append(some, "-seed", "2")...))

	some = []string{"-samplers", "redraw", "-tau", "2", "-workers", "1"}
	require.Equal(t, results(append(some, "-tune", "300")...), results(append(some, "-tune", "300", "-workers", "2")...))
}

func TestTable(t *testing.T) {
	stdout, _ := clitest.Run(t, run, small("-samplers", " harmonic , paper", "-steps", "20", "-tune", "0", "-s", "50,100")...)
	require.Equal(t, 2, strings.Count(stdout, "sampler   "), stdout)
	require.Regexp(t, `(?m)^paper .* - .*\nharmonic .* beta `, stdout, "in the order of the list")
	require.NotContains(t, stdout, "langevin")
}

// A sampler whose steps are too slow for the time is left out, with a note.
func TestLeftOut(t *testing.T) {
	args := small("-samplers", "hamiltonian", "-seconds", "0.000001")
	stdout, _ := clitest.Run(t, run, args...)
	require.Regexp(t, `(?m)^hamiltonian  .* - `, stdout)
	require.Contains(t, stdout, "hamiltonian was left out: a step takes about")
	stdout, _ = clitest.Run(t, run, append(args, "-json")...)
	object := clitest.Objects(t, stdout)[0]
	require.Nil(t, object["loss"])
	require.Nil(t, object["acceptance"])
}

// Where an interrupt comes, what was measured so far is kept.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stderr bytes.Buffer
	stdout := &canceling{cancel: cancel}
	dir := t.TempDir()
	require.NoError(t, run(ctx, small("-json", "-samplers", "paper,harmonic", "-seconds", "0.01", "-out", dir), stdout, &stderr))
	require.Contains(t, stderr.String(), "Interrupted: the samplers that are left were not run.")
	require.Len(t, clitest.Objects(t, stdout.String()), 1)
	require.Len(t, clitest.CSV(t, filepath.Join(dir, "samplers.csv")), 2)
}

// canceling cancels a context when something is written.
type canceling struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (c *canceling) Write(p []byte) (int, error) {
	c.cancel()
	return c.Buffer.Write(p)
}

func TestHelp(t *testing.T) {
	words := append(methodNames(), columns...)
	clitest.Help(t, run, append(words, "-data ", "-dataset", "-train", "-samplers", "-tau", "-s ", "-sigma ", "-seconds", "-steps", "-tune",
		"-epochs", "-directions", "-seed", "-workers", "-json", "-out", "-figure")...)
}

func TestRefused(t *testing.T) {
	for _, c := range [][]string{
		{"-dataset", "letters"}, {"-train", "-1"}, {"-tau", "0"}, {"-tau", "1000000000000"}, {"-sigma", "0"}, {"-sigma", "+Inf"},
		{"-s", "0"}, {"-s", "-1"}, {"-s", "NaN"}, {"-s", "5,+Inf"}, {"-s", ""},
		{"-samplers", "metropolis"}, {"-samplers", "paper,"}, {"-samplers", ""},
		{"-seconds", "0"}, {"-seconds", "NaN"}, {"-steps", "-1"}, {"-steps", "5", "-seconds", "1"}, {"-tune", "299"}, {"-tune", "-1"},
		{"-epochs", "0"}, {"-directions", "0"}, {"-directions", "1907"}, {"-seed", "-1"}, {"-workers", "0"},
		{"-figure", "100"}, {"-figure", "7", "-s", "5,6", "-dataset", "digits", "-train", "20", "-out", t.TempDir()},
	} {
		clitest.Refused(t, run, c[0], c...)
	}
}

func TestOutIsNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	var stdout, stderr bytes.Buffer
	require.Error(t, run(context.Background(), small("-out", file), &stdout, &stderr))
	require.Empty(t, stdout.String()+stderr.String(), "that is found before anything else is done")
}
