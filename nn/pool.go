package nn

import "sync"

// A pool is a set of goroutines that compute losses. It does not refer to the
// Losses that it belongs to, so that this can be collected as garbage while
// they wait.
type pool struct {
	workers []chan task
	pending sync.WaitGroup
	closed  bool
	once    sync.Once
}

// A task is a range of samples of a call of Losses.
type task struct {
	dst      [][]float64
	models   [][]float32
	samples  []int
	from, to int
}

func newPool(workers int, newEvaluator func() lossEvaluator) *pool {
	p := &pool{workers: make([]chan task, workers)}
	for i := range p.workers {
		tasks := make(chan task, 1)
		p.workers[i] = tasks
		go work(newEvaluator(), tasks, &p.pending)
	}
	return p
}

func work(e lossEvaluator, tasks <-chan task, pending *sync.WaitGroup) {
	for t := range tasks {
		e.losses(t.dst, t.models, t.samples, t.from, t.to)
		pending.Done()
	}
}

// start gives a task to a worker, which must have none.
func (p *pool) start(worker int, t task) {
	p.pending.Add(1)
	p.workers[worker] <- t
}

// wait returns when all tasks are done.
func (p *pool) wait() { p.pending.Wait() }

func (p *pool) close() {
	p.once.Do(func() {
		p.closed = true
		for _, tasks := range p.workers {
			close(tasks)
		}
	})
}
