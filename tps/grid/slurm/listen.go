package slurm

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"time"
)

// A listener has a context that ends with the first signal of Slurm.
type listener struct {
	ctx  context.Context
	stop func()

	mu     sync.Mutex
	signal os.Signal
	at     time.Time
}

// listen begins to listen. Signals do not kill the process before stop is
// called: after the first, it has something to save. The end of the parent is
// handed on too, but later, in case that it comes from the same signal, whose
// meaning must not get lost.
func listen(parent context.Context) *listener {
	l := &listener{}
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(parent))
	l.ctx = ctx
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, ending...)
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		end := parent.Done()
		for {
			select {
			case s := <-signals:
				l.receive(s)
				cancel(fmt.Errorf("slurm: the task got the signal %v", s))
			case <-end:
				end = nil
				select {
				case s := <-signals:
					l.receive(s)
				case <-time.After(100 * time.Millisecond):
				case <-done:
				}
				cancel(context.Cause(parent))
			case <-done:
				return
			}
		}
	})
	l.stop = sync.OnceFunc(func() {
		close(done)
		running.Wait()
		signal.Stop(signals)
		cancel(context.Canceled)
	})
	return l
}

func (l *listener) receive(s os.Signal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.signal == nil {
		l.signal, l.at = s, time.Now()
	}
}

// received returns the first signal and when it came.
func (l *listener) received() (s os.Signal, at time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.signal, l.at, l.signal != nil
}
