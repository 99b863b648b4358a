package posterior

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

// lost fails the directory of an array, as long as it is away.
func lost(t *testing.T, dir string) (back func()) {
	t.Helper()
	at := filepath.Join(dir, "posterior/theta")
	require.NoError(t, os.Rename(at, at+"-away"))
	return func() { require.NoError(t, os.Rename(at+"-away", at)) }
}

// The run stops when draws cannot be written, and goes on without a loss.
func TestWriteFails(t *testing.T) {
	dir := quickDir(t)
	want := start(t, filepath.Join(dir, "want.zarr"), newChains(t, 1), Config{Every: 1, Block: 4})
	run(t, want, 0, 20)
	require.NoError(t, want.Close())

	s := start(t, filepath.Join(dir, "run.zarr"), newChains(t, 1), Config{Every: 1, Block: 4})
	run(t, s, 0, 7)
	back := lost(t, s.dir)
	chain := s.recorders[0].chain
	require.ErrorIs(t, chain.Run(context.Background(), 20, s.Observer(0)), fs.ErrNotExist)
	require.Equal(t, 8, chain.Steps())
	require.ErrorIs(t, s.Close(), fs.ErrNotExist)
	_, err := s.Part(0).State.MarshalBinary()
	require.ErrorIs(t, err, fs.ErrNotExist)
	back()
	_, shape := read(t, s.dir, "posterior/theta")
	require.Equal(t, 4, shape[1])
	run(t, s, 0, 20)
	require.NoError(t, s.Close())
	requireSameTree(t, want.dir, s.dir)
}

// With OnError the run goes on, and says at its end what it has lost.
func TestDropped(t *testing.T) {
	told, stop := 0, errors.New("stop")
	config := Config{Every: 1, Block: 4, FlushInterval: time.Hour, OnError: func(error) error { told++; return nil }}
	s := start(t, filepath.Join(quickDir(t), "run.zarr"), newChains(t, 1), config)
	back := lost(t, s.dir)
	run(t, s, 0, 10)
	require.Equal(t, 1, told)
	require.Equal(t, 6, s.Dropped(0))
	s.config.FlushInterval = 0
	back()
	run(t, s, 0, 14)
	require.Equal(t, 6, s.Dropped(0))
	require.ErrorContains(t, s.Close(), "6 draws of chain 0 were dropped")
	steps, _ := read(t, s.dir, "sample_stats/step")
	require.Equal(t, []float64{1, 2, 3, 4, 11, 12, 13, 14}, steps)

	config.OnError = func(error) error { return stop }
	s = start(t, filepath.Join(quickDir(t), "run.zarr"), newChains(t, 1), config)
	lost(t, s.dir)
	require.ErrorIs(t, s.recorders[0].chain.Run(context.Background(), 10, s.Observer(0)), stop)
	require.Equal(t, 4, s.recorders[0].chain.Steps())
}

// A run that goes on from a checkpoint still knows what it has lost.
func TestDroppedBeforeACheckpoint(t *testing.T) {
	config := Config{Every: 1, Block: 4, FlushInterval: time.Hour, OnError: func(error) error { return nil }}
	s := start(t, filepath.Join(quickDir(t), "run.zarr"), newChains(t, 1), config)
	back := lost(t, s.dir)
	run(t, s, 0, 10)
	s.config.FlushInterval = 0
	back()
	run(t, s, 0, 12)
	saved := save(t, s)
	require.ErrorContains(t, s.Close(), "6 draws of chain 0 were dropped")

	again := saved.reopen(t, s.dir, config)
	require.NoError(t, again.Start())
	require.Equal(t, 6, again.Dropped(0))
	require.Equal(t, 6, again.Draws(0))
	run(t, again, 0, 14)
	require.ErrorContains(t, again.Close(), "6 draws of chain 0 were dropped")

	fresh := start(t, filepath.Join(quickDir(t), "run.zarr"), newChains(t, 1), config)
	require.Zero(t, fresh.Dropped(0))
}

// broken has a loss that is not a number from a call on.
type broken struct {
	spring
	calls *int
}

func (b broken) Losses(dst [][]float64, models [][]float32, samples []int) {
	b.spring.Losses(dst, models, samples)
	if *b.calls++; *b.calls > 2 {
		dst[1][3] = math.NaN()
	}
}

// A draw whose held-out losses are not numbers ends the run and is left out.
func TestHeldOutFails(t *testing.T) {
	s := start(t, filepath.Join(quickDir(t), "run.zarr"), newChains(t, 1), Config{Every: 2, HeldOut: broken{spring{5}, new(int)}})
	err := s.recorders[0].chain.Run(context.Background(), 20, s.Observer(0))
	var loss *tps.LossError
	require.ErrorAs(t, err, &loss)
	require.Equal(t, 1, loss.Model)
	require.Equal(t, 3, loss.Sample)
	require.ErrorContains(t, err, "posterior: the draw at step 6 of chain 0: held-out samples")
	require.NoError(t, s.Close())
	theta, shape := read(t, s.dir, "posterior/theta")
	require.Equal(t, 2, shape[1])
	for _, x := range theta {
		require.Equal(t, x, x, "not NaN")
	}
}
