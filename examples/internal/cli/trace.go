package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
)

// A Trace is a trace.File for which a program may not have been asked. A nil
// *Trace does nothing.
type Trace struct{ *trace.File }

// NewTrace returns the trace of one of several chains, from 0, in a file at path
// or one of its like, or nil if path is empty. If the file cannot be written, the
// run goes on, and stderr says so.
func NewTrace(path string, chain, chains int, stderr io.Writer, config trace.Config) (*Trace, error) {
	if path == "" {
		return nil, nil
	}
	config.OnError = func(err error) error {
		fmt.Fprintf(stderr, "%v; the run goes on\n", err)
		return nil
	}
	file, err := trace.NewFile(trace.ChainPath(path, chain, chains), config)
	return &Trace{file}, err
}

// Parts returns what is to be saved with the chain.
func (t *Trace) Parts() []tps.Part {
	if t == nil {
		return nil
	}
	return []tps.Part{{Name: "trace", State: t.File}}
}

// Start opens the file.
func (t *Trace) Start(chain *tps.Chain) error {
	if t == nil {
		return nil
	}
	err := t.File.Start(chain)
	if errors.Is(err, fs.ErrExist) {
		return Usagef("-trace %s: the file exists already", t.Path())
	}
	return err
}

// Observers returns what is to be called first after a step, as others may end
// the run.
func (t *Trace) Observers() []tps.Observer {
	if t == nil {
		return nil
	}
	return []tps.Observer{t.Observer()}
}

// Close closes the file.
func (t *Trace) Close() error {
	if t == nil {
		return nil
	}
	return t.File.Close()
}
