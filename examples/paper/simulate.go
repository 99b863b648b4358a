package main

import (
	"context"
	"fmt"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/chain"
	"github.com/trajens/trajens/tps/trace"
)

// traceBytes is how large the trace of a run gets at most.
const traceBytes = 1 << 20

// simulate runs the chain of a config to its end, or until ctx is done: then it saves a
// checkpoint and returns the cause. It goes on from the last checkpoint if there is one.
// The trace has the loss on the minibatches, samples drawn and acceptance, means over
// blocks of steps.
func (p *problems) simulate(ctx context.Context, run *grid.Run, c config, observers ...tps.Observer) (*result, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	problem, err := p.get(ctx, c)
	if err != nil {
		return nil, err
	}
	start, err := problem.start(c)
	if err != nil {
		return nil, err
	}
	sampled, losses, err := problem.newChain(c, start, run.Workers())
	if err != nil {
		return nil, err
	}
	defer losses.Close()
	m, err := newMeasurement(c, problem, losses)
	if err != nil {
		return nil, err
	}
	columns := []trace.Column{trace.Loss(), trace.Batch(), trace.Acceptance()}
	every, err := trace.Interval(c.total(), columns, traceBytes)
	if err != nil {
		return nil, err
	}
	// What there is to do before the first step. A checkpoint has it, too.
	if err := m.after(sampled); err != nil {
		return nil, err
	}
	err = chain.Run(ctx, run, sampled, chain.Config{
		Steps: c.total(),
		Parts: []tps.Part{cli.Part("measurement", &m.state)},
		Trace: trace.Config{
			Columns: columns, Every: every, Average: true,
			OnError: func(err error) error {
				fmt.Fprintf(run.Log(), "%v; the run goes on\n", err)
				return nil
			},
		},
		Observers: append([]tps.Observer{tps.Every(1, m.after)}, observers...),
	})
	if err != nil {
		return nil, err
	}
	return m.result(sampled), nil
}
