package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/grid"
)

// A place is a grid of one run, which is interrupted after some steps.
type place struct {
	dir     string
	workers int // 0: 1
	until   int // steps; 0: to the end
}

// shared has the data of all tests.
var shared = &problems{stderr: io.Discard}

var errStopped = errors.New("stopped by the test")

// runAt runs a config at a place, and returns its result as JSON.
func runAt(t *testing.T, at place, c config) (string, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	stop := tps.Every(1, func(chain *tps.Chain) error {
		if chain.Steps() == at.until {
			cancel(errStopped)
		}
		return nil
	})
	program := shared.program()
	var failed error
	program.Run = func(ctx context.Context, run *grid.Run, c config) (any, error) {
		r, err := shared.simulate(ctx, run, c, stop)
		failed = err
		return r, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(1, at.workers)))
	g, err := grid.Open(at.dir, program)
	require.NoError(t, err)
	_, err = g.Add([]config{c})
	require.NoError(t, err)
	_, err = g.Work(ctx, grid.WorkConfig{RetryFailed: true})
	if failed != nil || err != nil {
		return "", errors.Join(failed, err)
	}
	infos, err := g.List()
	require.NoError(t, err)
	require.Len(t, infos, 1)
	return string(infos[0].Result), nil
}

// last returns the path of a file beside the checkpoints of the last attempt.
func last(t *testing.T, at place, name string) string {
	infos, err := grid.List(at.dir)
	require.NoError(t, err)
	return filepath.Join(infos[0].Dir, infos[0].Attempt, "checkpoints", name)
}

// tiny are configs of both problems and samplers, of less than a second.
func tiny(t *testing.T) map[string]config {
	configs := make(map[string]config)
	for _, name := range samplerNames {
		c, err := samplerConfig(name)
		require.NoError(t, err)
		c.Data, c.Samples, c.Tau, c.S = "digits", 200, 3, 30
		c.BurnIn, c.Steps, c.Measured, c.Votes, c.Curve, c.Tested = 600, 240, 8, 1, 6, 40
		c.LookAt, c.Batches = []int{0, 500}, []int{10}
		configs["cnn, "+name] = c
		c.Problem, c.Samples, c.Chunk, c.Fraction, c.Sigma, c.S = perceptron, 64, 32, 1, 0.1, 100
		c.Measured, c.Votes, c.Tested, c.Batches = 0, 0, 0, []int{8}
		configs["perceptron, "+name] = c
	}
	return configs
}

// A run that was interrupted at several moments ends as one that was not, trace included,
// and with any number of workers.
func TestResume(t *testing.T) {
	for name, c := range tiny(t) {
		t.Run(name, func(t *testing.T) {
			whole := place{dir: t.TempDir()}
			want, err := runAt(t, whole, c)
			require.NoError(t, err)
			parts := place{dir: t.TempDir(), workers: 3}
			for _, parts.until = range []int{80, 250, 251, 500, 700} {
				_, err := runAt(t, parts, c)
				require.ErrorIs(t, err, errStopped)
			}
			parts.until = 0
			got, err := runAt(t, parts, c)
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Contains(t, read(t, filepath.Join(filepath.Dir(filepath.Dir(last(t, parts, "trace.csv"))), "log")), "goes on from step 700")
			require.Equal(t, read(t, last(t, whole, "trace.csv")), read(t, last(t, parts, "trace.csv")))

			c.Seed++
			other, err := runAt(t, place{dir: t.TempDir()}, c)
			require.NoError(t, err)
			require.NotEqual(t, want, other)
		})
	}
}

func read(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// Where the last checkpoints are damaged the run begins anew.
func TestDamagedCheckpoints(t *testing.T) {
	c := tiny(t)["perceptron, paper"]
	want, err := runAt(t, place{dir: t.TempDir()}, c)
	require.NoError(t, err)
	at := place{dir: t.TempDir(), until: 300}
	_, err = runAt(t, at, c)
	require.ErrorIs(t, err, errStopped)
	saved, err := filepath.Glob(last(t, at, filepath.Join("chain", "checkpoint-*.npz")))
	require.NoError(t, err)
	require.Len(t, saved, 1)
	require.NoError(t, os.Truncate(saved[0], 1000))
	at.until = 0
	got, err := runAt(t, at, c)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// What is wrong with data or config is said before a step is made.
func TestSimulateRefuses(t *testing.T) {
	c := tiny(t)["cnn, paper"]
	for what, change := range map[string]func(c *config){
		"chunk = 300":     func(c *config) { c.Chunk = 300 },
		"tested = 100000": func(c *config) { c.Tested = 100_000 },
	} {
		c := c
		change(&c)
		_, err := runAt(t, place{dir: t.TempDir()}, c)
		require.ErrorContains(t, err, what)
	}
}

// What a run tells is what its chain did.
func TestResult(t *testing.T) {
	c := tiny(t)["cnn, paper"]
	text, err := runAt(t, place{dir: t.TempDir()}, c)
	require.NoError(t, err)
	var r result
	require.NoError(t, json.Unmarshal([]byte(text), &r))
	require.Equal(t, 200, r.Samples)
	require.GreaterOrEqual(t, float64(r.MeanBatch), 60.0, "a chunk")
	require.GreaterOrEqual(t, float64(r.DataUse), 60.0*float64(c.total()))
	require.InDelta(t, 2.3, float64(r.Loss), 1)
	require.Len(t, r.Curve, len(c.curveSteps()))
	require.Equal(t, c.total(), r.Curve[len(r.Curve)-1].Step)
	require.Equal(t, r.DataUse, r.Curve[len(r.Curve)-1].DataUse)
	require.Len(t, r.Looks, 2)
	require.InDelta(t, 0.5, float64(r.Acceptance), 0.5)
	require.Len(t, r.Outline, c.Steps/(c.Every*c.Tau))

	require.True(t, math.IsNaN(float64(r.Exact)), "null")
	back, err := json.Marshal(&r)
	require.NoError(t, err)
	require.JSONEq(t, text, string(back))
}

// The loss on samples drawn anew has the mean of that on all.
func TestMeasuredLossHasNoBias(t *testing.T) {
	c := tiny(t)["perceptron, paper"]
	problem, err := shared.get(t.Context(), c)
	require.NoError(t, err)
	start, err := problem.start(c)
	require.NoError(t, err)
	chain, l, err := problem.newChain(c, start, 1)
	require.NoError(t, err)
	all, err := newMeasurement(c, problem, l)
	require.NoError(t, err)
	c.Measured = 4
	some, err := newMeasurement(c, problem, l)
	require.NoError(t, err)
	want := all.meanLoss(chain)
	const n = 4000
	var sum, squares float64
	for range n {
		loss := some.meanLoss(chain)
		sum += loss
		squares += loss * loss
	}
	mean := sum / n
	deviation := (squares/n - mean*mean) / n
	require.Less(t, (mean-want)*(mean-want), 16*deviation)
	require.Greater(t, mean*mean, 100*deviation, "the test can tell")
}
