package command

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/trajens/trajens/tps/grid"
)

func runCommand[C any](program grid.Program[C]) command {
	c := command{name: "run", arguments: "[DESCRIPTION] [key=value,value…]", about: "add runs and work on them; without arguments, on those that are there"}
	c.run = func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		var options workFlags
		options.add(flags)
		words, err := parse(flags, args, 0, many)
		if err != nil {
			return err
		}
		g, err := grid.Open(*dir, program)
		if err != nil {
			return err
		}
		ids, err := addRuns(g, program, words, stderr)
		if err != nil {
			return err
		}
		config, err := options.config()
		if err != nil {
			return err
		}
		config.Only = ids
		return work(ctx, g, config, stderr)
	}
	return c
}

// workFlags are the flags of commands that work on runs.
type workFlags struct {
	jobs        int
	lease       time.Duration
	retry, wait bool
}

func (f *workFlags) add(flags *flag.FlagSet) {
	flags.IntVar(&f.jobs, "jobs", runtime.GOMAXPROCS(0), "how many runs are at work at once, `n`; they share the processors")
	flags.DurationVar(&f.lease, "lease", time.Minute, "`time` without a heartbeat after which other workers may take a run")
	flags.BoolVar(&f.retry, "retry", false, "take runs that have failed, too")
	flags.BoolVar(&f.wait, "wait", false, "wait for runs that other workers have, and take them over if these are killed")
}

func (f *workFlags) config() (grid.WorkConfig, error) {
	if f.jobs < 1 || f.jobs > 1024 {
		return grid.WorkConfig{}, usagef("-jobs %d: want 1 to 1024", f.jobs)
	}
	if f.lease < 100*time.Millisecond {
		return grid.WorkConfig{}, usagef("-lease %v: want at least 100ms", f.lease)
	}
	return grid.WorkConfig{Jobs: f.jobs, Lease: f.lease, RetryFailed: f.retry, Wait: f.wait, Job: batchJob()}, nil
}

// batchJob returns the name of the Slurm job that this process is part of, if it is.
func batchJob() string {
	if array := os.Getenv("SLURM_ARRAY_JOB_ID"); array != "" {
		return array + "_" + os.Getenv("SLURM_ARRAY_TASK_ID")
	}
	return os.Getenv("SLURM_JOB_ID")
}

// addRuns adds the runs that words describe, and returns their IDs, or those of all runs
// if there are no words.
func addRuns[C any](g *grid.Grid[C], program grid.Program[C], words []string, stderr io.Writer) ([]string, error) {
	var description []byte
	var overrides []string
	path := ""
	for _, word := range words {
		if strings.Contains(word, "=") {
			overrides = append(overrides, word)
			continue
		}
		if path != "" {
			return nil, usagef("%s and %s: want one description", path, word)
		}
		path = word
		var err error
		if description, err = os.ReadFile(path); err != nil {
			return nil, usagef("the description: %v", err)
		}
	}
	if len(words) == 0 {
		ids, err := g.Order()
		if err == nil && len(ids) == 0 {
			err = usagef("run: there are no runs in %s yet: want a description, or key=value", g.Dir())
		}
		return ids, err
	}
	configs, err := grid.Configs(description, overrides, program.Default)
	if err != nil {
		if problem := strings.TrimPrefix(err.Error(), "grid: "); path != "" {
			return nil, usagef("%s: %s", path, problem)
		}
		return nil, usagef("%s", strings.TrimPrefix(err.Error(), "grid: "))
	}
	added, err := g.Add(configs)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(configs))
	for k, config := range configs {
		if ids[k], err = grid.ID(config); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(stderr, "%d runs in %s, %d of them new\n", len(ids), g.Dir(), added)
	return ids, nil
}

// work works on runs, with a display, and returns an error if one has failed.
func work[C any](ctx context.Context, g *grid.Grid[C], config grid.WorkConfig, stderr io.Writer) error {
	infos, err := g.List()
	if err != nil {
		return err
	}
	d := newDisplay(stderr, config.Jobs, labels(infos))
	config.Observer = d.observe
	summary, err := g.Work(ctx, config)
	d.end()
	fmt.Fprintln(stderr, describe(summary))
	if err != nil {
		return err
	}
	if failed := summary.Failed + summary.FailedBefore; failed > 0 {
		return fmt.Errorf("%d runs have failed: show ID says why, retry and then run tries again", failed)
	}
	return nil
}

// describe says what a summary has that is not zero.
func describe(s grid.Summary) string {
	fields := []string{fmt.Sprintf("%d done", s.Done+s.DoneBefore)}
	if s.DoneBefore > 0 {
		fields[0] += fmt.Sprintf(" (%d before)", s.DoneBefore)
	}
	add := func(n int, what string) {
		if n > 0 {
			fields = append(fields, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(s.Failed+s.FailedBefore, "failed")
	add(s.Interrupted, "interrupted")
	add(s.Lost, "lost to other workers")
	add(s.Elsewhere, "with other workers")
	add(s.Left, "left")
	return strings.Join(fields, ", ")
}
