package tps

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trajens/trajens/internal/atomicfile"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/null"
)

// CheckpointsConfig holds the options of NewCheckpoints. Dir must be set.
type CheckpointsConfig struct {
	// Dir is the folder of the checkpoints of one chain, or of one Exchange, which
	// nothing else writes to. It is made if it is missing. CheckpointFolders has one
	// for each of several chains.
	Dir string
	// Every is after how many steps there is a checkpoint: whenever
	// Chain.Steps is a multiple of it, or, of an Exchange, when its chains have come
	// to one or gone past it. 0: only by time.
	Every int
	// Interval is after how much time there is one. 0: one minute if Every is
	// 0 too, and else only by steps.
	Interval time.Duration
	// Parts is what the checkpoints hold beside the chain.
	Parts []Part
	// OnError is told of a checkpoint that could not be written, on a full
	// disk, say. If OnError returns nil, the run goes on: the last good
	// checkpoint stays, and the next one is tried when it is due. If it returns
	// an error, that ends the run. nil: the run ends with the first error.
	OnError func(error) error
}

// Checkpointed is what Checkpoints are of: a Chain, an Exchange, or another run that
// makes steps, such as a chain of package ensemble/langevin.
type Checkpointed interface {
	// Steps says how far it is.
	Steps() int
	WriteCheckpoint(w io.Writer, parts ...Part) error
	ReadCheckpoint(r io.Reader, parts ...Part) error
}

// Checkpoints keeps the last two checkpoints of a chain, or of an Exchange, in a
// folder. Each is written to a temporary file first, flushed to the disk, and then
// renamed, so that a kill or a power failure at any moment leaves whole ones.
type Checkpoints struct {
	config CheckpointsConfig
	clock  clock
	ours   bool // the checkpoints in the folder were written or resumed from here
}

// NewCheckpoints returns checkpoints in a folder, which may have some from
// before: call Resume first, before Run, to go on from those.
func NewCheckpoints(config CheckpointsConfig) (*Checkpoints, error) {
	if config.Dir == "" {
		return nil, errors.New("tps: CheckpointsConfig.Dir is empty")
	}
	if config.Every < 0 {
		return nil, fmt.Errorf("tps: CheckpointsConfig.Every = %d, want at least 0", config.Every)
	}
	if config.Interval < 0 {
		return nil, fmt.Errorf("tps: CheckpointsConfig.Interval = %v, want at least 0", config.Interval)
	}
	if config.Interval == 0 && config.Every == 0 {
		config.Interval = time.Minute
	}
	names := make(map[string]bool)
	for _, part := range config.Parts {
		if part.Name == "" || part.State == nil || names[part.Name] {
			return nil, fmt.Errorf("tps: CheckpointsConfig.Parts: the name %q is empty or used twice, or its State is nil", part.Name)
		}
		names[part.Name] = true
	}
	if err := os.MkdirAll(config.Dir, 0o777); err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	return &Checkpoints{config: config, clock: newClock(config.Interval)}, nil
}

// Observer returns an observer that writes checkpoints when they are due. It
// must be the last one of a run, so that the others have seen the step.
func (c *Checkpoints) Observer() Observer {
	return Every(1, func(chain *Chain) error { return c.SaveIfDue(chain) })
}

// SaveIfDue writes a checkpoint if it is due. It is for other runs than of a Chain, and
// to be called after each of their steps. The error is to end the run.
func (c *Checkpoints) SaveIfDue(state Checkpointed) error { return c.saveIfDue(state, 1) }

// ExchangeObserver returns what writes checkpoints of an Exchange when they are due,
// for ExchangeConfig.AfterRound.
func (c *Checkpoints) ExchangeObserver() func(*Exchange) error {
	return func(x *Exchange) error { return c.saveIfDue(x, x.config.Every) }
}

// saveIfDue writes a checkpoint if it is due. It is called after every so many steps.
func (c *Checkpoints) saveIfDue(state Checkpointed, every int) error {
	due := c.config.Every > 0 && state.Steps()%c.config.Every < every
	if !c.clock.due() && !due {
		return nil
	}
	_, err := c.Save(state)
	if err != nil && c.config.OnError != nil {
		return c.config.OnError(err)
	}
	return err
}

const (
	checkpointPrefix = "checkpoint-"
	checkpointSuffix = ".npz"
	checkpointsKept  = 2
)

// Save writes a checkpoint now, as one does when a run has ended or was
// interrupted, removes all but the last two, and returns the new one's path. It
// is an error if the folder has checkpoints that neither Save nor Resume of
// these Checkpoints knows.
func (c *Checkpoints) Save(state Checkpointed) (path string, err error) {
	if null.Is(state) {
		return "", errNoChain
	}
	if err := c.claim(); err != nil {
		return "", err
	}
	path = filepath.Join(c.config.Dir, fmt.Sprintf("%s%012d%s", checkpointPrefix, state.Steps(), checkpointSuffix))
	err = atomicfile.Write(path, func(w io.Writer) error {
		return state.WriteCheckpoint(w, c.config.Parts...)
	})
	c.clock.restart()
	if err != nil {
		return "", fmt.Errorf("tps: the checkpoint at step %d was not written: %w", state.Steps(), err)
	}
	return path, c.sweep()
}

