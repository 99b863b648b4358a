package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// keys are those of a JSON line, sorted.
var keys = []string{"acceptance", "exact", "loss", "mean_batch", "minibatch_loss", "s", "stderr", "steps_per_second", "tau", "z"}

func TestJSON(t *testing.T) {
	stdout, stderr := clitest.Run(t, run, "-json", "-tau", "2,1", "-s", "10,100", "-steps", "2000")
	require.Empty(t, stderr, "there is nothing to show of so short a run")
	objects := clitest.Objects(t, stdout)
	require.Len(t, objects, 4)
	for i, object := range objects {
		require.Equal(t, keys, clitest.Keys(object))
		require.Equal(t, []float64{2, 2, 1, 1}[i], object["tau"])
		require.Equal(t, []float64{10, 100, 10, 100}[i], object["s"])
		require.Positive(t, object["steps_per_second"])
		require.GreaterOrEqual(t, object["mean_batch"], 32.0)
	}
}

// The tests on all the data have no chunk to fit the data.
func TestFewSamples(t *testing.T) {
	clitest.Refused(t, run, "-chunk", "-n", "16")
	clitest.Run(t, run, "-n", "16", "-test", "barker", "-tau", "1", "-s", "10", "-steps", "100")
}

// One measurement has no standard error: null, not a failure.
func TestOneMeasurement(t *testing.T) {
	stdout, _ := clitest.Run(t, run, "-json", "-tau", "1", "-s", "10", "-steps", "5", "-out", t.TempDir())
	object := clitest.Objects(t, stdout)[0]
	require.Equal(t, keys, clitest.Keys(object))
	require.Nil(t, object["stderr"])
	require.Nil(t, object["z"])
}

func TestTable(t *testing.T) {
	stdout, _ := clitest.Run(t, run, "-tau", "2", "-s", "10,100", "-steps", "1000")
	require.Equal(t, 3, bytes.Count([]byte(stdout), []byte("\n")), "a head and two rows, not\n%s", stdout)
}

func TestHelp(t *testing.T) {
	clitest.Help(t, run, "-tau", "-s ", "-steps", "-burnin", "-sigma", "-chunk", "-n ", "-seed", "-test", "-json", "-out", "-jobs number")
	clitest.Help(t, run, keys...)
}

func TestRefused(t *testing.T) {
	for _, c := range [][]string{
		{"-tau", "0"}, {"-tau", "1,-2"}, {"-tau", "x"}, {"-tau", ""},
		{"-s", "0"}, {"-s", "NaN"}, {"-s", "Inf"}, {"-s", "10,-1"},
		{"-steps", "0"}, {"-burnin", "-2"}, {"-n", "1"}, {"-jobs", "0"},
		{"-test", "other"}, {"-seed", "-1"},
		{"-sigma", "0"}, {"-sigma", "NaN"}, {"-chunk", "1"}, {"-chunk", "257"}, {"-sigmac", "9"}, {"-sigmac", "NaN"},
		{"-tau", "1000000000000"}, {"-n", "1000000000000"}, {"-chains", "1000000000"}, {"-jobs", "1000000"}, {"-chains", "0"},
	} {
		clitest.Refused(t, run, c[0], c...)
	}
	clitest.Refused(t, run, "more", "more")
}

func TestOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	clitest.Run(t, run, "-out", dir, "-tau", "1,2,3", "-s", "10,100", "-steps", "1000")
	clitest.PNG(t, filepath.Join(dir, "perceptron.png"))
	clitest.SVG(t, filepath.Join(dir, "perceptron.svg"))
}

func TestOutIsNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	var stdout, stderr bytes.Buffer
	require.Error(t, run(context.Background(), []string{"-out", file}, &stdout, &stderr))
	require.Empty(t, stdout.String())
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	err := run(ctx, []string{"-json"}, &stdout, &stderr)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, stdout.String())
	require.Contains(t, stderr.String(), "Interrupted.\n")
}
