package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
)

// A Trace is the trace of a chain as a part of its checkpoints. A nil *Trace
// does nothing.
type Trace struct {
	path   string
	config trace.Config
	writer *trace.Writer
	saved  []byte // by a checkpoint
}

// NewTrace returns the trace in the file at path, or nil if path is empty.
// Start opens it. The run goes on when the file cannot be written, and stderr
// says so.
func NewTrace(path string, stderr io.Writer, config trace.Config) *Trace {
	if path == "" {
		return nil
	}
	config.OnError = func(err error) error {
		fmt.Fprintf(stderr, "%v; the run goes on\n", err)
		return nil
	}
	return &Trace{path: path, config: config}
}

// ChainPath returns the path of a file for one of several chains, whose number
// comes before the extension. The only chain has the number 0, and path itself.
func ChainPath(path string, number int) string {
	if path == "" || number == 0 {
		return path
	}
	extension := filepath.Ext(path)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, extension), number, extension)
}

// Parts returns what is to be saved with the chain.
func (t *Trace) Parts() []tps.Part {
	if t == nil {
		return nil
	}
	return []tps.Part{{Name: "trace", State: t}}
}

// MarshalBinary brings the file to the disk and returns the state.
func (t *Trace) MarshalBinary() ([]byte, error) {
	if err := t.writer.Sync(); err != nil {
		return nil, err
	}
	return t.writer.MarshalBinary()
}

// UnmarshalBinary keeps the state for Start.
func (t *Trace) UnmarshalBinary(state []byte) error {
	t.saved = state
	return nil
}

// Start opens the file: a new one for a chain at its beginning, and else that
// of the checkpoint that the chain goes on from. A file of another run is left
// alone, with an error.
func (t *Trace) Start(chain *tps.Chain) error {
	if t == nil {
		return nil
	}
	var err error
	if t.saved == nil {
		t.writer, err = trace.Create(t.path, t.config)
		if errors.Is(err, os.ErrExist) {
			return Usagef("-trace %s: the file exists already", t.path)
		}
		return err
	}
	if t.writer, err = trace.Resume(t.path, t.config, chain.Steps()); err != nil {
		return err
	}
	return t.writer.UnmarshalBinary(t.saved)
}

// Observer writes the rows.
func (t *Trace) Observer() tps.Observer {
	if t == nil {
		return tps.Observer{}
	}
	return t.writer.Observer()
}

// Flush writes the rows that wait.
func (t *Trace) Flush() error {
	if t == nil {
		return nil
	}
	return t.writer.Flush()
}

// Close closes the file.
func (t *Trace) Close() error {
	if t == nil || t.writer == nil {
		return nil
	}
	return t.writer.Close()
}
