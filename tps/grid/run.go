package grid

import (
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A Run is one configuration at work. Its methods may be called by several goroutines
// at once.
type Run struct {
	id      string
	dir     string
	workers int
	log     logFile

	mu     sync.Mutex
	done   float64
	text   string
	told   time.Time // when the observer was
	notify func(done float64, text string)
}

// ID returns the name of the run: the first 16 hex digits of the SHA-256 of its
// canonical configuration.
func (r *Run) ID() string { return r.id }

// Dir returns the directory of this attempt, which nobody else writes to. What is in
// it stays, but a later attempt does not have it.
func (r *Run) Dir() string { return r.dir }

// Checkpoints returns a directory in Dir for checkpoints, those of tps.Checkpoints or
// others, and for files that belong to them. A later attempt begins with a copy of it,
// and so has this one if there was an attempt before: without files whose name begins
// with a dot, and without damaged checkpoints of package tps.
func (r *Run) Checkpoints() string { return filepath.Join(r.dir, checkpointsDir) }

// Workers returns how many goroutines the run may keep busy, at least 1: an equal
// share of GOMAXPROCS. The result must not depend on it.
func (r *Run) Workers() int { return r.workers }

// Log returns the run's log, the file log in Dir.
func (r *Run) Log() io.Writer { return &r.log }

// Progress says how far the run is: a share in [0, 1], and a short text such as "loss
// 0.41". It is cheap and may be called often.
func (r *Run) Progress(done float64, text string) {
	if !(done >= 0) {
		done = 0
	}
	done = min(done, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done, r.text = done, text
	if r.notify == nil {
		return
	}
	if now := time.Now(); now.Sub(r.told) >= notifyInterval {
		r.told = now
		r.notify(done, text)
	}
}

// notifyInterval is the least time between two Progressed events of a run.
const notifyInterval = 100 * time.Millisecond

func (r *Run) progress() (done float64, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done, r.text
}

// A logFile is opened when something is written, as most short runs write nothing.
type logFile struct {
	path string
	mu   sync.Mutex
	file *os.File
}

// Write appends to the file.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
		if err != nil {
			return 0, err
		}
		l.file = file
	}
	return l.file.Write(p)
}

func (l *logFile) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
}
