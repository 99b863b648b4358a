package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

// All descriptions are right, for all samplers.
func TestDescriptions(t *testing.T) {
	for _, scale := range scaleNames {
		for _, figure := range figureNames {
			configs, err := configsOf(figure, scale, samplerNames, nil)
			require.NoError(t, err)
			require.NotEmpty(t, configs)
			seeds := make(map[uint64]bool)
			for _, c := range configs {
				require.NoError(t, c.check(), "figure %s, scale %s", figure, scale)
				seeds[c.Seed] = true
				if scale == "full" {
					require.Equal(t, []int{20_000_000, 20_000_000}, []int{c.BurnIn, c.Steps})
				}
				text, err := json.Marshal(c)
				require.NoError(t, err)
				var back config
				require.NoError(t, json.Unmarshal(text, &back))
				require.Equal(t, c, back)
			}
			if scale == "full" && figure != "4" {
				require.Len(t, seeds, 6)
			}
		}
	}
}

// The runs of figure 3 are among those of figure 2: they are made once.
func TestFiguresShareRuns(t *testing.T) {
	for _, scale := range scaleNames {
		all, err := configsOf("2b", scale, samplerNames, nil)
		require.NoError(t, err)
		some, err := configsOf("3a", scale, samplerNames, nil)
		require.NoError(t, err)
		require.Less(t, len(some), len(all))
		ids, err := idsOf(all)
		require.NoError(t, err)
		known := make(map[string]bool)
		for _, id := range ids {
			known[id] = true
		}
		for _, c := range some {
			id, err := grid.ID(c)
			require.NoError(t, err)
			require.True(t, known[id], "scale %s: %+v", scale, c)
		}
	}
}

// What a description leaves out is as in the paper.
func TestUsualIsThePapers(t *testing.T) {
	paper, err := samplerConfig("paper")
	require.NoError(t, err)
	require.Equal(t, usual, paper)
	require.Equal(t, []any{0.25, 60, 1.0, 0.05, "stopping", true}, []any{paper.Fraction, paper.Chunk, paper.SigmaC, paper.Sigma, paper.Rule, paper.Infinite})
	_, err = samplerConfig("worst")
	require.ErrorContains(t, err, `"worst"`)
}

func TestCheck(t *testing.T) {
	for key, change := range map[string]func(c *config){
		"problem": func(c *config) { c.Problem = "none" }, "data": func(c *config) { c.Data = "letters" },
		"move": func(c *config) { c.Move = "jump" }, "rule": func(c *config) { c.Rule = "none" },
		"samples": func(c *config) { c.Samples = -1 }, "tau": func(c *config) { c.Tau = 0 }, "chunk": func(c *config) { c.Chunk = 1 },
		"s =": func(c *config) { c.S = 0 }, "sigma =": func(c *config) { c.Sigma = -1 }, "prior =": func(c *config) { c.Prior = -1 }, "sampler": func(c *config) { c.Sampler = "" },
		"every": func(c *config) { c.Every = 0 }, "measured": func(c *config) { c.Measured = -1 }, "curve": func(c *config) { c.Curve = -1 },
		"look_at": func(c *config) { c.LookAt, c.Batches = []int{5, 5}, []int{20} }, "batches": func(c *config) { c.LookAt = []int{5} },
	} {
		c := usual
		require.NoError(t, c.check())
		change(&c)
		require.ErrorContains(t, c.check(), key)
	}
}

func TestSteps(t *testing.T) {
	c := config{Tau: 4, BurnIn: 100, Steps: 900, Votes: 3, Curve: 5}
	require.Equal(t, []int{400, 700, 1000}, c.voteSteps())
	require.Equal(t, []int{4, 16, 63, 251, 1000}, c.curveSteps())
	c = config{Tau: 8, Steps: 3, Curve: 50}
	require.Equal(t, []int{3}, c.curveSteps(), "no step twice")
}
