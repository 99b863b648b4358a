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

// timeless returns an object without what the clock decides.
func timeless(object map[string]any) map[string]any {
	for _, key := range []string{"seconds", "steps_per_second", "samples_per_second"} {
		delete(object, key)
	}
	return object
}

// A run that was interrupted and gone on with ends as if it had not been,
// whatever the number of workers.
func TestResume(t *testing.T) {
	for _, chains := range []string{"1", "3"} {
		flags := func(more ...string) []string {
			return small(append([]string{"-json", "-steps", "100", "-chains", chains}, more...)...)
		}
		stdout, _ := clitest.Run(t, run, flags()...)
		objects := clitest.Objects(t, stdout)
		want := timeless(objects[len(objects)-1])

		dir := t.TempDir()
		saved := filepath.Join(dir, "checkpoints")
		ctx, cancel := context.WithCancel(context.Background())
		interrupted := &cancelAfter{cancel: cancel}
		var stderr bytes.Buffer
		args := flags("-checkpoint", saved, "-out", filepath.Join(dir, "out"))
		require.NoError(t, run(ctx, args, interrupted, &stderr))
		require.Contains(t, stderr.String(), "Interrupted")
		require.Contains(t, stderr.String(), "Go on with: go run ./examples/mnist -dataset digits ")
		require.Contains(t, stderr.String(), " -resume\n")
		objects = clitest.Objects(t, interrupted.String())
		require.NotEqual(t, want, timeless(objects[len(objects)-1]))

		// Without -resume the checkpoints are not touched.
		clitest.Refused(t, run, "go on from it with -resume", args...)

		stdout, message := clitest.Run(t, run, append(args, "-resume", "-workers", "5")...)
		require.Contains(t, message, "Going on from "+saved)
		objects = clitest.Objects(t, stdout)
		require.Equal(t, want, timeless(objects[len(objects)-1]))

		// The curve has the points of both runs.
		rows := clitest.CSV(t, filepath.Join(dir, "out", "loss.csv"))
		both := len(clitest.Objects(t, interrupted.String())) + len(objects) - 2
		require.Len(t, rows, 1+both)
		clitest.PNG(t, filepath.Join(dir, "out", "loss.png"))
		if chains == "3" {
			require.Equal(t, "chain", rows[0][0])
			require.FileExists(t, filepath.Join(saved, "chain-3", "checkpoint-000000000100.npz"))
			continue
		}
		require.FileExists(t, filepath.Join(saved, "checkpoint-000000000100.npz"))

		// Other flags and other data are refused in the user's words.
		for want, more := range map[string][]string{
			"-seed 1, this is -seed 2":                                 {"-seed", "2"},
			"-sigma 0.05, this is -sigma 0.02":                         {"-sigma", "0.02"},
			"-train 300, this is -train 200":                           {"-train", "200"},
			"-anneal 100000 -init random, this is -anneal 0 -init sgd": {"-init", "sgd", "-tau", "2", "-s", "1000", "-sigma", "0.05", "-fraction", "0.25", "-chunk", "20", "-move", "redraw", "-estimate", "cheapest"},
			"-chains 1, this is -chains 2":                             {"-chains", "2"},
			"-anneal 100000 -s 1000 -sigma 0.05 -tau 2, this is -anneal 0 -s 50 -sigma 0.015 -tau 3": {"-s", "50", "-tau", "3"},
			"-converge false, this is -converge true":                                                {"-converge"},
		} {
			clitest.Refused(t, run, "-resume: the run in "+saved+" was started with "+want, append(append(args, "-resume"), more...)...)
		}
		require.NoError(t, os.Truncate(filepath.Join(saved, "checkpoint-000000000100.npz"), 100))
		err := run(context.Background(), append(args, "-resume"), new(bytes.Buffer), new(bytes.Buffer))
		require.ErrorContains(t, err, "remove it to go on from the one before")
	}
}

// What was asked for is the total, which a run that is gone on with cannot be
// beyond.
func TestResumeWithFewerSteps(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved")
	args := small("-checkpoint", saved, "-chains", "2")
	clitest.Run(t, run, append(args, "-steps", "20")...)
	clitest.Refused(t, run, "-steps 10: the run in "+saved+" has made 20 already", append(args, "-resume", "-steps", "10")...)
	clitest.Run(t, run, append(args, "-resume", "-steps", "20")...)
}

func TestResumeFromNothing(t *testing.T) {
	_, stderr := clitest.Run(t, run, small("-checkpoint", filepath.Join(t.TempDir(), "new"), "-resume", "-steps", "2")...)
	require.Contains(t, stderr, "There is no checkpoint in")
	clitest.Refused(t, run, "-resume: needs -checkpoint", "-resume")
	clitest.Refused(t, run, "-checkpointevery", "-checkpointevery", "0s")
	clitest.Refused(t, run, "-chains", "-chains", "0")
}

// Data that the flags do not tell from those before are refused, too.
func TestResumeWithOtherData(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved")
	args := small("-checkpoint", saved, "-steps", "2")
	clitest.Run(t, run, args...)
	flags := filepath.Join(saved, "flags.json")
	text, err := os.ReadFile(flags)
	require.NoError(t, err)
	text = bytes.Replace(text, []byte(`"seed": "1"`), []byte(`"seed": "2"`), 1)
	require.NoError(t, os.WriteFile(flags, text, 0o666))
	clitest.Refused(t, run, "was started with other data than these", append(args, "-resume", "-seed", "2")...)
}

// What was asked for is the total: steps and time that were spent before count.
func TestTotals(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved")
	args := small("-json", "-checkpoint", saved, "-steps", "0", "-duration", "300ms")
	last := func(args []string) map[string]any {
		stdout, _ := clitest.Run(t, run, args...)
		objects := clitest.Objects(t, stdout)
		return objects[len(objects)-1]
	}
	first := last(args)
	require.Equal(t, first["data_use"], last(append(args, "-resume"))["data_use"], "there is no time left")
	second := last(append(args, "-resume", "-duration", "600ms"))
	require.Greater(t, second["data_use"], first["data_use"])
	steps := func(object map[string]any) float64 {
		return object["data_use"].(float64) / object["mean_batch"].(float64)
	}
	// The rate is of all the time spent, not of that since the last start.
	require.GreaterOrEqual(t, steps(second)/second["steps_per_second"].(float64), 0.6-1e-9)
}
