package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/clitest"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
)

// last returns the result of a run with -json.
func last(t *testing.T, args ...string) map[string]any {
	t.Helper()
	stdout, _ := clitest.Run(t, run, args...)
	objects := clitest.Objects(t, stdout)
	return objects[len(objects)-1]
}

// A writer does something when it is written to for a number of times.
type writer struct {
	bytes.Buffer
	at, count int
	do        func()
}

func (w *writer) Write(p []byte) (int, error) {
	if w.count++; w.count == w.at {
		w.do()
	}
	return w.Buffer.Write(p)
}

// The file has the ensemble that the run was judged by, and says what it is of.
func TestSave(t *testing.T) {
	train, err := data.Digits(300, (&sampler.Flags{Seed: 3}).Source(sampler.TrainStream, 0))
	require.NoError(t, err)
	test, err := data.Digits(4000, (&sampler.Flags{Seed: 3}).Source(sampler.TestStream, 0))
	require.NoError(t, err)
	for _, name := range []string{"ensemble.npz", "ensemble.safetensors"} {
		path := filepath.Join(t.TempDir(), name)
		stdout, stderr := clitest.Run(t, run, small("-json", "-seed", "3", "-chains", "2", "-save", path, "-workers", "1")...)
		require.Contains(t, stderr, "Saved 4 networks in "+path)
		committee, info, err := ensemble.Load(path)
		require.NoError(t, err)
		require.Equal(t, 4, committee.Len())
		require.Equal(t, nn.MairCNN().Architecture(), committee.Network().Architecture())

		report, err := committee.Evaluate(test)
		require.NoError(t, err)
		objects := clitest.Objects(t, stdout)
		require.Equal(t, objects[len(objects)-1]["accuracy"], report.Accuracy)
		require.Equal(t, objects[len(objects)-1]["nll"], report.NLL)

		require.Equal(t, nn.CrossEntropy, info.Loss)
		require.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, info.Classes)
		require.NotEmpty(t, info.Inputs)
		from := info.Provenance
		require.Contains(t, from.Program, "examples/mnist")
		require.Equal(t, []uint64{3}, from.Seeds)
		require.Equal(t, train.Fingerprint(), from.Data)
		for _, note := range []string{"dataset", "members", "test accuracy", "test NLL"} {
			require.NotEmpty(t, from.Notes[note], note)
		}
		require.Equal(t, "2 chains with τ = 2, 80 steps in all", from.Notes["members"])
		configuration := make(map[string]any)
		require.NoError(t, json.Unmarshal(from.Configuration, &configuration))
		require.Equal(t, 40.0, configuration["steps"])
		require.Equal(t, 0.05, configuration["sigma"])
		require.Equal(t, "random", configuration["init"])
		require.Equal(t, "0s", configuration["duration"])
		require.Equal(t, false, configuration["converge"])
		for _, name := range asides {
			require.NotContains(t, configuration, name, "folders of a machine are nobody's business")
		}
	}
}

// What would be found out after the training is found out before.
func TestSaveIsRefusedEarly(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.npz"), 0o777))
	for path, says := range map[string]string{
		filepath.Join(dir, "ensemble.pt"):          "ends in .npz or .safetensors",
		filepath.Join(dir, "ensemble"):             "ends in .npz or .safetensors",
		filepath.Join(dir, "none", "ensemble.npz"): "no file can be written there",
		filepath.Join(dir, "folder.npz"):           "it is a folder",
	} {
		clitest.Refused(t, run, says, small("-save", path)...)
	}
	for _, c := range [][]string{
		{"-snapshots", "0"}, {"-snapshots", "2", "-duration", "0s"}, {"-snapshots", "1000000000"},
		{"-drawevery", "0", "-posterior", filepath.Join(dir, "draws")}, {"-drawevery", "10"},
		{"-posterior", dir}, {"-posterior", filepath.Join(dir, "none", "draws")},
	} {
		clitest.Refused(t, run, c[0], c...)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left behind")
}

// Snapshots are of the second half, the last one is the end, and a run that was
// stopped between them has the same.
func TestSnapshots(t *testing.T) {
	dir := t.TempDir()
	whole, parts := filepath.Join(dir, "whole.npz"), filepath.Join(dir, "parts.npz")
	flags := func(path string, more ...string) []string {
		return small(append(more, "-json", "-snapshots", "4", "-save", path)...)
	}
	result := timeless(last(t, flags(whole)...))
	members, _, err := ensemble.Load(whole)
	require.NoError(t, err)
	require.Equal(t, 4*2, members.Len())

	end := filepath.Join(dir, "end.npz")
	require.NotEqual(t, result, timeless(last(t, small("-json", "-save", end)...)))
	one, _, err := ensemble.Load(end)
	require.NoError(t, err)
	require.Equal(t, one.Member(1), members.Member(7))
	// The first of four is that after 5/8 of the steps.
	require.NoError(t, os.Remove(end))
	last(t, small("-json", "-save", end, "-steps", "25")...)
	one, _, err = ensemble.Load(end)
	require.NoError(t, err)
	require.Equal(t, one.Member(0), members.Member(0))
	require.Equal(t, one.Member(1), members.Member(1))

	saved := filepath.Join(dir, "saved")
	ctx, cancel := context.WithCancel(t.Context())
	stdout := &writer{at: 15, do: cancel} // after 30 steps, two snapshots
	require.NoError(t, run(ctx, flags(parts, "-checkpoint", saved), stdout, new(bytes.Buffer)))
	stopped, _, err := ensemble.Load(parts)
	require.NoError(t, err)
	require.Equal(t, 3*2, stopped.Len())
	require.Equal(t, result, timeless(last(t, flags(parts, "-checkpoint", saved, "-resume")...)))
	a, err := os.ReadFile(whole)
	require.NoError(t, err)
	b, err := os.ReadFile(parts)
	require.NoError(t, err)
	require.True(t, bytes.Equal(a, b), "the files are the same")
}
