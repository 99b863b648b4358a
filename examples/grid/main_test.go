package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

// Every run finds the true parameters, and one that was interrupted the same numbers as
// one that was not.
func TestFit(t *testing.T) {
	program := grid.Program[config]{Name: "grid", Check: check, Run: fit}
	configs, err := grid.Configs(nil, []string{"tau=1,4"}, config{Sigma: 0.02, Points: 200, Steps: 100_000, Seed: 1})
	require.NoError(t, err)
	var found [2][]grid.Info
	for k := range found {
		g, err := grid.Open(t.TempDir(), program)
		require.NoError(t, err)
		_, err = g.Add(configs)
		require.NoError(t, err)
		if k == 1 {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			started := 0
			_, err := g.Work(ctx, grid.WorkConfig{Jobs: 2, Observer: func(e grid.Event) {
				if e.Kind == grid.Started {
					started++
				}
				if started == 2 {
					cancel()
				}
			}})
			require.ErrorIs(t, err, context.Canceled)
		}
		s, err := g.Work(context.Background(), grid.WorkConfig{Jobs: 2})
		require.NoError(t, err)
		require.Equal(t, 2, s.Done)
		found[k], err = g.List()
		require.NoError(t, err)
	}
	for k, info := range found[0] {
		require.Equal(t, string(info.Result), string(found[1][k].Result))
		require.Equal(t, 2, found[1][k].Attempts)
		var r result
		require.NoError(t, json.Unmarshal(info.Result, &r))
		for i, e := range []estimate{r.Height, r.Rate} {
			require.InDelta(t, truth[i], e.Mean, 4*e.Spread, "%s", info.Config)
			require.Positive(t, e.Spread)
			require.Less(t, e.StandardError, e.Spread)
		}
	}
}

func TestCheck(t *testing.T) {
	require.ErrorContains(t, check(config{Tau: 1}), "want positive numbers")
	require.NoError(t, check(config{Tau: 1, Sigma: 1, Points: 1, Steps: 1}))
}

func TestLosses(t *testing.T) {
	d := newDecay(3, rand.NewPCG(1, 0))
	dst := [][]float64{make([]float64, 1)}
	d.Losses(dst, [][]float32{{0, 0}}, []int{2})
	require.Equal(t, d.y[2]*d.y[2]/2, dst[0][0])
}
