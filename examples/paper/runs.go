package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"

	"github.com/trajens/trajens/tps/grid"
)

// program returns what is run for each config.
func (p *problems) program() grid.Program[config] {
	return grid.Program[config]{
		Name: "paper", Default: usual, Check: config.check,
		Run: func(ctx context.Context, run *grid.Run, c config) (any, error) { return p.simulate(ctx, run, c) },
	}
}

// runs are those of a directory.
type runs struct{ grid *grid.Grid[config] }

func openRuns(dir string, p *problems) (*runs, error) {
	g, err := grid.Open(dir, p.program())
	return &runs{g}, err
}

func sameConfig(a, b config) bool { return reflect.DeepEqual(a, b) }

// find returns what is known of the runs of configs, which may be in any order, by the
// place of the config: those that were added.
func (r *runs) find(configs []config) (map[int]grid.Info, error) {
	list, err := r.grid.List()
	if err != nil {
		return nil, err
	}
	found := make(map[int]grid.Info)
	for _, info := range list {
		var c config
		if err := json.Unmarshal(info.Config, &c); err != nil {
			return nil, fmt.Errorf("run %s: %w", info.ID, err)
		}
		if k := slices.IndexFunc(configs, func(other config) bool { return sameConfig(c, other) }); k >= 0 {
			found[k] = info
		}
	}
	return found, nil
}

// left returns the configs that have no result yet.
func (r *runs) left(configs []config) (left []config, err error) {
	found, err := r.find(configs)
	for k, c := range configs {
		if found[k].State != grid.Done {
			left = append(left, c)
		}
	}
	return left, err
}

// work makes the runs of configs that are left.
func (r *runs) work(ctx context.Context, configs []config, jobs int, stderr io.Writer) error {
	if _, err := r.grid.Add(configs); err != nil {
		return err
	}
	found, err := r.find(configs)
	if err != nil {
		return err
	}
	var only []string
	for _, info := range found {
		only = append(only, info.ID)
	}
	slices.Sort(only)
	_, err = r.grid.Work(ctx, grid.WorkConfig{Jobs: jobs, Only: only})
	return err
}

// outcomes returns those of the configs that have a result.
func (r *runs) outcomes(configs []config) (outcomes []outcome, err error) {
	found, err := r.find(configs)
	if err != nil {
		return nil, err
	}
	for k, c := range configs {
		info := found[k]
		if info.State != grid.Done {
			continue
		}
		o := outcome{config: c}
		if err := json.Unmarshal(info.Result, &o.result); err != nil {
			return nil, fmt.Errorf("run %s: %w", info.ID, err)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}
