package workers

import (
	"runtime"
)

// A Doer does work for one goroutine at a time.
type Doer interface {
	// Do does a part of the call in hand: what is numbered from from (included)
	// to to (excluded).
	Do(from, to int)
}

// A Team is the calling goroutine and workers that help it. One goroutine at a
// time may use it. A team that is no longer referred to is closed by the
// garbage collector; so its doers must not refer to it.
type Team struct {
	// Least is how many multiply-adds are worth waking a worker. Tests set it to
	// zero, to have all work shared.
	Least float64

	own  Doer
	crew *crew // nil if the calling goroutine is alone
}

// least is about the number of multiply-adds in 50 µs, ten times what it takes
// to wake a goroutine and to wait for it.
const least = 1 << 21

// NewTeam returns a team of size goroutines, the calling one included. Each
// worker makes its doer when it has work for the first time.
func NewTeam(size int, newDoer func() Doer) *Team {
	t := &Team{Least: least, own: newDoer()}
	if size > 1 {
		t.crew = newCrew(size-1, newDoer)
		runtime.AddCleanup(t, (*crew).close, t.crew)
	}
	return t
}

// Own returns the doer of the calling goroutine.
func (t *Team) Own() Doer { return t.own }

// Parts returns among how many goroutines it pays to share a call that can be
// divided into at most so many parts, and that takes so many multiply-adds.
func (t *Team) Parts(most int, multiplyAdds float64) int {
	if t.crew == nil || t.crew.closed {
		return 1
	}
	most = min(most, len(t.crew.workers)+1)
	if worth := multiplyAdds / t.Least; worth < float64(most) {
		most = int(worth)
	}
	return max(most, 1)
}

// Share has a call done that is numbered from 0 (included) to n (excluded), in
// the given number of parts, at most as many as Parts has said. All parts but
// the last are multiples of unit, and nearly equal. Share returns when all of
// them are done.
func (t *Team) Share(n, parts, unit int) {
	end := func(part int) int {
		if part == parts {
			return n
		}
		return part * n / parts / unit * unit
	}
	for part := 1; part < parts; part++ {
		t.crew.start(part-1, end(part), end(part+1))
	}
	t.own.Do(0, end(1))
	if parts > 1 {
		t.crew.wait()
	}
	// The cleanup closes the crew and must not do so while it works.
	runtime.KeepAlive(t)
}

// Close stops the workers. It may be called more than once, but not during a
// call of Share. Afterwards the calling goroutine does all work alone.
func (t *Team) Close() {
	if t.crew != nil {
		t.crew.close()
	}
}
