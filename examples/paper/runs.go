package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps/grid"
)

// program returns what is run for each config.
func (p *problems) program() grid.Program[config] {
	return grid.Program[config]{
		Name: "paper", Default: usual, Check: config.check,
		Run: func(ctx context.Context, run *grid.Run, c config) (any, error) {
			return p.simulate(ctx, run, c)
		},
	}
}

// runs are those of a directory.
type runs struct{ grid *grid.Grid[config] }

func openRuns(dir string, p *problems) (*runs, error) {
	g, err := grid.Open(dir, p.program())
	return &runs{g}, err
}

// idsOf returns the IDs of the runs of configs.
func idsOf(configs []config) (ids []string, err error) {
	for _, c := range configs {
		id, err := grid.ID(c)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// list returns what is known of the runs that were added, by ID.
func (r *runs) list() (map[string]grid.Info, error) {
	infos, err := r.grid.List()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	known := make(map[string]grid.Info, len(infos))
	for _, info := range infos {
		known[info.ID] = info
	}
	return known, nil
}

// left returns the configs that have no result yet.
func (r *runs) left(configs []config) (left []config, err error) {
	known, err := r.list()
	if err != nil {
		return nil, err
	}
	ids, err := idsOf(configs)
	for k, id := range ids {
		if known[id].State != grid.Done {
			left = append(left, configs[k])
		}
	}
	return left, err
}

// work makes the runs of configs that are left. What has failed before is tried again.
func (r *runs) work(ctx context.Context, configs []config, jobs int, stderr io.Writer) error {
	if _, err := r.grid.Add(configs); err != nil {
		return err
	}
	ids, err := idsOf(configs)
	if err != nil {
		return err
	}
	v := newView(stderr)
	summary, err := r.grid.Work(ctx, grid.WorkConfig{Jobs: min(jobs, len(ids)), Only: ids, RetryFailed: true, Observer: v.see})
	v.progress.End()
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "Interrupted. The same command goes on.")
	}
	if err == nil && summary.Failed > 0 {
		err = fmt.Errorf("%d of %d runs have failed, the first one: %w", summary.Failed, len(ids), v.failed)
	}
	if err == nil && summary.Elsewhere > 0 {
		fmt.Fprintf(stderr, "Other programs have %d of the runs.\n", summary.Elsewhere)
	}
	return err
}

// outcomes returns those of the configs that have a result.
func (r *runs) outcomes(configs []config) (outcomes []outcome, err error) {
	known, err := r.list()
	if err != nil {
		return nil, err
	}
	ids, err := idsOf(configs)
	for k, id := range ids {
		info := known[id]
		if info.State != grid.Done {
			continue
		}
		o := outcome{config: configs[k]}
		if err := json.Unmarshal(info.Result, &o.result); err != nil {
			return nil, fmt.Errorf("the result of run %s: %w", id, err)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, err
}

// A view shows how far all runs are, in a line.
type view struct {
	progress *cli.Progress
	stderr   io.Writer
	begin    time.Time

	all, ended, before int // runs; those that were done before
	shares             []float64
	names              []string // of the runs at work, by slot
	failed             error    // the first
}

func newView(stderr io.Writer) *view {
	return &view{progress: cli.NewProgress(stderr, 1), stderr: stderr, begin: time.Now()}
}

// see takes an event in.
func (v *view) see(e grid.Event) {
	for len(v.shares) <= e.Slot {
		v.shares, v.names = append(v.shares, 0), append(v.names, "")
	}
	switch e.Kind {
	case grid.Began:
		v.all = e.Runs
		return
	case grid.Skipped:
		v.before++
		return
	case grid.Started:
		var c config
		if json.Unmarshal(e.Config, &c) == nil {
			v.names[e.Slot] = fmt.Sprintf("%s τ = %d, s = %g, seed %d", c.Sampler, c.Tau, c.S, c.Seed)
		}
	case grid.Progressed:
		v.shares[e.Slot] = e.Done
	case grid.Ended:
		v.shares[e.Slot] = 0
		v.ended++
		if e.State == grid.Failed {
			v.progress.End()
			fmt.Fprintf(v.stderr, "Run %s, %s: %v\n", e.ID, v.names[e.Slot], e.Err)
			if v.failed == nil {
				v.failed = e.Err
			}
		}
	}
	if e.Kind == grid.Started {
		return // how far it is comes next
	}
	done := float64(v.ended)
	for _, share := range v.shares {
		done += share
	}
	fields := []string{fmt.Sprintf("%d of %d runs", v.before+v.ended, v.all)}
	if done > 0 {
		fields = append(fields, cli.Done(done/float64(v.all-v.before), time.Since(v.begin).Seconds())...)
	}
	if e.Text != "" {
		fields = append(fields, fmt.Sprintf("%s: %s", v.names[e.Slot], e.Text))
	}
	v.progress.Show(0, fields...)
}
