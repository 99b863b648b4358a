package slurm

import (
	"errors"
	"io/fs"
)

// requeues counts how often a task was requeued, in a file.
type requeues struct {
	Timeouts    int `json:"timeouts"`
	Preemptions int `json:"preemptions"`
}

// read reads the counts, which are 0 before there is a file.
func (r *requeues) read(path string) error {
	if err := readJSON(path, r); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// add counts one more and replaces the file.
func (r *requeues) add(path string, why reason) error {
	switch why {
	case outOfTime:
		r.Timeouts++
	case preempted:
		r.Preemptions++
	}
	return writeJSON(path, r)
}
