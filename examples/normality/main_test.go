package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// keys are those of a JSON line, sorted.
var keys = []string{"anderson_darling", "batch", "batches", "bound", "dataset", "deviation", "loss", "mean", "move", "p_value", "samples", "step"}

// small are flags of a run of a second.
func small(more ...string) []string {
	return append([]string{"-dataset", "digits", "-train", "2000", "-tau", "2", "-at", "0,30", "-batch", "5,100"}, more...)
}

func TestJSONAndOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	stdout, stderr := clitest.Run(t, run, small("-json", "-out", dir)...)
	require.Contains(t, stderr, "Data: built-in digits, 2000 to train on, 4000 to test on.")
	objects := clitest.Objects(t, stdout)
	require.Len(t, objects, 4)
	for i, object := range objects {
		require.Equal(t, keys, clitest.Keys(object))
		require.Equal(t, "digits", object["dataset"])
		require.Equal(t, []float64{0, 0, 30, 30}[i], object["step"])
		require.Equal(t, []float64{5, 100, 5, 100}[i], object["batch"])
		require.Equal(t, []float64{400, 20, 400, 20}[i], object["batches"])
		require.InDelta(t, 0, object["mean"], 1e-9, "the split is complete")
		// Known but for the fourth moment: of 20 means, to one in √38.
		require.InDelta(t, 1, object["deviation"], 0.5)
		require.Positive(t, object["anderson_darling"])
		require.InDelta(t, 0.5, object["p_value"], 0.5)
		require.Greater(t, object["bound"], 0.0)
	}
	require.Nil(t, objects[0]["loss"])
	require.Positive(t, objects[2]["loss"])
	clitest.PNG(t, filepath.Join(dir, "normality.png"))
	clitest.SVG(t, filepath.Join(dir, "normality.svg"))
}

func TestTable(t *testing.T) {
	stdout, _ := clitest.Run(t, run, small()...)
	require.Equal(t, 5, strings.Count(stdout, "\n"), "a head and four rows, not\n%s", stdout)
}

// A folder that is named must have MNIST, as in the example mnist.
func TestNamedFolder(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	var stdout, stderr bytes.Buffer
	require.ErrorContains(t, run(context.Background(), small("-dataset", "auto", "-data", nowhere), &stdout, &stderr), nowhere)
	require.Empty(t, stdout.String())
}

func TestSeedAndWorkers(t *testing.T) {
	want, _ := clitest.Run(t, run, small("-json", "-workers", "1")...)
	got, _ := clitest.Run(t, run, small("-json", "-workers", "3")...)
	require.Equal(t, want, got)
	for _, more := range [][]string{{"-seed", "2"}, {"-fraction", "0.5"}, {"-sigma", "0.1"}, {"-s", "1000"}, {"-test", "barker"}, {"-infinite"}} {
		other, _ := clitest.Run(t, run, small(append(more, "-json")...)...)
		require.NotEqual(t, want, other, "%v", more)
	}
}

// Long runs say how far they are.
func TestProgress(t *testing.T) {
	_, stderr := clitest.Run(t, run, small("-tau", "1", "-at", "200", "-batch", "100")...)
	require.Contains(t, stderr, "50 %, ")
	require.Contains(t, stderr, "100 %, 0s left, step 200")
}

// There are no more bins than the number of means can fill: the noise of the
// highest one, of k means, is √k.
func TestBins(t *testing.T) {
	for means, want := range map[int]int{8: 6, 100: 12, 300: 18, 1000: 26, 3000: 38} {
		require.Equal(t, want, binsFor(means))
		highest := 0.4 * 2 * reach / float64(want) * float64(means)
		require.Less(t, math.Sqrt(highest)/highest, 0.5)
	}
}

// Where an interrupt comes, what was measured so far is kept.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	dir := t.TempDir()
	require.NoError(t, run(ctx, small("-json", "-out", dir), &stdout, &stderr))
	require.Contains(t, stderr.String(), "Interrupted")
	require.Len(t, clitest.Objects(t, stdout.String()), 2, "step 0 needs no run")
	clitest.PNG(t, filepath.Join(dir, "normality.png"))
}

func TestHelp(t *testing.T) {
	clitest.Help(t, run, append(keys, "-data ", "-dataset", "-train", "-tau", "-s ", "-sigma ", "-fraction", "-at", "-batch", "-infinite",
		"-seed", "-workers", "-json", "-out")...)
}

func TestRefused(t *testing.T) {
	for _, c := range [][]string{
		{"-dataset", "letters"}, {"-data", "somewhere", "-dataset", "digits"},
		{"-train", "-1"}, {"-move", "harmonic"}, {"-tune", "300"}, {"-tau", "0"},
		{"-s", "-1"}, {"-s", "NaN"}, {"-sigma", "0"}, {"-sigma", "+Inf"}, {"-fraction", "1.1"},
		{"-at", "-1"}, {"-at", "5,5"}, {"-at", "5,1"}, {"-at", ""},
		{"-batch", "0"}, {"-batch", "20,-1"}, {"-batch", "251", "-dataset", "digits", "-train", "2000"},
		{"-seed", "-1"}, {"-workers", "0"}, {"-workers", "1000000"}, {"-tau", "1000000000000"}, {"-train", "1000000000"},
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
