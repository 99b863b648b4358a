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
			return small(append([]string{"-json", "-steps", "300", "-chains", chains}, more...)...)
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
			require.FileExists(t, filepath.Join(saved, "chain-3", "checkpoint-000000000300.npz"))
			clitest.Refused(t, run, "it has the checkpoints of 3 chains, want those of 1", append(args, "-resume", "-chains", "1")...)
			clitest.Refused(t, run, "it has the checkpoints of 3 chains, want those of 2", append(args, "-resume", "-chains", "2")...)
			continue
		}
		require.FileExists(t, filepath.Join(saved, "checkpoint-000000000300.npz"))
		clitest.Refused(t, run, "it has the checkpoints of one chain, want those of 2", append(args, "-resume", "-chains", "2")...)

		// Other flags, other data and a damaged file are refused by name.
		for text, more := range map[string][]string{
			"Sigma is 0.015 in the checkpoint, 0.02 here":                 {"-sigma", "0.02"},
			"the data differ: the same number of samples, other contents": {"-seed", "2"},
			"the data differ (300 samples in the checkpoint, 200 here)":   {"-train", "200"},
		} {
			err := run(context.Background(), append(append(args, "-resume"), more...), new(bytes.Buffer), new(bytes.Buffer))
			require.ErrorContains(t, err, text)
		}
		require.NoError(t, os.Truncate(filepath.Join(saved, "checkpoint-000000000300.npz"), 100))
		err := run(context.Background(), append(args, "-resume"), new(bytes.Buffer), new(bytes.Buffer))
		require.ErrorContains(t, err, "remove it to go on from the one before")
	}
}

func TestResumeFromNothing(t *testing.T) {
	_, stderr := clitest.Run(t, run, small("-checkpoint", filepath.Join(t.TempDir(), "new"), "-resume", "-steps", "2")...)
	require.Contains(t, stderr, "There is no checkpoint in")
	clitest.Refused(t, run, "-resume: needs -checkpoint", "-resume")
	clitest.Refused(t, run, "-checkpointevery", "-checkpointevery", "0s")
	clitest.Refused(t, run, "-chains", "-chains", "0")
}
