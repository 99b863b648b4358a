package grid

import "encoding/json"

// An EventKind says what an Event is.
type EventKind int

// The kinds of events.
const (
	// Began is the first event of Work: Runs is how many runs there are.
	Began EventKind = iota
	// Skipped: a run is done, or has failed before, or another worker has it
	// (Running), as State says.
	Skipped
	// Started: a run begins, or goes on.
	Started
	// Progressed: Done and Text are new.
	Progressed
	// Ended: a run has ended and is State now, with Err if it failed or was interrupted.
	// It is Running if another worker has taken it.
	Ended
)

// An Event is what a WorkConfig's Observer is told.
type Event struct {
	Kind EventKind
	// Runs is the number of runs (Began).
	Runs int
	// Slot is the job of this Work that the event is of, from 0.
	Slot int
	// ID is the run, Config its configuration (Started).
	ID     string
	Config json.RawMessage
	State  State
	// Done is the share of the run, in [0, 1], and Text what it said with it.
	Done float64
	Text string
	Err  error
}
