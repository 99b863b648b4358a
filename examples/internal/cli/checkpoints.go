package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/trajens/trajens/internal/atomicfile"
	"github.com/trajens/trajens/tps"
)

// Checkpoints are the flags of a run that can be stopped and gone on with. In
// Dir are the checkpoints and, as flags.json, what else the run was started
// with.
type Checkpoints struct {
	Dir    string
	Resume bool
	Every  time.Duration

	flags *flag.FlagSet
	free  []string // flags that may be others when a run is gone on with

	mu      sync.Mutex // of started
	started bool       // flags.json is of this run
}

// Add adds the flags to a set. A run can be gone on with only if all flags of
// the set are as they were, but for those of the names in free.
func (c *Checkpoints) Add(flags *flag.FlagSet, free ...string) {
	c.flags, c.free = flags, append(free, "checkpoint", "resume", "checkpointevery")
	flags.StringVar(&c.Dir, "checkpoint", "", "write checkpoints to this `directory`: one from time to time, and one at the end\nor on an interrupt")
	flags.BoolVar(&c.Resume, "resume", false, "go on from the last checkpoint there, if there is one")
	flags.DurationVar(&c.Every, "checkpointevery", time.Minute, "`time` from one checkpoint to the next")
}

// Check returns a UsageError if the flags are wrong.
func (c *Checkpoints) Check() error {
	switch {
	case c.Resume && c.Dir == "":
		return Usagef("-resume: needs -checkpoint and the directory to go on from")
	case c.Every <= 0:
		return Usagef("-checkpointevery %v: want a positive time", c.Every)
	}
	return nil
}

// OpenChains makes sure that Dir is new, or has the run that is to be gone on
// with, and returns a Saver for each of the chains, which may run at the same time
// if stderr allows it (Locked). Values of flags that are set later than that are
// not seen.
func (c *Checkpoints) OpenChains(stderr io.Writer, chains int) ([]*Saver, error) {
	if c.Dir == "" {
		return make([]*Saver, chains), nil
	}
	if err := c.compare(); err != nil {
		return nil, err
	}
	dirs, err := tps.CheckpointFolders(c.Dir, chains)
	var other *tps.ChainCountError
	if errors.As(err, &other) {
		return nil, Usagef("-checkpoint %s", strings.TrimPrefix(err.Error(), "tps: "))
	}
	if err != nil {
		return nil, err
	}
	return c.savers(stderr, dirs)
}

// Open does so for chains in folders of Dir that have names. Without names it makes sure of Dir
// alone.
func (c *Checkpoints) Open(stderr io.Writer, names ...string) ([]*Saver, error) {
	if c.Dir == "" {
		return make([]*Saver, len(names)), nil
	}
	if err := c.compare(); err != nil {
		return nil, err
	}
	dirs := make([]string, len(names))
	for k, name := range names {
		dirs[k] = filepath.Join(c.Dir, name)
	}
	return c.savers(stderr, dirs)
}

func (c *Checkpoints) savers(stderr io.Writer, dirs []string) ([]*Saver, error) {
	savers := make([]*Saver, len(dirs))
	for k, dir := range dirs {
		path, _, err := tps.LastCheckpoint(dir)
		if err != nil {
			return nil, err
		}
		if path != "" && !c.Resume {
			return nil, c.taken()
		}
		savers[k] = &Saver{flags: c, dir: dir, stderr: stderr, resumes: path != ""}
	}
	return savers, nil
}

func (c *Checkpoints) taken() error {
	return Usagef("-checkpoint %s: it has the checkpoints of a run: go on from it with -resume, or use another directory", c.Dir)
}

func (c *Checkpoints) path() string { return filepath.Join(c.Dir, "flags.json") }

// values returns what must be the same when a run is gone on with.
func (c *Checkpoints) values() map[string]string {
	values := make(map[string]string)
	c.flags.VisitAll(func(f *flag.Flag) {
		if !slices.Contains(c.free, f.Name) {
			values[f.Name] = f.Value.String()
		}
	})
	return values
}

// compare returns a UsageError if Dir has a run with other flags.
func (c *Checkpoints) compare() error {
	text, err := os.ReadFile(c.path())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !c.Resume {
		return c.taken()
	}
	before := make(map[string]string)
	if err := json.Unmarshal(text, &before); err != nil {
		return fmt.Errorf("%s: %w", c.path(), err)
	}
	var there, here []string
	now := c.values()
	c.flags.VisitAll(func(f *flag.Flag) {
		old, known := before[f.Name]
		if value, counts := now[f.Name]; known && counts && old != value {
			there = append(there, "-"+f.Name+" "+quote(old))
			here = append(here, "-"+f.Name+" "+quote(value))
		}
	})
	if there != nil {
		return Usagef("-resume: the run in %s was started with %s, this is %s", c.Dir, strings.Join(there, " "), strings.Join(here, " "))
	}
	return nil
}

