package tps

import "errors"

// ErrStop ends a run without an error when an observer returns it.
var ErrStop = errors.New("tps: stop")

// An Observer is called during Run, after steps. The zero value does nothing.
type Observer struct {
	every   int
	perStep func(*Chain, Step) error
}

// Every returns an observer that calls f after each k-th step, that is
// whenever chain.Steps is a multiple of k. It panics if k is below 1. An
// error from f ends the run.
func Every(k int, f func(chain *Chain) error) Observer {
	if k < 1 {
		panic("tps: Every needs a positive number of steps")
	}
	return Observer{k, func(c *Chain, _ Step) error { return f(c) }}
}

// EachStep returns an observer that calls f with what each step did.
func EachStep(f func(chain *Chain, step Step) error) Observer {
	return Observer{1, f}
}

func (o *Observer) observe(c *Chain, step Step) error {
	if o.perStep == nil || (o.every > 1 && c.steps%o.every != 0) {
		return nil
	}
	return o.perStep(c, step)
}
