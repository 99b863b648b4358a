// Package chain runs a tps.Chain as a run of a grid: with checkpoints, from which it
// goes on after an interruption or a kill as if there had been none, a trace, and a
// display of how far it is.
package chain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/trace"
)

// Config holds the options of Run. Steps must be set.
type Config struct {
	// Steps is the number of steps of the whole run, at least 1.
	Steps int
	// Interval is the time from one checkpoint to the next. 0: a minute.
	Interval time.Duration
	// Parts is what the checkpoints hold beside the chain, such as sums of an observer.
	Parts []tps.Part
	// Trace is what the file trace.csv has. Without Columns there is none.
	Trace trace.Config
	// Observers are called before a checkpoint is written.
	Observers []tps.Observer
}

// The names in the directory of the run's checkpoints.
const (
	checkpointsDir = "chain"
	traceFile      = "trace.csv"
)

// Trace returns the path of the trace in an attempt of a run.
func Trace(attempt string) string { return filepath.Join(attempt, "checkpoints", traceFile) }

// Run brings a new chain to Steps, from its last checkpoint if the run has one. If ctx is
// done it saves one and returns context.Cause(ctx). A run that takes less time than
// Interval has no other checkpoints.
func Run(ctx context.Context, run *grid.Run, chain *tps.Chain, config Config) (err error) {
	if config.Steps < 1 {
		return fmt.Errorf("chain: Config.Steps = %d, want at least 1", config.Steps)
	}
	interval := cmp.Or(config.Interval, time.Minute)
	path := filepath.Join(run.Checkpoints(), traceFile)
	var rows *trace.File
	parts := config.Parts
	if len(config.Trace.Columns) > 0 {
		if rows, err = trace.NewFile(path, config.Trace); err != nil {
			return err
		}
		parts = append(parts[:len(parts):len(parts)], tps.Part{Name: "trace", State: rows})
	}
	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{
		Dir: filepath.Join(run.Checkpoints(), checkpointsDir), Interval: interval, Parts: parts,
	})
	if err != nil {
		return err
	}
	resumed, err := checkpoints.Resume(chain)
	if err != nil {
		return err
	}
	if resumed != "" {
		fmt.Fprintf(run.Log(), "goes on from step %d\n", chain.Steps())
	}
	observers := config.Observers[:len(config.Observers):len(config.Observers)]
	if rows != nil {
		if resumed == "" { // rows of an attempt that was killed before its first checkpoint
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("chain: %w", err)
			}
		}
		if err := rows.Start(chain); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		observers = append(observers, rows.Observer())
	}
	observers = append(observers, tps.Every(max(1, config.Steps/1000), func(chain *tps.Chain) error {
		run.Progress(float64(chain.Steps())/float64(config.Steps), fmt.Sprintf("loss %.4g", chain.LossEstimate()))
		return nil
	}), checkpoints.Observer())
	start := time.Now()
	err = chain.Run(ctx, config.Steps, observers...)
	if ctx.Err() != nil || err == nil && time.Since(start) > interval {
		_, saved := checkpoints.Save(chain)
		err = errors.Join(err, saved)
	}
	return err
}
