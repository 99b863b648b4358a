package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// small are overrides of a figure of the network, for a run of a second.
func small(args ...string) []string {
	return append(args, "-dataset", "digits", "-train", "300", "burn_in=600", "steps=40", "measured=16", "tested=50", "seed=1..2")
}

// All figures are drawn, with both samplers, and a second call makes no further runs.
func TestFigures(t *testing.T) {
	dir := t.TempDir()
	args := small("-figure", "2b,2c,2d,3a,3b", "-sampler", "paper,best", "-out", dir, "tau=1,3", "s=30")
	stdout, _ := clitest.Run(t, run, args...)
	require.Contains(t, stdout, "Sampler paper: ")
	require.Contains(t, stdout, "Sampler best: ")
	for name, want := range map[string]int{"2b": 4, "2c": 4, "2d": 4, "3a": 0, "3b": 0} {
		path := filepath.Join(dir, "figure-"+name)
		clitest.PNG(t, path+".png")
		clitest.SVG(t, path+".svg")
		rows := clitest.CSV(t, path+".csv")
		if want > 0 {
			require.Len(t, rows, 1+want)
			require.Equal(t, cellHead, rows[0])
		} else {
			require.Greater(t, len(rows), 4*5, "points of four curves")
		}
	}
	entries, err := os.ReadDir(filepath.Join(dir, "runs", "runs"))
	require.NoError(t, err)
	require.Len(t, entries, 8, "figures of both numbers share their runs")

	before := attempts(t, dir)
	again, _ := clitest.Run(t, run, args...)
	require.Equal(t, stdout, again)
	require.Equal(t, before, attempts(t, dir))

	require.NoError(t, os.Remove(filepath.Join(dir, "figure-2b.png")))
	_, stderr := clitest.Run(t, run, append(args, "-draw")...)
	require.NotContains(t, stderr, "runs are there")
	clitest.PNG(t, filepath.Join(dir, "figure-2b.png"))
}

// attempts returns the directories of all attempts.
func attempts(t *testing.T, dir string) []string {
	found, err := filepath.Glob(filepath.Join(dir, "runs", "runs", "*", "attempt-*"))
	require.NoError(t, err)
	return found
}

func TestNormalityFigure(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-figure", "4", "-dataset", "digits", "-out", dir, "samples=400", "burn_in=10", "steps=30", "measured=16", "look_at=[0,40]", "batches=[5,20]", "chunk=20"}
	clitest.Run(t, run, args...)
	clitest.PNG(t, filepath.Join(dir, "figure-4.png"))
	rows := clitest.CSV(t, filepath.Join(dir, "figure-4.csv"))
	require.Len(t, rows, 5)
	require.Equal(t, []string{"0", "40"}, []string{rows[1][3], rows[4][3]})
	for _, row := range rows[1:] {
		deviation, err := strconv.ParseFloat(row[8], 64)
		require.NoError(t, err)
		require.InDelta(t, 1, deviation, 0.5)
	}
}

// Short runs of the perceptron are on the exact lines, by both samplers, and would not be
// on those of an s that is 5 % off.
func TestPerceptron(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes under the race detector")
	}
	dir := t.TempDir()
	args := []string{"-figure", "1c", "-sampler", "paper,best", "-out", dir, "tau=1,4", "s=100,1000", "seed=1..2", "burn_in=10000", "steps=100000"}
	stdout, _ := clitest.Run(t, run, args...)
	require.Contains(t, stdout, "8 of 8 points are within 4 standard errors of the exact lines")
	clitest.PNG(t, filepath.Join(dir, "figure-1c.png"))
	rows := clitest.CSV(t, filepath.Join(dir, "figure-1c.csv"))
	require.Len(t, rows, 9)
	right, wrong, weights := 0.0, 0.0, 0.0
	for _, row := range rows[1:] {
		var loss, within, exact float64
		for k, to := range map[int]*float64{4: &loss, 5: &within, 8: &exact} {
			var err error
			*to, err = strconv.ParseFloat(row[k], 64)
			require.NoError(t, err)
		}
		weight := math.Pow(exact/within, 2)
		right += weight * (loss/exact - 1)
		// At large s the loss is in proportion to 1/s for one model, and to 1/√s at least
		// for several.
		wrong += weight * (loss*math.Sqrt(1.05)/exact - 1)
		weights += weight
	}
	t.Logf("pooled: %.2f standard errors, of %.4f", right/math.Sqrt(weights), 1/math.Sqrt(weights))
	require.LessOrEqual(t, math.Abs(right)/math.Sqrt(weights), 4.0)
	require.Greater(t, math.Abs(wrong)/math.Sqrt(weights), 4.0)
}

