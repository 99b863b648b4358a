package workers

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A latch is a number that goroutines change and one goroutine waits for. For
// a short time it waits awake: to be woken takes longer than a small task.
type latch struct {
	value  atomic.Int32
	asleep atomic.Bool
	wake   chan struct{} // holds at most one token, which may be a stale one
}

// awake is how long to wait awake: some steps of a chain, between the calls
// of which little is done.
const awake = 100 * time.Microsecond

func newLatch() *latch { return &latch{wake: make(chan struct{}, 1)} }

// add changes the number.
func (l *latch) add(delta int32) {
	l.value.Add(delta)
	if l.asleep.Load() {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// wait returns when the number is zero, or is not.
func (l *latch) wait(zero bool) {
	ready := func() bool { return (l.value.Load() == 0) == zero }
	if runtime.GOMAXPROCS(0) > 1 {
		for start := time.Now(); time.Since(start) < awake; {
			for range 200 {
				if ready() {
					return
				}
			}
			runtime.Gosched() // others may have work for this processor
		}
	}
	for {
		// Who changes the number looks at asleep after, so that one of the
		// two sees what the other did.
		l.asleep.Store(true)
		if ready() {
			l.asleep.Store(false)
			return
		}
		<-l.wake
		l.asleep.Store(false)
	}
}
