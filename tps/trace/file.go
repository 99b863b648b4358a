package trace

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trajens/trajens/tps"
)

// A File is the trace of a chain with checkpoints, which go on together: the
// trace becomes that of a run that was never stopped, byte for byte. It is the
// State of a tps.Part.
//
//	rows, err := trace.NewFile("loss.csv", trace.Config{Columns: columns})
//	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{
//		Dir:   "run",
//		Parts: []tps.Part{{Name: "trace", State: rows}},
//	})
//	path, err := checkpoints.Resume(chain)
//	err = rows.Start(chain)
//	err = chain.Run(ctx, steps, rows.Observer(), checkpoints.Observer())
//	path, err = checkpoints.Save(chain)
//	err = rows.Close()
//
// A File is for one chain and the goroutine that runs it. Each of several chains
// needs its own: ChainPath names them.
type File struct {
	path   string
	config Config
	run    Run     // of Start
	writer *Writer // nil before Start and after Close
	saved  []byte  // the state that a checkpoint had, or nil
}

// A Run is what a File is the trace of: a tps.Chain, or anything else that makes steps.
type Run interface {
	// Steps returns how many steps it has made.
	Steps() int
}

// NewFile returns a trace that is to be in the file at path. It does not touch
// the file.
func NewFile(path string, config Config) (*File, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	if path == "" {
		return nil, errors.New("trace: path is empty")
	}
	return &File{path: path, config: config}, nil
}

// ChainPath returns the path of the trace of one of several chains, which are
// counted from 0: loss-1.csv, loss-2.csv and so on if path is loss.csv. The path
// of the only chain is path itself.
func ChainPath(path string, chain, chains int) string {
	if chains <= 1 {
		return path
	}
	extension := filepath.Ext(path)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, extension), chain+1, extension)
}

// Path returns the path of the file.
func (f *File) Path() string { return f.path }

// Start opens the file before a run. If a checkpoint was read that holds the
// trace, Start drops the rows of later steps than the run's, and the trace
// goes on from there. The error says so if the file is missing, or is not what
// the checkpoint is about. Without such a checkpoint Start makes a new file. The
// error is fs.ErrExist if there is one already. A file that Start refuses stays
// as it is.
func (f *File) Start(run Run) error {
	if f.writer != nil {
		return fmt.Errorf("trace: %s is open already, want one Start before each Close", f.path)
	}
	var err error
	if f.saved == nil {
		f.writer, err = Create(f.path, f.config)
	} else {
		f.writer, err = resume(f.path, run.Steps(), f.config, f.saved)
	}
	f.run = run
	return err
}

// Observer returns what Run is to be given, in front of observers that may end
// the run and of that of the checkpoints. A step that it does not see leaves a
// gap. Start comes first: without it the run ends with an error.
func (f *File) Observer() tps.Observer {
	if f.writer == nil {
		return tps.EachStep(func(*tps.Chain, tps.Step) error { return f.notOpen() })
	}
	return f.writer.Observer()
}

// Wants is Writer.Wants.
func (f *File) Wants(step int) bool { return f.writer == nil || f.writer.Wants(step) }

// Add is Writer.Add.
func (f *File) Add(step int, values ...float64) error {
	if f.writer == nil {
		return f.notOpen()
	}
	return f.writer.Add(step, values...)
}

// Flush writes the rows that wait.
func (f *File) Flush() error {
	if f.writer == nil {
		return f.notOpen()
	}
	return f.writer.Flush()
}

// Close flushes and closes the file, if it is open. There is an error if rows
// were lost. The last checkpoint is to be made before.
func (f *File) Close() error {
	if f.writer == nil {
		return nil
	}
	err := f.writer.Close()
	f.writer = nil
	return err
}

// MarshalBinary brings the file to the disk and returns its state, as
// tps.Checkpoints needs it.
func (f *File) MarshalBinary() ([]byte, error) {
	if f.writer == nil {
		return nil, f.notOpen()
	}
	if err := f.writer.Sync(); err != nil {
		return nil, err
	}
	w := *f.writer
	if steps := f.run.Steps(); w.step != steps { // a gap up to here
		w.step, w.count, w.sums = steps, 0, make([]float64, len(w.sums))
	}
	return w.MarshalBinary()
}

// UnmarshalBinary keeps a state for Start, which checks it.
func (f *File) UnmarshalBinary(state []byte) error {
	if f.writer != nil {
		return fmt.Errorf("trace: %s is open already, want the checkpoint to be read before Start", f.path)
	}
	f.saved = slices.Clone(state)
	return nil
}

func (f *File) notOpen() error {
	return fmt.Errorf("trace: %s is not open, want a call of Start before", f.path)
}
