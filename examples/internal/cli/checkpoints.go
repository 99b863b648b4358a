package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/trajens/trajens/tps"
)

// Checkpoints are the flags of a run that can be stopped and gone on with.
type Checkpoints struct {
	Dir    string
	Resume bool
	Every  time.Duration

	mu sync.Mutex // savers of several goroutines write to one stderr
}

// Add adds the flags to a set.
func (c *Checkpoints) Add(flags *flag.FlagSet) {
	flags.StringVar(&c.Dir, "checkpoint", "", "write checkpoints to this `directory`, at the end and on an interrupt too")
	flags.BoolVar(&c.Resume, "resume", false, "go on from the last checkpoint in it, if there is one")
	flags.DurationVar(&c.Every, "checkpointevery", time.Minute, "`time` between checkpoints")
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

// OpenChains returns a Saver for each of the given number of chains, nil ones
// if there is no Dir.
func (c *Checkpoints) OpenChains(chains int, stderr io.Writer) ([]*Saver, error) {
	savers := make([]*Saver, chains)
	if c.Dir == "" {
		return savers, nil
	}
	folders, err := tps.CheckpointFolders(c.Dir, chains)
	var other *tps.ChainCountError
	if errors.As(err, &other) {
		return nil, Usagef("-checkpoint %s", strings.TrimPrefix(err.Error(), "tps: "))
	}
	if err != nil {
		return nil, err
	}
	for k, folder := range folders {
		if savers[k], err = c.open(folder, stderr); err != nil {
			return nil, err
		}
	}
	return savers, nil
}

// Open returns a Saver in a folder of Dir, or nil if there is no Dir. It is an
// error if the folder has checkpoints and Resume is not set.
func (c *Checkpoints) Open(name string, stderr io.Writer) (*Saver, error) {
	if c.Dir == "" {
		return nil, nil
	}
	return c.open(filepath.Join(c.Dir, name), stderr)
}

func (c *Checkpoints) open(dir string, stderr io.Writer) (*Saver, error) {
	path, steps, err := tps.LastCheckpoint(dir)
	if err != nil {
		return nil, err
	}
	if path != "" && !c.Resume {
		return nil, Usagef("-checkpoint %s: it has a checkpoint at step %d: go on from it with -resume, or use another directory", dir, steps)
	}
	return &Saver{flags: c, dir: dir, stderr: stderr, resumes: path != ""}, nil
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

// Start prepares for a chain and the parts to save with it, and makes them go
// on from the last checkpoint if the flags say so.
func (s *Saver) Start(chain *tps.Chain, parts ...tps.Part) error {
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
	if err != nil || !s.flags.Resume {
		return err
	}
	path, err := s.checkpoints.Resume(chain)
	switch {
	case err != nil:
		return err
	case path == "":
		s.printf("There is no checkpoint in %s yet: this is the beginning.\n", s.dir)
	default:
		s.printf("Going on from %s, at step %d.\n", path, chain.Steps())
	}
	return nil
}

func (s *Saver) printf(format string, args ...any) {
	s.flags.mu.Lock()
	defer s.flags.mu.Unlock()
	fmt.Fprintf(s.stderr, format, args...)
}

// Observer writes checkpoints when they are due. It must be the last one.
func (s *Saver) Observer() tps.Observer {
	if s == nil {
		return tps.Observer{}
	}
	return s.checkpoints.Observer()
}

// Save writes a checkpoint now.
func (s *Saver) Save(chain *tps.Chain) error {
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
		words[i] = arg
		if arg == "" || strings.ContainsAny(arg, " \t\"'\\$*?;&|<>()") {
			words[i] = strconv.Quote(arg)
		}
	}
	return fmt.Sprintf("Go on with: go run ./examples/%s %s\n", program, strings.Join(words, " "))
}
