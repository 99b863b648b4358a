package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// The keys of JSON lines, sorted.
var (
	pointKeys = []string{"acceptance", "data_use", "loss", "mean_batch", "seconds", "step"}
	finalKeys = []string{"accuracy", "data_use", "dataset", "final", "full_data_ratio", "mean_batch", "member_accuracy_mean",
		"nll", "samples_per_second", "steps_per_second", "test_samples", "train_samples"}
)

// small are flags of a run of a second.
func small(more ...string) []string {
	return append([]string{"-dataset", "digits", "-train", "300", "-init", "random", "-tau", "2", "-steps", "40"}, more...)
}

func TestJSONAndOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	stdout, stderr := clitest.Run(t, run, small("-json", "-out", dir)...)
	require.Contains(t, stderr, "Data: built-in digits, 300 to train on, 4000 to test on.\n")
	require.Regexp(t, `(?m)^5 %, .* left, loss \d.\d{3}, acceptance .*, batch .*, step 2$`, stderr)
	require.Regexp(t, `(?m)^100 %, 0s left, .* step 40$`, stderr)

	objects := clitest.Objects(t, stdout)
	points, final := objects[:len(objects)-1], objects[len(objects)-1]
	require.GreaterOrEqual(t, len(points), 20)
	last := 0.0
	for _, p := range points {
		require.Equal(t, pointKeys, clitest.Keys(p))
		require.Greater(t, p["step"], last)
		last = p["step"].(float64)
		require.Positive(t, p["loss"])
		require.GreaterOrEqual(t, p["mean_batch"], 20.0)
		require.GreaterOrEqual(t, p["data_use"], 20*last)
	}
	require.Equal(t, 40.0, last)
	require.Equal(t, finalKeys, clitest.Keys(final))
	require.Equal(t, true, final["final"])
	require.Equal(t, "digits", final["dataset"])
	require.Equal(t, 300.0, final["train_samples"])
	require.Equal(t, 4000.0, final["test_samples"])
	require.Equal(t, points[len(points)-1]["data_use"], final["data_use"])
	require.InDelta(t, final["data_use"].(float64)/40, final["mean_batch"], 1e-9)
	require.InDelta(t, 300/final["mean_batch"].(float64), final["full_data_ratio"], 1e-9)
	// One model changes at a time, and its old and new loss are computed.
	require.InEpsilon(t, 2*final["mean_batch"].(float64), final["samples_per_second"].(float64)/final["steps_per_second"].(float64), 1e-9)

	rows := clitest.CSV(t, filepath.Join(dir, "loss.csv"))
	require.Equal(t, []string{"step", "seconds", "loss", "acceptance", "mean_batch", "data_use"}, rows[0])
	require.Len(t, rows, 1+len(points))
	for i, p := range points {
		for k, name := range rows[0] {
			value, err := strconv.ParseFloat(rows[i+1][k], 64)
			require.NoError(t, err)
			require.InEpsilon(t, 1+p[name].(float64), 1+value, 1e-6)
		}
	}
	clitest.PNG(t, filepath.Join(dir, "loss.png"))
	clitest.SVG(t, filepath.Join(dir, "loss.svg"))
}

// TestAuto checks what a run without flags writes where MNIST is not found: a
// line on the data, progress, the result. A folder that is named must have it.
func TestAuto(t *testing.T) {
	for _, name := range []string{"XDG_CACHE_HOME", "HOME"} {
		t.Setenv(name, t.TempDir())
	}
	t.Setenv("TRAJENS_MNIST", "")
	args := []string{"-train", "300", "-tau", "1", "-steps", "40"}
	stdout, stderr := clitest.Run(t, run, args...)
	lines := strings.Split(stderr, "\n")
	require.Equal(t, "Data: built-in digits, 300 to train on, 4000 to test on; -download gets MNIST.", lines[0])
	require.Contains(t, lines[1], "5 %")
	require.Contains(t, stdout, "built-in digits, 300 samples")
	for _, word := range []string{"accuracy", "member accuracy", "steps/s", "data use"} {
		require.Contains(t, stdout, word)
	}

	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for says, more := range map[string][]string{"MNIST not found": {"-dataset", "mnist"}, "no such file": {"-data", nowhere}} {
		var out, log bytes.Buffer
		require.ErrorContains(t, run(context.Background(), append(args, more...), &out, &log), says)
		require.Empty(t, out.String())
	}
	t.Setenv("TRAJENS_MNIST", nowhere)
	require.ErrorContains(t, run(context.Background(), args, new(bytes.Buffer), new(bytes.Buffer)), nowhere)
}

func TestSeedAndWorkers(t *testing.T) {
	numbers := func(more ...string) []map[string]any {
		stdout, _ := clitest.Run(t, run, small(append(more, "-json", "-tau", "1", "-steps", "20")...)...)
		objects := clitest.Objects(t, stdout)
		for _, object := range objects {
			for _, clock := range []string{"seconds", "steps_per_second", "samples_per_second"} {
				delete(object, clock)
			}
		}
		return objects
	}
	want := numbers("-workers", "1")
	require.Equal(t, want, numbers("-workers", "3"))
	require.NotEqual(t, want, numbers("-workers", "1", "-init", "uniform"))
}

func TestFullDataTests(t *testing.T) {
	for _, test := range []string{"barker", "metropolis"} {
		stdout, _ := clitest.Run(t, run, small("-json", "-test", test, "-train", "50", "-tau", "1", "-steps", "3")...)
		objects := clitest.Objects(t, stdout)
		require.Equal(t, 50.0, objects[len(objects)-1]["mean_batch"])
		require.Equal(t, 1.0, objects[len(objects)-1]["full_data_ratio"])
	}
}

