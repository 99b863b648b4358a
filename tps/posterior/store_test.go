package posterior

import (
	"context"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

// Without a word all parameters are recorded, and nothing that costs losses.
func TestDefaults(t *testing.T) {
	dir := filepath.Join(quickDir(t), "run.zarr")
	s := start(t, dir, newChains(t, 1), Config{Every: 10})
	require.Equal(t, maxBlock, s.layout.block)
	run(t, s, 0, 100)
	require.NoError(t, s.Flush())
	_, shape := read(t, dir, "posterior/theta")
	require.Equal(t, []int{1, 10, tau, params}, shape)
	require.NoDirExists(t, filepath.Join(dir, likelihoodGroup))
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
}

// Draws go to the files when a block is full, or after a time.
func TestFlush(t *testing.T) {
	dir := filepath.Join(quickDir(t), "run.zarr")
	s := start(t, dir, newChains(t, 1), Config{Every: 1, Block: 4, FlushInterval: time.Hour})
	for n := 1; n <= 9; n++ {
		run(t, s, 0, n)
		_, shape := read(t, dir, "posterior/theta")
		require.Equal(t, n/4*4, shape[1])
	}
	s.config.FlushInterval = time.Nanosecond
	run(t, s, 0, 10)
	_, shape := read(t, dir, "posterior/theta")
	require.Equal(t, 10, shape[1])
	require.NoError(t, s.Close())
}

// A step that the observer does not see starts the means anew.
func TestGap(t *testing.T) {
	chains := newChains(t, 1)
	dir := filepath.Join(quickDir(t), "run.zarr")
	s := start(t, dir, chains, Config{Every: 10})
	run(t, s, 0, 12)
	require.Equal(t, 2, s.recorders[0].tally.steps)
	for range 5 {
		_, err := chains[0].Step()
		require.NoError(t, err)
	}
	run(t, s, 0, 18)
	require.Equal(t, 1, s.recorders[0].tally.steps)
	step, err := chains[0].Step()
	require.NoError(t, err)
	require.NoError(t, s.recorders[0].observe(chains[0], step))
	require.ErrorContains(t, s.recorders[0].observe(chains[0], step), "step 19 after step 19")
	require.ErrorContains(t, s.recorders[0].observe(newChains(t, 1)[0], step), "another chain")
}

func TestNoAllocations(t *testing.T) {
	config := everything()
	config.Every, config.Block, config.ExactLosses = 3, 10_000, true
	chains := newChains(t, 1)
	s := start(t, filepath.Join(quickDir(t), "run.zarr"), chains, config)
	run(t, s, 0, 30)
	require.Zero(t, testing.AllocsPerRun(2000, func() {
		step, err := chains[0].Step()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.recorders[0].observe(chains[0], step); err != nil {
			t.Fatal(err)
		}
	}))
	require.Greater(t, s.Draws(0), 600)
}

func TestNewRefuses(t *testing.T) {
	chains := newChains(t, 2)
	other, err := tps.NewChain(tps.Config{Tau: 2, Sigma: 1}, spring{10})
	require.NoError(t, err)
	refused := func(message string, dir string, chains []*tps.Chain, config Config) {
		t.Helper()
		_, err := New(dir, chains, config)
		require.ErrorContains(t, err, "posterior: ")
		require.ErrorContains(t, err, message)
	}
	refused("dir is empty", "", chains, Config{Every: 1})
	refused("no chains", "x", nil, Config{Every: 1})
	refused("chain 1 is nil", "x", []*tps.Chain{other, nil}, Config{Every: 1})
	refused("chain 1 has 2 models", "x", []*tps.Chain{chains[0], other}, Config{Every: 1})
	for message, config := range map[string]Config{
		"Every = 0":                       {},
		"BurnIn = -1":                     {Every: 1, BurnIn: -1},
		"Block = -1":                      {Every: 1, Block: -1},
		"FlushInterval = -1ns":            {Every: 1, FlushInterval: -1},
		"Coordinates is empty":            {Every: 1, Coordinates: []int{}},
		"Coordinates[1] = 3":              {Every: 1, Coordinates: []int{0, 3}},
		"Coordinates[0] = -1":             {Every: 1, Coordinates: []int{-1}},
		"Coordinates[2] = 0":              {Every: 1, Coordinates: []int{0, 1, 0}},
		"Directions is empty":             {Every: 1, Directions: [][]float64{}},
		"Directions[1] has 2 numbers":     {Every: 1, Directions: [][]float64{{1, 2, 3}, {1, 2}}},
		"Directions[0][2] = NaN":          {Every: 1, Directions: [][]float64{{1, 2, math.NaN()}}},
		"without HeldOut":                 {Every: 1, ByModel: true},
		"HeldOut is a nil":                {Every: 1, HeldOut: (*spring)(nil)},
		"HeldOut is of 0 samples":         {Every: 1, HeldOut: spring{0}},
		"Observed has 1 numbers":          {Every: 1, HeldOut: spring{2}, Observed: []float64{1}},
		"with a Block of 100000000000000": {Every: 1, Block: 100_000_000_000_000},
	} {
		refused(message, "x", chains, config)
	}
	_, err = os.Stat("x")
	require.ErrorIs(t, err, fs.ErrNotExist)

	dir := t.TempDir()
	s, err := New(dir, chains, Config{Every: 1})
	require.NoError(t, err)
	require.ErrorContains(t, chains[0].Run(context.Background(), 1, s.Observer(0)), "want a call of Start before")
	require.ErrorIs(t, s.Start(), fs.ErrExist)
	require.NoError(t, s.Close())
}
