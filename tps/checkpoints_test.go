package tps

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newCheckpoints(t testing.TB, config CheckpointsConfig) *Checkpoints {
	t.Helper()
	c, err := NewCheckpoints(config)
	require.NoError(t, err)
	return c
}

func names(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	list := []string{}
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return list
}

var smallConfig = Config{Tau: 3, Sigma: 0.1, S: 10}

func TestCheckpointsKeepTheLastTwo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "with [brackets]", "new")
	losses := newLine(16, 1)
	chain := newChain(t, smallConfig, losses)
	checkpoints := newCheckpoints(t, CheckpointsConfig{Dir: dir, Every: 10})
	left := filepath.Join(dir, ".checkpoint-000000000007.npz.123.part")
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o644))

	path, err := checkpoints.Resume(chain)
	require.NoError(t, err)
	assert.Empty(t, path)
	require.NoError(t, chain.Run(context.Background(), 35, checkpoints.Observer()))
	assert.Equal(t, []string{"checkpoint-000000000020.npz", "checkpoint-000000000030.npz", "notes.txt"}, names(t, dir))
	path, err = checkpoints.Save(chain)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "checkpoint-000000000035.npz"), path)
	assert.Equal(t, []string{"checkpoint-000000000030.npz", "checkpoint-000000000035.npz", "notes.txt"}, names(t, dir))

	resumed := newChain(t, smallConfig, losses)
	path, err = newCheckpoints(t, CheckpointsConfig{Dir: dir}).Resume(resumed)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "checkpoint-000000000035.npz"), path)
	assert.Equal(t, save(t, chain), save(t, resumed))
}

// A run that does not go on from the checkpoints in a folder leaves them alone.
func TestCheckpointsOfAnotherRunStay(t *testing.T) {
	dir := t.TempDir()
	losses := newLine(16, 1)
	chain := newChain(t, smallConfig, losses)
	_, err := newCheckpoints(t, CheckpointsConfig{Dir: dir}).Save(chain)
	require.NoError(t, err)
	checkpoints := newCheckpoints(t, CheckpointsConfig{Dir: dir, Every: 1})
	err = chain.Run(context.Background(), 10, checkpoints.Observer())
	assert.ErrorContains(t, err, "there is a checkpoint of another run")
	assert.Equal(t, 1, chain.Steps())

	other := smallConfig
	other.S = 11
	_, err = checkpoints.Resume(newChain(t, other, losses))
	var mismatch *MismatchError
	assert.ErrorAs(t, err, &mismatch)
	assert.ErrorContains(t, err, dir)
	_, err = checkpoints.Save(chain)
	assert.ErrorContains(t, err, "there is a checkpoint of another run")
	assert.Equal(t, []string{"checkpoint-000000000000.npz"}, names(t, dir))
}

func TestDamagedCheckpointOffersTheOneBefore(t *testing.T) {
	dir := t.TempDir()
	losses := newLine(16, 1)
	chain := newChain(t, smallConfig, losses)
	checkpoints := newCheckpoints(t, CheckpointsConfig{Dir: dir, Every: 10})
	require.NoError(t, chain.Run(context.Background(), 20, checkpoints.Observer()))
	last, steps, err := checkpoints.Last()
	require.NoError(t, err)
	assert.Equal(t, 20, steps)
	require.NoError(t, os.Truncate(last, 1000))

	resumed := newChain(t, smallConfig, losses)
	checkpoints = newCheckpoints(t, CheckpointsConfig{Dir: dir})
	_, err = checkpoints.Resume(resumed)
	var damaged *DamagedError
	require.ErrorAs(t, err, &damaged)
	assert.ErrorIs(t, err, ErrDamaged)
	first := filepath.Join(dir, "checkpoint-000000000010.npz")
	assert.Equal(t, DamagedError{last, first, 10, damaged.Err}, *damaged)
	assert.ErrorContains(t, err, "remove it to go on from the one before, "+first+", at step 10")

	require.NoError(t, os.Remove(last))
	path, err := checkpoints.Resume(resumed)
	require.NoError(t, err)
	assert.Equal(t, first, path)
	require.NoError(t, resumed.Run(context.Background(), 20))
	assert.Equal(t, save(t, chain), save(t, resumed))

	require.NoError(t, os.Truncate(first, 0))
	_, err = checkpoints.Resume(resumed)
	require.ErrorAs(t, err, &damaged)
	assert.Empty(t, damaged.Previous)
	assert.ErrorContains(t, err, "no whole one before it")
}

func TestCheckpointsByTime(t *testing.T) {
	dir := t.TempDir()
	chain := newChain(t, smallConfig, newLine(16, 1))
	checkpoints := newCheckpoints(t, CheckpointsConfig{Dir: dir, Interval: 50 * time.Millisecond})
	written := map[string]bool{}
	deadline := time.Now().Add(10 * time.Second)
	observers := []Observer{checkpoints.Observer(), Every(1000, func(*Chain) error {
		path, _, err := checkpoints.Last()
		written[path] = true
		if len(written) > 3 || time.Now().After(deadline) {
			return ErrStop
		}
		return err
	})}
	start := time.Now()
	require.NoError(t, chain.Run(context.Background(), 1<<62, observers...))
	assert.Len(t, written, 4) // and the empty path
	assert.GreaterOrEqual(t, time.Since(start), 150*time.Millisecond)
}

func TestFailedCheckpoint(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	chain := newChain(t, smallConfig, newLine(16, 1))
	checkpoints := newCheckpoints(t, CheckpointsConfig{Dir: dir, Every: 10})
	require.NoError(t, chain.Run(context.Background(), 5, checkpoints.Observer()))
	require.NoError(t, os.RemoveAll(dir))
	err := chain.Run(context.Background(), 100, checkpoints.Observer())
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.Equal(t, 10, chain.Steps())

	failures, stop := 0, errors.New("stop")
	checkpoints.config.OnError = func(err error) error {
		assert.ErrorIs(t, err, os.ErrNotExist)
		if failures++; failures == 3 {
			return stop
		}
		return nil
	}
	assert.Equal(t, stop, chain.Run(context.Background(), 100, checkpoints.Observer()))
	assert.Equal(t, 40, chain.Steps())
}

func TestCheckpointsConfigErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	part := Part{"a", new(counter)}
	for text, config := range map[string]CheckpointsConfig{
		"Dir is empty":         {},
		"Every = -1, want":     {Dir: "x", Every: -1},
		"Interval = -1s, want": {Dir: "x", Interval: -time.Second},
		`name "a" is empty or`: {Dir: "x", Parts: []Part{part, part}},
		`name "" is empty or`:  {Dir: "x", Parts: []Part{{"", new(counter)}}},
		"its State is nil":     {Dir: "x", Parts: []Part{{"a", nil}}},
		"not a directory":      {Dir: filepath.Join(file, "x")},
	} {
		_, err := NewCheckpoints(config)
		assert.ErrorContains(t, err, text)
	}
}

func TestCheckpointsOfNoChain(t *testing.T) {
	checkpoints, err := NewCheckpoints(CheckpointsConfig{Dir: t.TempDir()})
	require.NoError(t, err)
	_, err = checkpoints.Resume(nil)
	assert.ErrorContains(t, err, "tps: the chain is nil")
	_, err = checkpoints.Save(nil)
	assert.ErrorContains(t, err, "tps: the chain is nil")
}
