package grid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

type nested struct {
	Tau    int            `json:"tau"`
	S      float64        `json:"s"`
	Seed   uint64         `json:"seed"`
	Move   string         `json:"move"`
	Hidden []int          `json:"hidden"`
	Other  map[string]int `json:"other,omitempty"`
	Fit    struct {
		Rate  float64 `json:"rate"`
		Fast  bool    `json:"fast"`
		Limit *int    `json:"limit"`
	} `json:"fit"`
}

func TestConfigs(t *testing.T) {
	var base nested
	base.S, base.Fit.Rate, base.Hidden = 7, 0.5, []int{3, 4}
	configs, err := grid.Configs([]byte(`{
		"fixed": {"move": "paper", "fit": {"fast": true}},
		"grid": {"tau": [4, 8], "seed": "1..3", "fit.limit": [null, 5]}
	}`), nil, base)
	require.NoError(t, err)
	require.Len(t, configs, 12)
	for k, c := range configs {
		require.Equal(t, 4+4*(k/6), c.Tau)
		require.Equal(t, uint64(1+k/2%3), c.Seed)
		require.Equal(t, k%2 == 1, c.Fit.Limit != nil)
		require.Equal(t, "paper", c.Move)
		require.True(t, c.Fit.Fast)
		require.Equal(t, 0.5, c.Fit.Rate, "what the description leaves out is as in the base")
		require.Equal(t, []int{3, 4}, c.Hidden)
	}
	configs[0].Hidden[0] = 99
	require.Equal(t, []int{3, 4}, configs[1].Hidden, "the configurations share nothing")
	require.Equal(t, []int{3, 4}, base.Hidden)
}

func TestConfigsOverrides(t *testing.T) {
	text := []byte(`{"fixed": {"s": 1}, "grid": {"tau": [4, 8], "seed": "1..3"}}`)
	configs, err := grid.Configs(text, []string{
		"tau=2, 16", "s=1e3,50", "move=paper,\"a,b\"", "hidden=[8,8],[16]", "fit.fast=true", "other.x=3",
	}, nested{})
	require.NoError(t, err)
	require.Len(t, configs, 2*3*2*2*2)
	first, last := configs[0], configs[len(configs)-1]
	require.Equal(t, nested{Tau: 2, S: 1000, Seed: 1, Move: "paper", Hidden: []int{8, 8}, Other: map[string]int{"x": 3}, Fit: first.Fit}, first)
	require.Equal(t, nested{Tau: 16, S: 50, Seed: 3, Move: "a,b", Hidden: []int{16}, Other: map[string]int{"x": 3}, Fit: first.Fit}, last)
	require.True(t, first.Fit.Fast)

	configs, err = grid.Configs(nil, []string{"seed=1..2,7"}, nested{Tau: 3})
	require.NoError(t, err)
	require.Len(t, configs, 3)
	require.Equal(t, uint64(7), configs[2].Seed)
	configs, err = grid.Configs(nil, nil, nested{Tau: 3})
	require.NoError(t, err)
	require.Len(t, configs, 1)
}

// A list of descriptions is their union.
func TestConfigsUnion(t *testing.T) {
	configs, err := grid.Configs([]byte(`[{"grid": {"tau": [1, 2]}}, {"grid": {"tau": [2, 3], "s": 0}}]`), nil, nested{})
	require.NoError(t, err)
	taus := make([]int, len(configs))
	for k, c := range configs {
		taus[k] = c.Tau
	}
	require.Equal(t, []int{1, 2, 3}, taus)
}

