package nn

import "sync"

// A team is a set of goroutines that do tasks. It does not refer to the Losses
// or Gradients that it belongs to, so that these can be collected as garbage
// while they wait.
type team struct {
	workers []*worker
	pending *gate // counts the tasks that are not done
	closed  bool
	once    sync.Once
}

// A worker is what a goroutine of the team is told.
type worker struct {
	posted *gate // 1 while there is a task, or the end
	task   task
	end    bool
}

// A task is a part of a call: of Losses for the samples from (included) to to
// (excluded) of the list, or of Gradients, which says the rest elsewhere.
type task struct {
	dst      [][]float64
	models   [][]float32
	samples  []int
	from, to int
}

// A doer does tasks for one goroutine at a time.
type doer interface{ do(task) }

func newTeam(workers int, newDoer func() doer) *team {
	p := &team{workers: make([]*worker, workers), pending: newGate()}
	for i := range p.workers {
		p.workers[i] = &worker{posted: newGate()}
		go p.workers[i].work(newDoer(), p.pending)
	}
	return p
}

func (w *worker) work(d doer, pending *gate) {
	for {
		w.posted.wait(false)
		if w.end {
			return
		}
		t := w.task
		w.task = task{} // not to keep what the caller owns
		d.do(t)
		w.posted.add(-1)
		pending.add(-1)
	}
}

// start gives a task to a worker, which must have none.
func (p *team) start(i int, t task) {
	p.pending.add(1)
	p.workers[i].task = t
	p.workers[i].posted.add(1)
}

// wait returns when all tasks are done.
func (p *team) wait() { p.pending.wait(true) }

func (p *team) close() {
	p.once.Do(func() {
		p.closed = true
		for _, w := range p.workers {
			w.end = true
			w.posted.add(1)
		}
	})
}
