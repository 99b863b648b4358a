package langevin

import "github.com/trajens/trajens/tps"

// An Observer is called during Run, after steps. The zero value does nothing.
type Observer struct {
	every int
	f     func(*Chain, Step) error
}

// Every returns an observer that calls f after each k-th step, that is whenever
// chain.Steps is a multiple of k. It panics if k is below 1. An error from f ends the
// run, without one if it is tps.ErrStop.
func Every(k int, f func(chain *Chain) error) Observer {
	if k < 1 {
		panic("langevin: Every needs a positive number of steps")
	}
	return Observer{every: k, f: func(chain *Chain, _ Step) error { return f(chain) }}
}

// EachStep returns an observer that calls f with what each step did.
func EachStep(f func(chain *Chain, step Step) error) Observer { return Observer{every: 1, f: f} }

func (o *Observer) observe(c *Chain, step Step) error {
	if o.f == nil || c.state.Steps%o.every != 0 {
		return nil
	}
	return o.f(c, step)
}

// Checkpointing returns an observer that writes checkpoints when they are due. It must be
// the last one of a run, so that the others have seen the step.
//
//	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{Dir: "run"})
//	path, err := checkpoints.Resume(chain)
//	err = chain.Run(ctx, steps, langevin.Checkpointing(checkpoints))
func Checkpointing(checkpoints *tps.Checkpoints) Observer {
	return Every(1, func(chain *Chain) error { return checkpoints.SaveIfDue(chain) })
}
