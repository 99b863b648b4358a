package grid_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

// A checkpoint that is damaged is left out, so that the run goes on from the one before.
func TestDamagedCheckpoint(t *testing.T) {
	program := perceptron()
	program.Default.Steps = 300_000
	undisturbed, dir := t.TempDir(), t.TempDir()
	_, err := open(t, undisturbed, program, 1).Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)

	g := open(t, dir, program, 1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := g.Work(ctx, grid.WorkConfig{Observer: func(grid.Event) {
		saved, err := filepath.Glob(filepath.Join(dir, "runs", "*", "attempt-*", "checkpoints", "chain", "checkpoint-*.npz"))
		require.NoError(t, err)
		if len(saved) >= 2 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, s.Interrupted)
	info := list(t, dir)[0]
	folder := filepath.Join(info.Dir, info.Attempt, "checkpoints", "chain")
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 2, "the last two checkpoints")
	last := filepath.Join(folder, entries[1].Name())
	require.NoError(t, os.Truncate(last, 100))

	s, err = g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 1}, s)
	require.Equal(t, results(t, undisturbed), results(t, dir))
	info = list(t, dir)[0]
	log, err := os.ReadFile(filepath.Join(info.Dir, info.Attempt, "log"))
	require.NoError(t, err)
	require.Contains(t, string(log), "is damaged and left out")
	require.Contains(t, string(log), "goes on from step")
	require.FileExists(t, last, "what was there stays")
}

// A grid of runs that are interrupted at every turn does not fill the disk with
// checkpoints.
func TestOldCheckpointsAreRemoved(t *testing.T) {
	dir := t.TempDir()
	for range 6 {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := open(t, dir, fake(func(ctx context.Context, run *grid.Run, _ config) (any, error) {
			if err := os.WriteFile(filepath.Join(run.Checkpoints(), "state"), make([]byte, 1000), 0o666); err != nil {
				return nil, err
			}
			cancel()
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}), 1).Work(ctx, grid.WorkConfig{Lease: time.Minute})
		require.ErrorIs(t, err, context.Canceled)
	}
	kept, err := filepath.Glob(filepath.Join(dir, "runs", "*", "attempt-*", "checkpoints"))
	require.NoError(t, err)
	require.Len(t, kept, 2)
	require.Equal(t, 6, list(t, dir)[0].Attempts)
}
