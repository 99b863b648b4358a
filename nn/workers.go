package nn

import "sync"

// A team is a set of goroutines that compute losses. It does not refer to the
// Losses that it belongs to, so that this can be collected as garbage while
// they wait.
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

// A task is a range of samples of a call of Losses.
type task struct {
	dst      [][]float64
	models   [][]float32
	samples  []int
	from, to int
}

func newTeam(workers int, newEvaluator func() lossEvaluator) *team {
	p := &team{workers: make([]*worker, workers), pending: newGate()}
	for i := range p.workers {
		p.workers[i] = &worker{posted: newGate()}
		go p.workers[i].work(newEvaluator(), p.pending)
	}
	return p
}

func (w *worker) work(e lossEvaluator, pending *gate) {
	for {
		w.posted.wait(false)
		if w.end {
			return
		}
		t := w.task
		w.task = task{} // not to keep what the caller owns
		e.losses(t.dst, t.models, t.samples, t.from, t.to)
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
