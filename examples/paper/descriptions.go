package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"

	"github.com/trajens/trajens/tps/grid"
)

// descriptions are the grids of the figures, by the number of the figure and the scale,
// and the settings of the samplers.
//
//go:embed descriptions/*.json
var descriptions embed.FS

var (
	figureNames  = []string{"1c", "2b", "2c", "2d", "3a", "3b", "4"}
	scaleNames   = []string{"smoke", "hour", "full"}
	samplerNames = []string{"paper", "best"}
)

// gridOf returns which description a figure has: those of one number share their runs.
func gridOf(figure string) string {
	if figure == "1c" {
		return figure
	}
	return figure[:1]
}

// describe returns the description of a figure's runs at a scale.
func describe(figure, scale string) ([]byte, error) {
	return descriptions.ReadFile("descriptions/" + gridOf(figure) + "." + scale + ".json")
}

// samplerConfig returns a config with the settings of a sampler and all else as usual.
func samplerConfig(name string) (config, error) {
	text, err := descriptions.ReadFile("descriptions/samplers.json")
	if err != nil {
		return config{}, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return config{}, fmt.Errorf("samplers.json: %w", err)
	}
	if all[name] == nil {
		return config{}, fmt.Errorf("there is no sampler %q", name)
	}
	c := usual
	decoder := json.NewDecoder(bytes.NewReader(all[name]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return config{}, fmt.Errorf("samplers.json: %s: %w", name, err)
	}
	return c, nil
}

// configsOf returns the runs of a figure: for each sampler the description's, with
// overrides as key=values.
func configsOf(figure, scale string, samplers, overrides []string) (all []config, err error) {
	description, err := describe(figure, scale)
	if err != nil {
		return nil, err
	}
	for _, name := range samplers {
		base, err := samplerConfig(name)
		if err != nil {
			return nil, err
		}
		configs, err := grid.Configs(description, overrides, base)
		if err != nil {
			return nil, fmt.Errorf("figure %s, scale %s: %w", figure, scale, err)
		}
		all = append(all, configs...)
	}
	return all, nil
}