// claim makes sure that no checkpoint in the folder is of another program, since
// Save removes all but the last two.
func (c *Checkpoints) claim() error {
	if c.ours {
		return nil
	}
	path, _, err := c.Last()
	if err != nil {
		return err
	}
	if path != "" {
		return fmt.Errorf("tps: there is a checkpoint of another run, %s: resume from it, or use another folder", path)
	}
	c.ours = true
	return nil
}

// sweep removes all but the last two checkpoints, and what a kill has left of
// one that was being written.
func (c *Checkpoints) sweep() error {
	saved, err := list(c.config.Dir)
	if err != nil {
		return err
	}
	parts, err := filepath.Glob(filepath.Join(escape(c.config.Dir), "."+checkpointPrefix+"*.part"))
	if err != nil {
		return fmt.Errorf("tps: %w", err)
	}
	for _, file := range saved[min(len(saved), checkpointsKept):] {
		parts = append(parts, file.path)
	}
	for _, path := range parts {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("tps: %w", err)
		}
	}
	return nil
}

// escape makes a path a pattern that matches only itself.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// A saved checkpoint.
type saved struct {
	path  string
	steps int
}

// list returns the checkpoints in a folder, the last one first.
func list(dir string) ([]saved, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	var list []saved
	for _, entry := range entries {
		number, isCheckpoint := strings.CutPrefix(entry.Name(), checkpointPrefix)
		number, isWhole := strings.CutSuffix(number, checkpointSuffix)
		steps, err := strconv.Atoi(number)
		if isCheckpoint && isWhole && err == nil && steps >= 0 {
			list = append(list, saved{filepath.Join(dir, entry.Name()), steps})
		}
	}
	slices.SortFunc(list, func(a, b saved) int { return b.steps - a.steps })
	return list, nil
}

// Last is LastCheckpoint of the folder.
func (c *Checkpoints) Last() (path string, steps int, err error) { return LastCheckpoint(c.config.Dir) }

// LastCheckpoint returns the path of the last checkpoint of one chain in a
// folder, and its step: where Resume would go on from. The path is empty if
// there is no checkpoint, or no folder.
func LastCheckpoint(dir string) (path string, steps int, err error) {
	saved, err := list(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", 0, nil
	}
	if err != nil || len(saved) == 0 {
		return "", 0, err
	}
	return saved[0].path, saved[0].steps, nil
}

// Resume makes a Chain or an Exchange, and the parts, go on from the last checkpoint,
// and returns the checkpoint's path; if there is none it leaves them as they are and
// returns an empty path. Run then makes the steps that are left of its total. See
// ReadCheckpoint for what must be the same as it was. If the last checkpoint is
// damaged, the error is a DamagedError.
func (c *Checkpoints) Resume(state Checkpointed) (path string, err error) {
	if null.Is(state) {
		return "", errNoChain
	}
	saved, err := list(c.config.Dir)
	if err != nil {
		return "", err
	}
	if len(saved) == 0 {
		c.ours = true
		return "", nil
	}
	err = c.read(saved[0].path, state)
	if errors.Is(err, ErrDamaged) {
		e := &DamagedError{Path: saved[0].path, Err: err}
		for _, earlier := range saved[1:] {
			if isWhole(earlier.path) {
				e.Previous, e.PreviousSteps = earlier.path, earlier.steps
				break
			}
		}
		return "", e
	}
	if err != nil {
		return "", fmt.Errorf("%w (%s)", err, saved[0].path)
	}
	c.ours = true
	return saved[0].path, nil
}

func (c *Checkpoints) read(path string, state Checkpointed) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("tps: %w", err)
	}
	defer file.Close()
	return state.ReadCheckpoint(file, c.config.Parts...)
}

// isWhole tells whether the seal of a checkpoint fits.
func isWhole(path string) bool {
	bytes, err := os.ReadFile(path)
	return err == nil && npz.Sealed(bytes) == nil
}

// A DamagedError says that the last checkpoint of a folder is damaged, and
// which one to go on from instead. It is ErrDamaged.
type DamagedError struct {
	// Path is the damaged checkpoint.
	Path string
	// Previous is the last one before it that is whole, and PreviousSteps its
	// step. It is empty if there is none.
	Previous      string
	PreviousSteps int
	Err           error
}

// Error says how to go on.
func (e *DamagedError) Error() string {
	if e.Previous == "" {
		return fmt.Sprintf("%v: %s, and there is no whole one before it", e.Err, e.Path)
	}
	return fmt.Sprintf("%v: %s; remove it to go on from the one before, %s, at step %d", e.Err, e.Path, e.Previous, e.PreviousSteps)
}

// Unwrap returns Err.
func (e *DamagedError) Unwrap() error { return e.Err }
