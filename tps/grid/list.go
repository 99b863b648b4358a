package grid

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// An Info is what is known of a run.
type Info struct {
	ID    string `json:"id"`
	State State  `json:"state"`
	// Config and Result are JSON; Result is nil unless the run is done.
	Config json.RawMessage `json:"config"`
	Result json.RawMessage `json:"result,omitempty"`
	// Error is the beginning of that of the last attempt; error.txt in Dir has all of it.
	Error string `json:"error,omitempty"`
	// Attempts counts them; Attempt is the name of the last one, or of that which has the
	// result, a directory in Dir.
	Attempts int    `json:"attempts"`
	Attempt  string `json:"attempt,omitempty"`
	// Started is when the first attempt began, Ended when the last one ended, zero if it
	// was killed or is at work. Seconds are those of all attempts that were not killed.
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Seconds float64   `json:"seconds"`
	// Host, Process and Job are who has the run, or had it last, and Heartbeat is
	// the last one, of a run at work.
	Host      string    `json:"host,omitempty"`
	Process   int       `json:"process,omitempty"`
	Job       string    `json:"job,omitempty"`
	Heartbeat time.Time `json:"heartbeat,omitzero"`
	// Done is the share that is done, in [0, 1], and Text what the run said with it. Of a
	// run at work they are those of the last heartbeat.
	Done float64 `json:"done"`
	Text string  `json:"text,omitempty"`
	// Dir is the directory of the run.
	Dir string `json:"dir"`
}

// List returns all runs, in the order in which they were added.
func (g *Grid[C]) List() ([]Info, error) { return list(g.dir, g.clock) }

// List returns the runs in the directory of a grid, of any program. The error is
// fs.ErrNotExist if there is no such directory.
func List(dir string) ([]Info, error) { return list(dir, &diskClock{dir: dir}) }

func list(dir string, clock *diskClock) ([]Info, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("grid: %w", err)
	}
	ids, err := readOrder(dir)
	if err != nil {
		return nil, err
	}
	infos, errs := make([]Info, len(ids)), make([]error, len(ids))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(len(ids), 2*runtime.GOMAXPROCS(0)) { // they wait for the disk, too
		group.Go(func() {
			for k := int(next.Add(1)) - 1; k < len(ids); k = int(next.Add(1)) - 1 {
				infos[k], errs[k] = inspect(filepath.Join(dir, runsDir, ids[k]), ids[k], clock)
			}
		})
	}
	group.Wait()
	there := infos[:0]
	for k, info := range infos {
		switch {
		case errs[k] == nil:
			there = append(there, info)
		case !errors.Is(errs[k], fs.ErrNotExist): // not removed meanwhile
			return nil, fmt.Errorf("grid: %w", errs[k])
		}
	}
	return there, nil
}

// inspect reads the files of a run.
func inspect(dir, id string, clock *diskClock) (Info, error) {
	info := Info{ID: id, State: Waiting, Dir: dir}
	config, err := os.ReadFile(filepath.Join(dir, configFile))
	if err != nil {
		return info, err
	}
	if identify(config) == id {
		info.Config = config
	}
	r, err := readRecord(dir)
	if err != nil {
		return info, err
	}
	if r.State != "" {
		info.State, info.Error = r.State, r.Error
	}
	info.Attempts, info.Attempt = r.Attempts, r.Attempt
	info.Started, info.Ended, info.Seconds = r.Started, r.Ended, r.Seconds
	info.Host, info.Process, info.Job, info.Done, info.Text = r.Host, r.Process, r.Job, r.Done, r.Text
	text, err := os.ReadFile(filepath.Join(dir, resultFile))
	if err == nil {
		var p published
		if err := json.Unmarshal(text, &p); err != nil {
			info.State, info.Error = Failed, fmt.Sprintf("%s is damaged: %v; remove it to do the run again", resultFile, err)
			return info, nil
		}
		info.State, info.Error, info.Done = Done, "", 1
		info.Result, info.Attempt, info.Ended, info.Seconds = p.Result, p.Attempt, p.Ended, p.Seconds
		return info, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return info, err
	}
	h, beat, held, stale, err := judge(dir, clock)
	switch {
	case err != nil:
		return info, err
	case held && !stale:
		info.State, info.Host, info.Process, info.Job, info.Heartbeat = Running, h.Host, h.Process, h.Job, beat
		info.Done, info.Text = h.Done, h.Text
	case info.State == Running || info.State == Done: // killed, or its result was removed
		info.State = Interrupted
	}
	if info.Config == nil {
		info.State, info.Error = Failed, errDamagedConfig.Error()
	}
	return info, nil
}
