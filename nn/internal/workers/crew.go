package workers

import "sync"

// A crew is the workers of a team. It does not refer to the team, so that this
// can be collected as garbage while they wait.
type crew struct {
	workers []*worker
	pending *latch // counts the parts that are not done
	closed  bool
	once    sync.Once
}

// A worker is what a goroutine of the crew is told.
type worker struct {
	posted   *latch // 1 while there is a part to do, or the end
	from, to int
	end      bool
}

func newCrew(size int, newDoer func() Doer) *crew {
	c := &crew{workers: make([]*worker, size), pending: newLatch()}
	for i := range c.workers {
		c.workers[i] = &worker{posted: newLatch()}
		go c.workers[i].work(newDoer, c.pending)
	}
	return c
}

func (w *worker) work(newDoer func() Doer, pending *latch) {
	var doer Doer
	for {
		w.posted.wait(false)
		if w.end {
			return
		}
		if doer == nil {
			doer = newDoer()
		}
		doer.Do(w.from, w.to)
		w.posted.add(-1)
		pending.add(-1)
	}
}

// start gives a part to a worker, which must have none.
func (c *crew) start(i, from, to int) {
	c.pending.add(1)
	w := c.workers[i]
	w.from, w.to = from, to
	w.posted.add(1)
}

// wait returns when all parts are done.
func (c *crew) wait() { c.pending.wait(true) }

func (c *crew) close() {
	c.once.Do(func() {
		c.closed = true
		for _, w := range c.workers {
			w.end = true
			w.posted.add(1)
		}
	})
}
