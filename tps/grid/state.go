package grid

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A State says how far a run is.
type State string

// The states of a run.
const (
	// Waiting: nobody has had it yet, or it has failed and is to be tried again.
	Waiting State = "waiting"
	// Running: a worker has it.
	Running State = "running"
	// Interrupted: it goes on from its last checkpoint when a worker takes it.
	Interrupted State = "interrupted"
	// Failed: it ended with an error, and is not taken again unless asked for.
	Failed State = "failed"
	// Done: it has a result.
	Done State = "done"
)

// A record is the file state.json: what was last known of a run. That it is done is
// known by its result, that it is running by its lease.
type record struct {
	State    State     `json:"state"`
	Attempt  string    `json:"attempt,omitempty"`
	Attempts int       `json:"attempts"`
	Host     string    `json:"host,omitempty"`
	Process  int       `json:"process,omitempty"`
	Job      string    `json:"job,omitempty"`
	Started  time.Time `json:"started,omitzero"` // the first attempt
	Ended    time.Time `json:"ended,omitzero"`   // the last one, if it was not killed
	Seconds  float64   `json:"seconds"`          // of all attempts that were not killed
	Done     float64   `json:"done,omitempty"`
	Text     string    `json:"text,omitempty"`
	Error    string    `json:"error,omitempty"`
}

// readRecord returns the zero record if there is none, or a damaged one, as a power
// failure may leave.
func readRecord(dir string) (r record, err error) {
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return record{}, nil
	}
	if err != nil {
		return record{}, err
	}
	if json.Unmarshal(text, &r) != nil {
		return record{}, nil
	}
	return r, nil
}

func (r *record) write(dir string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("grid: %w", err)
	}
	return replace(filepath.Join(dir, stateFile), append(text, '\n'))
}

// The names in the directory of a run.
const (
	configFile    = "config.json"
	stateFile     = "state.json"
	leaseFile     = "lease"
	resultFile    = "result.json"
	errorFile     = "error.txt"
	interruptFile = "interrupt"
)

// A published result is the file result.json.
type published struct {
	Attempt string          `json:"attempt"` // which has the traces that belong to it
	Ended   time.Time       `json:"ended"`
	Seconds float64         `json:"seconds"` // of all attempts that were not killed
	Result  json.RawMessage `json:"result"`
}
