package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/slurm"
)

// submissionsDir has the submissions of a directory of runs.
const submissionsDir = "slurm"

func slurmCommand[C any](program grid.Program[C]) command {
	c := command{name: "slurm", arguments: "[DESCRIPTION] [key=value,value…]", about: "add runs and submit job arrays for those that are left; without arguments, for those that are there"}
	c.run = func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		job := slurm.Job{Name: program.Name}
		flags.StringVar(&job.Name, "name", job.Name, "`name` of the job arrays")
		flags.DurationVar(&job.Time, "time", 0, "time `limit` of a task, such as 2h30m (default: that of the partition)")
		flags.DurationVar(&job.Warning, "warning", slurm.DefaultWarning, "`time` before the limit at which a task saves and is requeued")
		flags.IntVar(&job.Timeouts, "timeouts", slurm.DefaultTimeouts, "`n` times a task is requeued after it ran out of time")
		flags.IntVar(&job.CPUs, "cpus", 1, "processors of a task, `n`")
		flags.StringVar(&job.Memory, "memory", "", "memory of a task, such as `500M`")
		flags.StringVar(&job.Account, "account", "", "`account` that is charged")
		flags.StringVar(&job.Partition, "partition", "", "`partition` of the cluster")
		flags.StringVar(&job.QOS, "qos", "", "quality of service, a `name`")
		flags.StringVar(&job.Dependency, "dependency", "", "what the arrays wait for, such as `afterok:1234`")
		flags.IntVar(&job.Throttle, "throttle", 0, "`n` tasks at most run at once (default: no limit)")
		flags.Func("option", "further `option` of sbatch, such as --constraint=avx2; may be repeated", func(text string) error {
			job.Extra = append(job.Extra, text)
			return nil
		})
		runs := flags.Int("runs", 1, "runs a task, `n`: several if they are short")
		jobs := flags.Int("jobs", 1, "how many runs of a task are at work at once, `n`; they share its processors")
		lease := flags.Duration("lease", time.Minute, "`time` without a heartbeat after which other workers may take a run")
		retry := flags.Bool("retry", false, "submit runs that have failed, too")
		dry := flags.Bool("dry", false, "write the scripts and submit nothing")
		words, err := parse(flags, args, 0, many)
		if err != nil {
			return err
		}
		if *runs < 1 {
			return usagef("-runs %d: want at least 1", *runs)
		}
		if _, err := (&workFlags{jobs: *jobs, lease: *lease}).config(); err != nil {
			return err
		}
		if job.Command, job.Dir, err = taskCommand(*dir, *jobs, lease.String()); err != nil {
			return err
		}
		if err := job.Check(); err != nil {
			return usagef("%v", err)
		}
		g, err := grid.Open(*dir, program)
		if err != nil {
			return err
		}
		ids, err := addRuns(g, program, words, stderr)
		if err != nil {
			return err
		}
		maxArraySize, err := slurm.MaxArraySize(ctx)
		if err != nil {
			return err
		}
		parent := filepath.Join(*dir, submissionsDir)
		left, err := unsubmitted(ctx, g, ids, parent, *retry, stderr)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			fmt.Fprintln(stderr, "there is nothing to submit")
			return nil
		}
		tasks, err := slurm.Split(left, *runs)
		if err != nil {
			return err
		}
		submission, err := slurm.Create(parent, job, tasks, maxArraySize)
		if err != nil {
			return err
		}
		if !*dry {
			err = submission.Submit(ctx)
		}
		for _, array := range submission.Arrays {
			state := "not submitted"
			if array.Job != "" {
				state = "job " + array.Job
			}
			fmt.Fprintf(stdout, "%s: %s, %d tasks\n", array.Script, state, array.Tasks)
		}
		return err
	}
	return c
}

// taskCommand returns the command that a task runs, and its directory: this
// program and this directory, as tasks have both at the same place.
func taskCommand(dir string, jobs int, lease string) (command []string, working string, err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	if strings.Contains(program, "/go-build") && strings.Contains(program, "/exe/") {
		return nil, "", usagef("slurm: the program is one of go run, which is removed at the end: build it first (go build), where all nodes find it")
	}
	if working, err = os.Getwd(); err != nil {
		return nil, "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, "", err
	}
	return []string{program, "work", "-dir", dir, "-jobs", fmt.Sprint(jobs), "-lease", lease}, working, nil
}

// unsubmitted returns those of the runs that are to be submitted: which are
// neither done, nor at work, nor those of a task in the queue, nor failed unless
// they are to be tried again.
func unsubmitted[C any](ctx context.Context, g *grid.Grid[C], ids []string, parent string, retry bool, stderr io.Writer) ([]string, error) {
	submissions, err := slurm.ReadAll(parent)
	if err != nil {
		return nil, err
	}
	queue, err := slurm.AskQueue(ctx)
	if err != nil {
		return nil, err
	}
	queued := make(map[string]bool)
	for _, s := range submissions {
		for _, id := range s.Queued(queue) {
			queued[id] = true
		}
	}
	infos, err := g.List()
	if err != nil {
		return nil, err
	}
	states := make(map[string]grid.State, len(infos))
	for _, info := range infos {
		states[info.ID] = info.State
	}
	var left, again []string
	counts := make(map[string]int)
	for _, id := range ids {
		switch {
		case states[id] == grid.Done:
			counts["done"]++
		case queued[id]:
			counts["in the queue"]++
		case states[id] == grid.Running:
			counts["at work"]++
		case states[id] == grid.Failed && !retry:
			counts["failed"]++
		default:
			if states[id] == grid.Failed {
				again = append(again, id)
			}
			left = append(left, id)
		}
	}
	if len(again) > 0 {
		if _, err := g.Retry(again...); err != nil {
			return nil, err
		}
	}
	text := fmt.Sprintf("%d runs to submit", len(left))
	for _, what := range []string{"done", "in the queue", "at work", "failed"} {
		if counts[what] > 0 {
			text += fmt.Sprintf(", %d %s", counts[what], what)
		}
	}
	fmt.Fprintln(stderr, text)
	return left, nil
}
