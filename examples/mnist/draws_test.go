package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// content returns the files of a directory by name.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(text)
		return err
	}))
	return files
}

// shape returns that of an array of a store.
func shape(t *testing.T, files map[string]string, array string) []int {
	t.Helper()
	var head struct{ Shape []int }
	require.NoError(t, json.Unmarshal([]byte(files[array+"/.zarray"]), &head), array)
	return head.Shape
}

// drawing are flags of a run with draws.
func drawing(dir string, more ...string) []string {
	return small(append([]string{"-json", "-posterior", dir, "-drawevery", "8", "-s", "100"}, more...)...)
}

// The directory has what it is said to have, and sampling does not depend on it.
func TestDraws(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "draws")
	result := last(t, drawing(dir, "-chains", "2")...)
	require.Equal(t, timeless(last(t, small("-json", "-chains", "2", "-s", "100")...)), timeless(result))
	files := content(t, dir)
	for array, want := range map[string][]int{
		"posterior/theta":          {2, 5, 2, 6}, // chains, draws, models, blocks of parameters
		"posterior/projection":     {2, 5, 2, directions},
		"sample_stats/lp":          {2, 5},
		"log_likelihood/held_out":  {2, 5, heldOut},
		"observed_data/held_out":   {heldOut},
		"constant_data/directions": {directions, 1906},
	} {
		require.Equal(t, want, shape(t, files, array), array)
	}

	// While s rises there are none.
	rising := filepath.Join(t.TempDir(), "rising")
	last(t, drawing(rising, "-anneal", "16")...)
	require.Equal(t, []int{1, 3}, shape(t, content(t, rising), "sample_stats/tilt"), "after 24, 32 and 40 steps")

	// Draws of another run are not touched.
	clitest.Refused(t, run, "-posterior "+dir+": there is something already", drawing(dir)...)
	clitest.Refused(t, run, "there is something already", drawing(dir, "-resume", "-checkpoint", filepath.Join(t.TempDir(), "new"))...)
	require.Equal(t, files, content(t, dir))
}

// A run that is interrupted, or killed, and gone on with has the draws of one that
// never stopped, byte for byte.
func TestDrawsOfResumedRuns(t *testing.T) {
	dir := t.TempDir()
	whole, parts, saved := filepath.Join(dir, "whole"), filepath.Join(dir, "parts"), filepath.Join(dir, "saved")
	last(t, drawing(whole, "-chains", "2")...)
	args := drawing(parts, "-chains", "2", "-checkpoint", saved)
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, run(ctx, args, &writer{at: 10, do: cancel}, new(bytes.Buffer)))
	require.NotEqual(t, content(t, whole), content(t, parts))
	last(t, append(args, "-resume")...)
	require.Equal(t, content(t, whole), content(t, parts))
}

func TestDrawsOfKilledRuns(t *testing.T) {
	dir := t.TempDir()
	whole, parts, saved := filepath.Join(dir, "whole"), filepath.Join(dir, "parts"), filepath.Join(dir, "saved")
	// What is there after 12 of 20 steps, or once there is a checkpoint, is what a kill
	// then leaves.
	stdout := &writer{at: 12}
	stdout.do = func() {
		if checkpoints, err := filepath.Glob(filepath.Join(saved, "*.npz")); err != nil || checkpoints == nil {
			stdout.at++
			return
		}
		require.NoError(t, os.CopyFS(parts+"-killed", os.DirFS(parts)))
		require.NoError(t, os.CopyFS(saved+"-killed", os.DirFS(saved)))
	}
	last(t, drawing(whole, "-steps", "20")...)
	args := drawing(parts, "-checkpoint", saved, "-checkpointevery", "1ns", "-steps", "20")
	require.NoError(t, run(t.Context(), args, stdout, new(bytes.Buffer)))
	require.Equal(t, content(t, whole), content(t, parts))
	require.NotEqual(t, content(t, whole), content(t, parts+"-killed"))

	args = drawing(parts+"-killed", "-checkpoint", saved+"-killed", "-steps", "20", "-resume")
	_, stderr := clitest.Run(t, run, args...)
	require.Contains(t, stderr, "Going on from "+saved+"-killed")
	require.Equal(t, content(t, whole), content(t, parts+"-killed"))

	// Checkpoints of a run without draws are not those of a run with draws.
	plain := filepath.Join(dir, "plain")
	last(t, small("-json", "-s", "100", "-checkpoint", plain)...)
	err := run(t.Context(), small("-s", "100", "-posterior", filepath.Join(dir, "new"), "-checkpoint", plain, "-resume"), new(bytes.Buffer), new(bytes.Buffer))
	require.ErrorContains(t, err, "posterior")
	require.NoDirExists(t, filepath.Join(dir, "new"))
}