// -cost runs nothing, and larger scales say what they cost first.
func TestCost(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-figure", "1c", "-scale", "full", "-out", dir, "tau=1", "s=100", "seed=1..3"}
	stdout, _ := clitest.Run(t, run, append(args, "-cost")...)
	require.Contains(t, stdout, "3 runs, 1.2e+08 steps, ")
	require.NotContains(t, stdout, "trained", "the perceptron's batches do not grow")
	require.Empty(t, attempts(t, dir))
	stdout, _ = clitest.Run(t, run, append(args, "steps=2000", "burn_in=1000")...)
	require.Contains(t, stdout, "3 runs, 9e+03 steps, ")
	require.Len(t, attempts(t, dir), 3)
}

// -add makes runs for the workers of the command run, and -draw draws what they did.
func TestAdd(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-out", dir, "tau=1", "s=100", "seed=1..2", "steps=2000", "burn_in=1000"}
	_, stderr := clitest.Run(t, run, append(args, "-add")...)
	require.Contains(t, stderr, "2 runs in "+filepath.Join(dir, "runs")+", 2 of them new")
	require.Empty(t, attempts(t, dir))
	clitest.Run(t, run, "run", "-dir", filepath.Join(dir, "runs"))
	require.Len(t, attempts(t, dir), 2)
	clitest.Run(t, run, append(args, "-draw")...)
	clitest.PNG(t, filepath.Join(dir, "figure-1c.png"))
}

// An interrupt ends the program; what was done is drawn on request, and the rest follows.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-out", dir, "tau=1", "s=100", "seed=1", "steps=2000", "burn_in=1000"}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	require.ErrorIs(t, run(ctx, args, &stdout, &stderr), context.Canceled)
	require.Contains(t, stderr.String(), "Interrupted")
	_, err := os.Stat(filepath.Join(dir, "figure-1c.png"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, missing := clitest.Run(t, run, append(args, "-draw")...)
	require.Contains(t, missing, "0 of 1 runs are there")
	clitest.Run(t, run, args...)
	clitest.PNG(t, filepath.Join(dir, "figure-1c.png"))
}

func TestHelp(t *testing.T) {
	clitest.Help(t, run, append([]string{"-figure", "-scale", "-sampler", "-out", "-jobs", "-cost", "-add", "-draw", "-data ", "key=value"}, figureNames...)...)
}

func TestRefused(t *testing.T) {
	for _, c := range [][]string{
		{"-figure", "-figure", "5"}, {"-scale", "-scale", "huge"}, {"-sampler", "-sampler", "worst"}, {"-sampler", "-sampler", "best,best"},
		{"-jobs", "-jobs", "0"}, {"-cost", "-cost", "-draw"}, {"want key=value", "-jobs", "1", "tau"},
		{"no key \"size\"", "size=3"}, {"tau", "tau=0"}, {"tau", "tau=x"}, {"seed is there twice", "seed=1", "seed=2"},
		{"sigma_c", "sigma_c=3"}, {"fraction", "fraction=0"}, {"steps", "steps=0"}, {"votes", "votes=1"}, {"burn_in", "-sampler", "best", "burn_in=10"},
	} {
		clitest.Refused(t, run, c[0], append(c[1:], "-out", t.TempDir())...)
	}
	clitest.Refused(t, run, "-out", "-out", "")
}