// cancelAfter is a writer that cancels a context once it was written to.
type cancelAfter struct {
	bytes.Buffer
	cancel func()
}

func (w *cancelAfter) Write(p []byte) (int, error) {
	w.cancel()
	return w.Buffer.Write(p)
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	stdout := &cancelAfter{cancel: cancel}
	var stderr bytes.Buffer
	// It would make 2000 steps, but is interrupted after the first line.
	args := small("-json", "-tau", "1", "-steps", "2000", "-out", t.TempDir())
	require.NoError(t, run(ctx, args, stdout, &stderr))
	require.Contains(t, stderr.String(), "Interrupted")
	objects := clitest.Objects(t, stdout.String())
	require.GreaterOrEqual(t, len(objects), 2)
	require.LessOrEqual(t, objects[len(objects)-2]["step"], 101.0)
	require.Equal(t, pointKeys, clitest.Keys(objects[0]))
	require.Equal(t, finalKeys, clitest.Keys(objects[len(objects)-1]))
	require.Len(t, clitest.CSV(t, filepath.Join(args[len(args)-1], "loss.csv")), len(objects))
}

// TestInterruptBeforeTheFirstStep has averages over nothing, which are null.
func TestInterruptBeforeTheFirstStep(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	dir := t.TempDir()
	require.NoError(t, run(ctx, small("-json", "-tau", "1", "-out", dir), &stdout, &stderr))
	objects := clitest.Objects(t, stdout.String())
	require.Len(t, objects, 1)
	require.Equal(t, finalKeys, clitest.Keys(objects[0]))
	require.Nil(t, objects[0]["mean_batch"])
	require.Zero(t, objects[0]["data_use"])
	require.Len(t, clitest.CSV(t, filepath.Join(dir, "loss.csv")), 1)
	require.NoFileExists(t, filepath.Join(dir, "loss.png"))
}

func TestDuration(t *testing.T) {
	stdout, _ := clitest.Run(t, run, small("-json", "-tau", "1", "-steps", "0", "-duration", "1ms")...)
	objects := clitest.Objects(t, stdout)
	require.Len(t, objects, 2, "one point of the steps made and the result")
	require.Less(t, objects[0]["step"], 100.0)
}

func TestDurationDefault(t *testing.T) {
	for args, want := range map[string]any{
		"":                         trainedDuration,
		"-init random":             defaultDuration,
		"-init random -steps 0":    defaultDuration,
		"-steps 5":                 nil,
		"-steps 5 -duration 54s":   defaultDuration,
		"-duration 0s":             nil,
		"-steps 0":                 trainedDuration,
		"-steps 0 -duration 1m30s": 90 * defaultDuration / 54,
	} {
		o, err := parse(strings.Fields(args), new(bytes.Buffer))
		require.NoError(t, err)
		if want == nil {
			require.Zero(t, o.duration, "%q", args)
		} else {
			require.Equal(t, want, o.duration, "%q", args)
		}
	}
}

func TestHelp(t *testing.T) {
	clitest.Help(t, run, "-data ", "-download", "-dataset", "-train", "-tau", "-s ", "-sigma ", "-fraction", "-chunk", "-sigmac", "-infinite", "-rule", "-estimate",
		"-steps", "-duration", "-seed", "-workers", "-test", "-init", "-epochs", "-rate", "-restarts", "-restartrate", "-anneal", "-json", "-out")
	clitest.Help(t, run, slices.Concat(pointKeys, finalKeys, beginningKeys)...)
}

func TestRefused(t *testing.T) {
	for _, c := range [][]string{
		{"-dataset", "letters"}, {"-train", "1000000000"}, {"-tau", "1000000000000"}, {"-workers", "1000000"}, {"-sigmac", "9"},
		{"-chunk", "301", "-dataset", "digits", "-train", "300"},
		{"-steps", "-1"}, {"-duration", "-1s"}, {"-duration", "5"}, {"-init", "zero"}, {"-tau", "4", "-chains", "10000000"},
		{"-epochs", "0", "-init", "sgd"}, {"-epochs", "3", "-init", "random"}, {"-rate", "0.1", "-init", "uniform"},
		{"-move", "leap"}, {"-beta", "2"}, {"-beta", "NaN"}, {"-directions", "0"}, {"-prior", "-1"}, {"-prior", "NaN"}, {"-tune", "10"},
		{"-restarts", "-1"}, {"-restarts", "3", "-init", "random"}, {"-restarts", "3", "-move", "harmonic"}, {"-restartrate", "0.1", "-move", "redraw"},
		{"-anneal", "-1", "-init", "random"}, {"-anneal", "10"}, {"-anneal", "10", "-init", "random", "-move", "layers"},
		{"-restartrate", "0"}, {"-restartrate", "NaN"}, {"-restartrate", "Inf"},
		{"-rate", "0", "-init", "sgd"}, {"-rate", "NaN", "-init", "sgd"}, {"-rate", "Inf", "-init", "sgd"},
	} {
		clitest.Refused(t, run, c[0], c...)
	}
	clitest.Refused(t, run, "more", "more")
}

func TestOutIsNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	var stdout, stderr bytes.Buffer
	require.Error(t, run(context.Background(), small("-out", file), &stdout, &stderr))
	require.Empty(t, stdout.String())
}
