package tps

import "errors"

// ErrStop ends a run without an error when an observer returns it.
var ErrStop = errors.New("tps: stop")

// An Observer is called during Run, after steps. The zero value does nothing.
type Observer struct {
	every int
	// One of the two, as a Step is large to pass on for nothing.
	chain func(*Chain) error
	step  func(*Chain, Step) error
}

// Every returns an observer that calls f after each k-th step, that is
// whenever chain.Steps is a multiple of k. It panics if k is below 1. An
// error from f ends the run.
func Every(k int, f func(chain *Chain) error) Observer {
	if k < 1 {
		panic("tps: Every needs a positive number of steps")
	}
	return Observer{every: k, chain: f}
}

// EachStep returns an observer that calls f with what each step did.
func EachStep(f func(chain *Chain, step Step) error) Observer {
	return Observer{every: 1, step: f}
}

func (o *Observer) observe(c *Chain, step *Step) error {
	switch {
	case o.step != nil:
		return o.step(c, *step)
	case o.chain != nil && (o.every == 1 || c.steps%o.every == 0):
		return o.chain(c)
	}
	return nil
}
