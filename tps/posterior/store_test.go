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

// wanted is a draw, computed on the side.
type wanted struct {
	theta, projection, held, byModel []float64
	stats                            map[string]float64
}

// want returns draws of a chain by the definitions.
func want(t *testing.T, chain *tps.Chain, steps int, config Config) (draws []wanted) {
	t.Helper()
	accepted, samples, count := 0., 0., 0.
	for range steps {
		step, err := chain.Step()
		require.NoError(t, err)
		if step.Accepted {
			accepted++
		}
		samples += float64(step.Samples)
		count++
		if chain.Steps()%config.Every != 0 {
			continue
		}
		if chain.Steps() > config.BurnIn {
			w := wanted{stats: map[string]float64{
				"tilt": step.S, "acceptance_rate": accepted / count, "batch_size": samples / count, "doubtful_rate": 0,
				"step": float64(chain.Steps()), "loss": chain.LossEstimate(),
			}}
			lp, sum := 0.0, 0.0
			losses := chain.LossEstimates()
			if config.ExactLosses {
				require.NoError(t, chain.MeanLosses(losses))
				w.stats["loss"] = (losses[0] + losses[1] + losses[2]) / tau
			}
			for at := range tau {
				model := chain.Trajectory().Model(at)
				for _, i := range config.Coordinates {
					w.theta = append(w.theta, float64(model[i]))
				}
				for _, v := range config.Directions {
					w.projection = append(w.projection, v[0]*float64(model[0])+v[1]*float64(model[1])+v[2]*float64(model[2]))
				}
				for i, x := range model {
					if at == 0 {
						lp -= math.Pow(float64(x)-float64(1-i), 2) / (2 * priorSigma * priorSigma)
					} else {
						lp -= math.Pow(float64(x)-float64(chain.Trajectory().Model(at - 1)[i]), 2) / (2 * sigma * sigma)
					}
				}
				sum += losses[at]
				for i := range heldOuts {
					w.byModel = append(w.byModel, -spring{heldOuts}.loss(model, i))
				}
			}
			w.stats["lp"] = lp - step.S*sum
			for i := range heldOuts {
				mean := 0.0
				for at := range tau {
					mean += math.Exp(w.byModel[at*heldOuts+i]) / tau
				}
				w.held = append(w.held, math.Log(mean))
			}
			draws = append(draws, w)
		}
		accepted, samples, count = 0, 0, 0
	}
	return draws
}

// requireDraws compares an array with draws of two chains, the second of which has
// fewer. Roundings of float64 of terms of size 100 are below 1e-12.
func requireDraws(t *testing.T, dir, path string, draws [2][]wanted, of func(wanted) []float64) {
	t.Helper()
	values, shape := read(t, dir, path)
	size := len(of(draws[0][0]))
	require.Equal(t, []int{2, len(draws[0])}, shape[:2])
	require.Len(t, values, 2*len(draws[0])*size)
	for k := range draws {
		for n := range draws[0] {
			for i := range size {
				got := values[(k*len(draws[0])+n)*size+i]
				if n >= len(draws[k]) {
					require.True(t, math.IsNaN(got), "%s: draw %d of chain %d is %v", path, n, k, got)
				} else if want := of(draws[k][n])[i]; !math.IsNaN(want) || !math.IsNaN(got) {
					require.InDelta(t, want, got, 1e-12, "%s: element %d of draw %d of chain %d", path, i, n, k)
				}
			}
		}
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct{ exact, byModel bool }{{false, false}, {true, true}} {
		config := everything()
		config.BurnIn, config.Block, config.ExactLosses, config.ByModel = 17, 4, c.exact, c.byModel
		side := newChains(t, 2)
		draws := [2][]wanted{want(t, side[0], 63, config), want(t, side[1], 41, config)}
		require.Len(t, draws[0], 9)
		require.Len(t, draws[1], 5)

		dir := filepath.Join(quickDir(t), "run.zarr")
		s := start(t, dir, newChains(t, 2), config)
		run(t, s, 1, 41)
		run(t, s, 0, 63)
		require.NoError(t, s.Close())
		require.Equal(t, 9, s.Draws(0))
		require.Equal(t, 5, s.Draws(1))
		requireDraws(t, dir, "posterior/theta", draws, func(w wanted) []float64 { return w.theta })
		requireDraws(t, dir, "posterior/projection", draws, func(w wanted) []float64 { return w.projection })
		for name := range draws[0][0].stats {
			requireDraws(t, dir, "sample_stats/"+name, draws, func(w wanted) []float64 { return []float64{w.stats[name]} })
		}
		requireDraws(t, dir, "log_likelihood/held_out", draws, func(w wanted) []float64 {
			if c.byModel {
				return w.byModel
			}
			return w.held
		})
		coordinates, _ := read(t, dir, "posterior/parameter")
		require.Equal(t, []float64{2, 0}, coordinates)
		numbers, _ := read(t, dir, "sample_stats/draw")
		require.Equal(t, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8}, numbers)
		directions, shape := read(t, dir, "constant_data/directions")
		require.Equal(t, []float64{1, 0, 0, 0.5, -1, 2}, directions)
		require.Equal(t, []int{2, params}, shape)
		observed, _ := read(t, dir, "observed_data/held_out")
		require.Equal(t, config.Observed, observed)
	}
}

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

// At s = 0 the losses do not count, which are NaN then.
func TestLogDensityWithoutTilt(t *testing.T) {
	chain, err := tps.NewChain(tps.Config{Tau: tau, Sigma: sigma}, spring{10})
	require.NoError(t, err)
	dir := filepath.Join(quickDir(t), "run.zarr")
	s := start(t, dir, []*tps.Chain{chain}, Config{Every: 1})
	run(t, s, 0, 1)
	require.NoError(t, s.Close())
	lp, _ := read(t, dir, "sample_stats/lp")
	loss, _ := read(t, dir, "sample_stats/loss")
	require.Less(t, lp[0], 0.0)
	require.True(t, math.IsNaN(loss[0]))
}

// EveryModel counts the prior of each model.
func TestLogPath(t *testing.T) {
	trajectory, err := tps.NewTrajectory(2, 1)
	require.NoError(t, err)
	copy(trajectory.Values(), []float32{3, 5})
	prior := &tps.Gaussian{Mean: []float32{1}, Sigma: 2}
	// −(5−3)²/(2·0.5²) = −8; −(3−1)²/(2·2²) = −0.5; −(5−1)²/(2·2²) = −2.
	require.Equal(t, -8.0, logPath(tps.Path{Sigma: 0.5}, trajectory))
	require.Equal(t, -8.5, logPath(tps.Path{Sigma: 0.5, Prior: prior}, trajectory))
	require.Equal(t, -10.5, logPath(tps.Path{Sigma: 0.5, Prior: prior, EveryModel: true}, trajectory))
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
