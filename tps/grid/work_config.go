package grid

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

const (
	defaultLease = time.Minute
	minLease     = 20 * time.Millisecond
	maxJobs      = 1024
)

// WorkConfig holds the options of Work. The zero value of a field is its default.
type WorkConfig struct {
	// Jobs is how many runs are at work at once, 1 to 1024. They share GOMAXPROCS.
	// 0: 1.
	Jobs int
	// Lease is after how long without a heartbeat others may take a run. It must be
	// much longer than the file system may need for a write. 0: a minute.
	Lease time.Duration
	// Only are the IDs of the runs to take. nil: all.
	Only []string
	// RetryFailed takes runs that have failed, once.
	RetryFailed bool
	// Wait waits for the runs that other workers have, to take them over if these
	// are killed. Else Work ends when there is nothing left to take.
	Wait bool
	// Job is the name of the batch job that this is part of, for people.
	Job string
	// Observer is told what happens, by one goroutine at a time. It must be quick. nil:
	// nobody is.
	Observer func(Event)
}

func (c WorkConfig) withDefaults() (WorkConfig, error) {
	if c.Jobs == 0 {
		c.Jobs = 1
	}
	if c.Jobs < 1 || c.Jobs > maxJobs {
		return c, fmt.Errorf("grid: WorkConfig.Jobs = %d, want 1 to %d", c.Jobs, maxJobs)
	}
	if c.Lease == 0 {
		c.Lease = defaultLease
	}
	if c.Lease < minLease {
		return c, fmt.Errorf("grid: WorkConfig.Lease = %v, want at least %v", c.Lease, minLease)
	}
	if len(c.Job) > 200 {
		return c, fmt.Errorf("grid: WorkConfig.Job has %d bytes, want at most 200", len(c.Job))
	}
	return c, nil
}

// workers returns how many goroutines each of the jobs may keep busy.
func (c WorkConfig) workers() int { return max(1, runtime.GOMAXPROCS(0)/c.Jobs) }

// owner returns this process as the holder of leases.
func (c WorkConfig) owner() holder {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	process := os.Getpid()
	h := holder{Host: host, Process: process, Job: c.Job, Lease: c.Lease}
	if h.Start = processStart(process); h.Start != "" {
		h.Machine = machine()
	}
	return h
}

// A Summary counts what Work has done with runs.
type Summary struct {
	// Done, Failed and Interrupted are those that this Work has brought to an end, to an
	// error, or to an interruption that they have not gone on from.
	Done, Failed, Interrupted int
	// Lost are those that others have taken while it had them.
	Lost int
	// DoneBefore and FailedBefore were so already, or became so by other workers.
	DoneBefore, FailedBefore int
	// Elsewhere are those that other workers had when it ended, Left those that it did
	// not come to.
	Elsewhere, Left int
}
