package command

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/slurm"
)

func workCommand[C any](program grid.Program[C]) command {
	c := command{name: "work", arguments: "-submission DIR -index N", about: "work on the runs of a task of Slurm: what its scripts call"}
	c.run = func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		path := flags.String("submission", "", "`directory` of the submission")
		index := flags.Int("index", -1, "number of the task, `n`, from 0")
		jobs := flags.Int("jobs", 1, "how many runs are at work at once, `n`; they share the processors")
		lease := flags.Duration("lease", time.Minute, "`time` without a heartbeat after which other workers may take a run")
		if _, err := parse(flags, args, 0, 0); err != nil {
			return err
		}
		if *path == "" || *index < 0 {
			return usagef("work: want -submission and -index; see help work")
		}
		config, err := (&workFlags{jobs: *jobs, lease: *lease}).config()
		if err != nil {
			return err
		}
		g, err := openThere(*dir, program)
		if err != nil {
			return err
		}
		submission, err := slurm.Read(*path)
		if err != nil {
			return err
		}
		config.Observer = logEvents(stderr)
		outcome, err := submission.Work(ctx, *index, stderr, func(ctx context.Context, runs []string) (left int, err error) {
			config.Only = runs
			summary, err := g.Work(ctx, config)
			fmt.Fprintln(stderr, describe(summary))
			if failed := summary.Failed + summary.FailedBefore; err == nil && failed > 0 {
				err = fmt.Errorf("%d runs have failed: show ID says why, retry and then slurm tries again", failed)
			}
			return summary.Interrupted + summary.Lost + summary.Left, err
		})
		if outcome != slurm.Finished {
			fmt.Fprintln(stderr, "the task is", outcome)
		}
		return err
	}
	return c
}

// logEvents returns an observer that writes a line when a run begins and when it
// ends: a task writes to a file that nobody may look at.
func logEvents(w io.Writer) func(grid.Event) {
	return func(e grid.Event) {
		now := time.Now().Format(time.DateTime)
		switch e.Kind {
		case grid.Started:
			fmt.Fprintf(w, "%s %s begins: %s\n", now, e.ID, e.Config)
		case grid.Ended:
			fmt.Fprintf(w, "%s %s is %s\n", now, e.ID, e.State)
		case grid.Skipped:
			fmt.Fprintf(w, "%s %s is %s already\n", now, e.ID, e.State)
		}
	}
}
