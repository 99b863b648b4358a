package slurm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/trajens/trajens/internal/atomicfile"
)

// A Submission is a directory with what belongs to some job arrays: their
// scripts, the runs of each task, the logs, and how often a task was requeued.
type Submission struct {
	Dir      string        // its absolute path
	Tasks    [][]string    // the IDs of the runs of each task
	Arrays   []Array       // in the order of their tasks
	Warning  time.Duration // that of the Job
	Timeouts int           // that of the Job
}

// A content is the file that says what a submission is.
type content struct {
	Warning  string     `json:"warning"`
	Timeouts int        `json:"timeouts"`
	Tasks    [][]string `json:"tasks"`
}

// An Array is a job array with some of the tasks of a submission.
type Array struct {
	Script string `json:"script"`        // its absolute path
	First  int    `json:"first"`         // its first task
	Tasks  int    `json:"tasks"`         // how many it has
	Job    string `json:"job,omitempty"` // its number in Slurm, empty before it is submitted
}

// Name is how Slurm calls a task of the array, given the number of the task in
// the submission.
func (a Array) Name(task int) string { return fmt.Sprintf("%s_%d", a.Job, task-a.First) }

// Files and directories of a submission.
const (
	contentFile = "submission.json"
	arraysFile  = "arrays.json"
	logsDir     = "logs"
)

// Split deals runs out to tasks of at most runsPerTask runs each, of nearly the same
// size, neighbors together.
func Split(runs []string, runsPerTask int) ([][]string, error) {
	if runsPerTask < 1 {
		return nil, fmt.Errorf("slurm: there are %d runs a task; there must be at least 1", runsPerTask)
	}
	count := (len(runs) + runsPerTask - 1) / runsPerTask
	tasks := make([][]string, count)
	for k := range tasks {
		tasks[k] = runs[k*len(runs)/count : (k+1)*len(runs)/count]
	}
	return tasks, nil
}

// Create makes a new directory in parent, which it makes if need be, for the
// job arrays that do tasks. The name of the directory is the time. Nothing is
// submitted.
func Create(parent string, job Job, tasks [][]string, maxArraySize int) (*Submission, error) {
	parent, err := filepath.Abs(parent)
	if err != nil {
		return nil, err
	}
	// What is wrong with the job shows before there is a directory.
	if _, err := job.scripts(len(tasks), maxArraySize, filepath.Join(parent, "new")); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	dir, err := makeDir(parent, time.Now())
	if err != nil {
		return nil, err
	}
	scripts, err := job.scripts(len(tasks), maxArraySize, dir)
	if err != nil {
		return nil, err
	}
	job = job.withDefaults()
	s := &Submission{Dir: dir, Tasks: tasks, Warning: job.Warning, Timeouts: job.Timeouts}
	if err := os.Mkdir(filepath.Join(dir, logsDir), 0o777); err != nil {
		return nil, err
	}
	for k, script := range scripts {
		path := filepath.Join(dir, fmt.Sprintf("array-%d.sh", k+1))
		write := func(w io.Writer) error { _, err := io.WriteString(w, script.Text); return err }
		if err := atomicfile.Write(path, write); err != nil {
			return nil, err
		}
		s.Arrays = append(s.Arrays, Array{Script: path, First: script.First, Tasks: script.Tasks})
	}
	if err := writeJSON(filepath.Join(dir, arraysFile), s.Arrays); err != nil {
		return nil, err
	}
	// Comes last: a submission with it is complete.
	return s, writeJSON(filepath.Join(dir, contentFile), content{s.Warning.String(), s.Timeouts, s.Tasks})
}

// makeDir makes a directory whose name is a time, and a number if there is
// another of the same second.
func makeDir(parent string, now time.Time) (string, error) {
	name := now.UTC().Format("20060102-150405")
	for k := 2; ; k++ {
		dir := filepath.Join(parent, name)
		err := os.Mkdir(dir, 0o777)
		if err == nil || !errors.Is(err, fs.ErrExist) || k > 1000 {
			return dir, err
		}
		name = fmt.Sprintf("%s-%d", now.UTC().Format("20060102-150405"), k)
	}
}

