package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

// A place is a site of tests, and interrupts the run at a share of it.
type place struct {
	dir     string
	workers int
	log     bytes.Buffer
	until   float64 // 0: to the end
	stop    context.CancelCauseFunc
}

func (p *place) Checkpoints() string { return p.dir }
func (p *place) Workers() int        { return max(1, p.workers) }
func (p *place) Log() io.Writer      { return &p.log }
func (p *place) Progress(done float64, _ string) {
	if p.until > 0 && done >= p.until {
		p.stop(errStopped)
	}
}

// shared has the data of all tests.
var shared = &problems{stderr: io.Discard}

var errStopped = errors.New("stopped by the test")

// runAt runs a config at a place.
func runAt(t *testing.T, at *place, c config) (*result, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	at.stop = cancel
	return shared.simulate(ctx, at, c)
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
			whole := &place{dir: t.TempDir()}
			want, err := runAt(t, whole, c)
			require.NoError(t, err)
			parts := &place{dir: t.TempDir(), workers: 3}
			for _, until := range []float64{0.1, 0.3, 0.31, 0.6, 0.9} {
				parts.until = until
				_, err := runAt(t, parts, c)
				require.ErrorIs(t, err, errStopped)
			}
			parts.until = 0
			got, err := runAt(t, parts, c)
			require.NoError(t, err)
			require.Equal(t, text(t, want), text(t, got))
			require.Contains(t, parts.log.String(), "going on from ")
			require.Equal(t, read(t, whole.dir, "trace.csv"), read(t, parts.dir, "trace.csv"))

			last, err := runAt(t, parts, c) // there is nothing left to do
			require.NoError(t, err)
			require.Equal(t, text(t, want), text(t, last))
			c.Seed++
			other, err := runAt(t, &place{dir: t.TempDir()}, c)
			require.NoError(t, err)
			require.NotEqual(t, text(t, want), text(t, other))
		})
	}
}

func text(t *testing.T, r *result) string {
	text, err := json.Marshal(r)
	require.NoError(t, err)
	return string(text)
}

func read(t *testing.T, dir, name string) string {
	text, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return string(text)
}

// A damaged checkpoint is left for the one before it; where there is none the run begins
// anew.
func TestDamagedCheckpoints(t *testing.T) {
	c := tiny(t)["perceptron, paper"]
	want, err := runAt(t, &place{dir: t.TempDir()}, c)
	require.NoError(t, err)
	at := &place{dir: t.TempDir(), until: 0.3}
	_, err = runAt(t, at, c)
	require.ErrorIs(t, err, errStopped)
	at.until = 0.5
	_, err = runAt(t, at, c)
	require.ErrorIs(t, err, errStopped)
	for _, damaged := range []int{1, 2} {
		saved, err := filepath.Glob(filepath.Join(at.dir, "checkpoint-*.npz"))
		require.NoError(t, err)
		require.Len(t, saved, 2)
		for _, path := range saved[2-damaged:] {
			require.NoError(t, os.Truncate(path, 1000))
		}
		at.until = 0
		got, err := runAt(t, at, c)
		require.NoError(t, err)
		require.Equal(t, text(t, want), text(t, got))
		require.Contains(t, at.log.String(), "it is removed")
		if damaged == 1 { // the run's end is a checkpoint, too
			_, steps, err := tps.LastCheckpoint(at.dir)
			require.NoError(t, err)
			require.Equal(t, c.total(), steps)
		}
	}
}

// What is wrong with data or config is said before a step is made.
func TestSimulateRefuses(t *testing.T) {
	c := tiny(t)["cnn, paper"]
	for what, change := range map[string]func(c *config){
		"tau = 0":         func(c *config) { c.Tau = 0 },
		"chunk = 300":     func(c *config) { c.Chunk = 300 },
		"tested = 100000": func(c *config) { c.Tested = 100_000 },
	} {
		c := c
		change(&c)
		_, err := runAt(t, &place{dir: t.TempDir()}, c)
		require.ErrorContains(t, err, what)
	}
}

// What a run tells is what its chain did.
func TestResult(t *testing.T) {
	c := tiny(t)["cnn, paper"]
	r, err := runAt(t, &place{dir: t.TempDir()}, c)
	require.NoError(t, err)
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

	var back result
	require.NoError(t, json.Unmarshal([]byte(text(t, r)), &back))
	require.NotEqual(t, back.Exact, back.Exact, "null is NaN")
	require.Equal(t, text(t, r), text(t, &back))
}

// The loss on samples drawn anew has the mean of that on all.
func TestMeasuredLossHasNoBias(t *testing.T) {
	c := tiny(t)["perceptron, paper"]
	problem, err := shared.get(t.Context(), c)
	require.NoError(t, err)
	chain, l, err := problem.newChain(c, 1)
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
