package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
)

// A site is where a run is at work: a *grid.Run.
type site interface {
	Checkpoints() string
	Workers() int
	Log() io.Writer
	Progress(done float64, text string)
}

// traceBytes is how large the trace of a run gets at most.
const traceBytes = 1 << 20

// simulate runs the chain of a config to its end, or until ctx is done: then it saves a
// checkpoint and returns the cause. It goes on from the last checkpoint if there is one.
func (p *problems) simulate(ctx context.Context, at site, c config) (*result, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	problem, err := p.get(ctx, c)
	if err != nil {
		return nil, err
	}
	chain, losses, err := problem.newChain(c, at.Workers())
	if err != nil {
		return nil, err
	}
	defer losses.Close()
	m, err := newMeasurement(c, problem, losses)
	if err != nil {
		return nil, err
	}
	rows, err := newTrace(at, c)
	if err != nil {
		return nil, err
	}
	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{
		Dir:   at.Checkpoints(),
		Parts: []tps.Part{cli.Part("measurement", &m.state), {Name: "trace", State: rows}},
		OnError: func(err error) error {
			fmt.Fprintf(at.Log(), "%v; the run goes on\n", err)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	if err := resume(at, checkpoints, chain, rows); err != nil {
		return nil, err
	}
	progress := tps.Every(max(1, c.total()/1000), func(chain *tps.Chain) error {
		at.Progress(float64(chain.Steps())/float64(c.total()), fmt.Sprintf("loss %.3g", chain.LossEstimate()))
		return nil
	})
	err = m.begin(chain)
	if err == nil {
		err = chain.Run(ctx, c.total(), rows.Observer(), tps.Every(1, m.after), progress, checkpoints.Observer())
	}
	// Without the checkpoint the result is what it is.
	if _, saved := checkpoints.Save(chain); saved != nil {
		if err != nil {
			return nil, errors.Join(err, saved)
		}
		fmt.Fprintln(at.Log(), saved)
	}
	if closed := rows.Close(); closed != nil {
		fmt.Fprintln(at.Log(), closed)
	}
	if err != nil {
		return nil, err
	}
	return m.result(chain), nil
}

// resume makes the chain and its trace go on from the last whole checkpoint. The directory
// is the run's own: what is damaged there is removed, and a trace without a checkpoint.
func resume(at site, checkpoints *tps.Checkpoints, chain *tps.Chain, rows *trace.File) error {
	path, err := checkpoints.Resume(chain)
	var damaged *tps.DamagedError
	for errors.As(err, &damaged) {
		fmt.Fprintf(at.Log(), "%v; it is removed\n", damaged.Err)
		if err := os.Remove(damaged.Path); err != nil {
			return err
		}
		path, err = checkpoints.Resume(chain)
	}
	if err != nil {
		return err
	}
	if path != "" {
		fmt.Fprintf(at.Log(), "going on from %s\n", path)
	} else if err := os.Remove(rows.Path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return rows.Start(chain)
}

// newTrace returns the trace of a run, beside its checkpoints: loss on the minibatches,
// samples drawn and acceptance, means over blocks of steps.
func newTrace(at site, c config) (*trace.File, error) {
	columns := []trace.Column{trace.Loss(), trace.Batch(), trace.Acceptance()}
	every, err := trace.Interval(c.total(), columns, traceBytes)
	if err != nil {
		return nil, err
	}
	return trace.NewFile(filepath.Join(at.Checkpoints(), "trace.csv"), trace.Config{
		Columns: columns, Every: every, Average: true,
		OnError: func(err error) error {
			fmt.Fprintf(at.Log(), "%v; the run goes on\n", err)
			return nil
		},
	})
}