// Submit hands the arrays that are not submitted to Slurm. After an error
// those before are submitted, and have their Job.
func (s *Submission) Submit(ctx context.Context) error {
	for k := range s.Arrays {
		array := &s.Arrays[k]
		if array.Job != "" {
			continue
		}
		text, err := os.ReadFile(array.Script)
		if err != nil {
			return err
		}
		answer, err := callFor(ctx, string(text), "sbatch", "--parsable", array.Script)
		if err != nil {
			return fmt.Errorf("array %d of %d is not submitted: %w", k+1, len(s.Arrays), err)
		}
		job, _, _ := strings.Cut(strings.TrimSpace(answer), ";") // the name of a cluster may follow
		array.Job = job
		if err := writeJSON(filepath.Join(s.Dir, arraysFile), s.Arrays); err != nil {
			return fmt.Errorf("array %d of %d is submitted as job %s, but: %w", k+1, len(s.Arrays), job, err)
		}
	}
	return nil
}

// Read reads the submission in a directory.
func Read(dir string) (*Submission, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var c content
	if err := readJSON(filepath.Join(dir, contentFile), &c); err != nil {
		return nil, err
	}
	warning, err := time.ParseDuration(c.Warning)
	if err != nil || warning <= 0 {
		return nil, fmt.Errorf("slurm: %s has the warning %q; it must be a time such as 2m0s", filepath.Join(dir, contentFile), c.Warning)
	}
	s := &Submission{Dir: dir, Tasks: c.Tasks, Warning: warning, Timeouts: c.Timeouts}
	if err := readJSON(filepath.Join(dir, arraysFile), &s.Arrays); err != nil {
		return nil, err
	}
	next := 0
	for _, array := range s.Arrays {
		if array.First != next || array.Tasks < 1 {
			return nil, fmt.Errorf("slurm: %s has an array of %d tasks from task %d on, where task %d comes next", filepath.Join(dir, arraysFile), array.Tasks, array.First, next)
		}
		next += array.Tasks
	}
	if next != len(s.Tasks) {
		return nil, fmt.Errorf("slurm: %s has %d tasks, but the arrays in %s have %d", filepath.Join(dir, contentFile), len(s.Tasks), arraysFile, next)
	}
	return s, nil
}

// ReadAll reads the submissions in a directory, the oldest first. There are none
// if it is not there. What a kill has left half made is left out.
func ReadAll(parent string) ([]*Submission, error) {
	entries, err := os.ReadDir(parent) // in the order of the names
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []*Submission
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		s, err := Read(filepath.Join(parent, entry.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Runs returns the IDs of the runs of a task, given its number from 0.
func (s *Submission) Runs(task int) ([]string, error) {
	if task < 0 || task >= len(s.Tasks) {
		return nil, fmt.Errorf("slurm: there is no task %d in %s; its tasks are 0 to %d", task, s.Dir, len(s.Tasks)-1)
	}
	return s.Tasks[task], nil
}

// record is the path of the file in which a task counts how often it was requeued.
func (s *Submission) record(task int) string {
	return filepath.Join(s.Dir, fmt.Sprintf("task-%d.json", task))
}

// Queued returns the IDs of the runs that a task in the queue has.
func (s *Submission) Queued(queue Queue) []string {
	var runs []string
	for _, array := range s.Arrays {
		for index := range array.Tasks {
			if _, ok := queue.states[place{array.Script, index}]; ok {
				runs = append(runs, s.Tasks[array.First+index]...)
			}
		}
	}
	return runs
}

func writeJSON(path string, value any) error {
	data, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error { _, err := w.Write(append(data, '\n')); return err })
}

func readJSON(path string, value any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("slurm: %s: %w", path, err)
	}
	return nil
}
