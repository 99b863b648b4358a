package posterior

import (
	"math"
	"path/filepath"
	"testing"

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