// Begin writes flags.json. Saver.Start does so; a run whose checkpoints are written by what it
// calls is to. It does nothing without Dir.
func (c *Checkpoints) Begin() error {
	if c.Dir == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started {
		return nil
	}
	if err := os.MkdirAll(c.Dir, 0o777); err != nil {
		return err
	}
	err := atomicfile.Write(c.path(), func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "\t")
		return encoder.Encode(c.values())
	})
	c.started = err == nil
	return err
}

// A Saver writes the checkpoints of one chain. A nil *Saver does nothing.
type Saver struct {
	flags       *Checkpoints
	dir         string
	stderr      io.Writer
	resumes     bool
	checkpoints *tps.Checkpoints
}

// Resumes tells whether there is a checkpoint that Start will go on from, so
// that it does not matter where the chain begins.
func (s *Saver) Resumes() bool { return s != nil && s.resumes }

// Keep writes a file beside the checkpoints of the chain, if there are any, for a run
// that goes on to read by Kept.
func (s *Saver) Keep(name string, write func(io.Writer) error) error {
	if s == nil {
		return nil
	}
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(s.dir, name), write)
}

// Kept opens a file that Keep wrote.
func (s *Saver) Kept(name string) (*os.File, error) { return os.Open(filepath.Join(s.dir, name)) }

// Start prepares for a chain and the parts to save with it, and makes them go
// on from the last checkpoint if the flags say so.
func (s *Saver) Start(chain tps.Checkpointed, parts ...tps.Part) error {
	if s == nil {
		return nil
	}
	var err error
	s.checkpoints, err = tps.NewCheckpoints(tps.CheckpointsConfig{
		Dir:      s.dir,
		Interval: s.flags.Every,
		Parts:    parts,
		OnError: func(err error) error {
			s.printf("%v; the run goes on\n", err)
			return nil
		},
	})
	if err == nil && s.flags.Resume {
		err = s.resume(chain)
	}
	if err != nil {
		return err
	}
	return s.flags.Begin()
}

func (s *Saver) resume(chain tps.Checkpointed) error {
	path, err := s.checkpoints.Resume(chain)
	var mismatch *tps.MismatchError
	switch {
	case errors.As(err, &mismatch) && slices.ContainsFunc(mismatch.Mismatches, ofData):
		return Usagef("-resume: the run in %s was started with other data than these", s.flags.Dir)
	case err != nil:
		return err
	case path == "":
		s.printf("There is no checkpoint in %s yet: this is the beginning.\n", s.dir)
	default:
		s.printf("Going on from %s, at step %d.\n", path, chain.Steps())
	}
	return nil
}

func ofData(m tps.Mismatch) bool { return m.Name == "data" || m.Name == "samples" }

func (s *Saver) printf(format string, args ...any) {
	fmt.Fprintf(s.stderr, format, args...)
}

// Observer writes checkpoints when they are due. It must be the last one.
func (s *Saver) Observer() tps.Observer {
	if s == nil {
		return tps.Observer{}
	}
	return s.checkpoints.Observer()
}

// SaveIfDue writes a checkpoint if it is due, after a step of a chain of another kind than
// those of an Observer.
func (s *Saver) SaveIfDue(chain tps.Checkpointed) error {
	if s == nil {
		return nil
	}
	return s.checkpoints.SaveIfDue(chain)
}

// Save writes a checkpoint now.
func (s *Saver) Save(chain tps.Checkpointed) error {
	if s == nil {
		return nil
	}
	_, err := s.checkpoints.Save(chain)
	return err
}

// Hint says how to go on after an interrupt with a program that was called
// with the given arguments.
func (c *Checkpoints) Hint(program string, args []string) string {
	if c.Dir == "" {
		return ""
	}
	if !c.Resume {
		args = append(args[:len(args):len(args)], "-resume")
	}
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = quote(arg)
	}
	return fmt.Sprintf("Go on with: go run ./examples/%s %s\n", program, strings.Join(words, " "))
}

// quote makes a word one that a shell takes as it is.
func quote(word string) string {
	if word == "" || strings.ContainsAny(word, " \t\"'\\$*?;&|<>()") {
		return strconv.Quote(word)
	}
	return word
}
