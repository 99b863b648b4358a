package tps

import (
	"context"
	"fmt"
	"sync"
)

// A ChainError is the error of one of several chains.
type ChainError struct {
	// Chain is the chain, from 0.
	Chain int
	Err   error
}

// Error names the chain.
func (e *ChainError) Error() string { return fmt.Sprintf("chain %d: %v", e.Chain, e.Err) }

// Unwrap returns Err.
func (e *ChainError) Unwrap() error { return e.Err }

// RunAll runs several chains, each in a goroutine of its own and with the
// observers that observers returns for it (nil: none), until each has made the
// given number of steps, those from before included, or has ended early as
// Chain.Run does. The chains share nothing: their losses and tests must be different values. A chain that fails
// does not stop the others. The errors, of which each is a ChainError or nil,
// are in the order of the chains; errors.Join makes one of them.
func RunAll(ctx context.Context, chains []*Chain, steps int, observers func(chain int) []Observer) []error {
	errs := make([]error, len(chains))
	var running sync.WaitGroup
	for k, chain := range chains {
		var list []Observer
		if observers != nil {
			list = observers(k)
		}
		running.Go(func() {
			if err := chain.Run(ctx, steps-chain.steps, list...); err != nil {
				errs[k] = &ChainError{k, err}
			}
		})
	}
	running.Wait()
	return errs
}

// Concatenate returns one trajectory of the models of several, in their order:
// the committee of several chains. The models, which are copied, must have the
// same number of parameters. It is not a sample of one long chain: neighbors
// from different trajectories are not coupled.
func Concatenate(trajectories ...*Trajectory) (*Trajectory, error) {
	if len(trajectories) == 0 {
		return nil, fmt.Errorf("tps: there are no trajectories")
	}
	all := &Trajectory{params: trajectories[0].params}
	for k, t := range trajectories {
		if t.params != all.params {
			return nil, fmt.Errorf("tps: trajectory %d has models of %d parameters, want %d as in the first", k, t.params, all.params)
		}
		all.values = append(all.values, t.values...)
	}
	return all, nil
}