func TestConfigsErrors(t *testing.T) {
	for text, want := range map[string]string{
		"{\n\"grid\": {\n\"tau\": [4],\n\"sed\": 1}}":        `line 4: there is no key "sed", want one of fit, hidden, move`,
		"{\n\"gird\": {}}":                                   `line 2: there is no key "gird"`,
		"{\"grid\": {\"tau\": [4,\n\"x\"]}}":                 `line 2: tau: "x": want a whole number`,
		"{\"grid\": {\"tau\": [4,\n1.5]}}":                   `line 2: tau: 1.5: want a whole number`,
		"{\"fixed\": {\n\"seed\": -1}}":                      `line 2: seed: -1: want a whole number that is not negative`,
		"{\"fixed\": {\"tau\": 1},\n\"grid\": {\"tau\": 2}}": `line 2: tau is there twice`,
		"{\"fixed\": {\"tau\": 1,\n\n\"tau\": 2}}":           `line 3: tau is there twice`,
		"{\"fixed\": {},\n\"fixed\": {}}":                    `line 2: fixed is there twice`,
		"{\"grid\": {\n\"tau\": []}}":                        `line 2: tau: the list is empty`,
		"{\"fixed\": {\"fit\": {\n\"rat\": 1}}}":             `line 2: there is no key "fit.rat", want one of fast, limit, rate`,
		"{\"fixed\": {\"fit\":\n 3}}":                        `line 2: fit: 3: want an object`,
		"{\"fixed\": {\n\"move\": null}}":                    `line 2: move: it is null, want text`,
		"{\"fixed\": {\n\"tau.x\": 1}}":                      `line 2: there is no key "tau.x"`,
		"{\"grid\": {\n\"seed\": \"6..1\"}}":                 `line 2: seed: 6..1: want a range`,
		"{\"grid\":\n3}":                                     `line 2: grid: want an object`,
		"{\"grid\": {\"tau\": [1,\n2}}":                      `line 2: invalid character`,
		"{\"grid\": {\"tau\": [1,\n\n":                       `line 2: unexpected end`,
		"{}\n{}":                                             `line 2: invalid character`,
		"[{},\n3]":                                           `line 2: 3: want an object`,
		"\n\"text\"":                                         `line 2: "text": want an object`,
		`{"grid": {"seed": "1..1000", "tau": "1..1001"}}`:    `1001000 configurations, want at most 1000000`,
		"{\"fixed\": {\n\"TAU\": 1}}":                        `line 2: there is no key "TAU"`,
	} {
		_, err := grid.Configs([]byte(text), nil, nested{})
		require.ErrorContains(t, err, want, "%s", text)
	}
	for override, want := range map[string]string{
		"tau":        `"tau": want key=value`,
		"taw=1":      `there is no key "taw"`,
		"tau=1,":     `a value is empty, want a whole number`,
		"tau=a":      `a: want a whole number`,
		"fit=3":      `fit has keys of its own`,
		"tau=null":   `null: want a whole number`,
		"hidden=1,2": `1: want a list`,
		"seed=3..1":  `3..1: want a range`,
	} {
		_, err := grid.Configs(nil, []string{override}, nested{})
		require.ErrorContains(t, err, want, override)
	}
	_, err := grid.Configs(nil, []string{"tau=1", "tau=2"}, nested{})
	require.ErrorContains(t, err, "tau is there twice")
	_, err = grid.Configs(nil, nil, 3)
	require.ErrorContains(t, err, "want a struct")
}

// No text makes it panic, and what it takes fits the type.
func FuzzConfigs(f *testing.F) {
	for _, seed := range []string{
		`{"fixed": {"fit": {"rate": 1}}, "grid": {"tau": [4, 8], "seed": "1..3", "hidden": [[1], []]}}`,
		`[{"grid": {"other.x": 3}}, {}]`, "[", `{"grid": {"fit": null}}`, ` {"fixed":{"":1}} `,
	} {
		f.Add(seed, "tau=1,2")
	}
	f.Add("", `move="a,b],c`)
	f.Add("", `hidden=[1,[2`)
	f.Fuzz(func(t *testing.T, text, override string) {
		if len(text) > 1000 {
			return
		}
		for _, overrides := range [][]string{nil, {override}} {
			configs, err := grid.Configs([]byte(text), overrides, nested{})
			if err == nil && len(configs) == 0 && text != "[]" {
				for _, r := range text {
					if r == '{' {
						t.Fatalf("%q has no configuration", text)
					}
				}
			}
			if len(configs) > 10 {
				return
			}
		}
	})
}
