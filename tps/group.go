package tps

import (
	"context"
	"errors"
	"fmt"
	"reflect"
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
// observers that observers returns for it (nil: none), until each has made
// total steps in its life or has ended early, as Chain.Run says. A chain that
// fails does not stop the others. The errors, of which each is a ChainError or
// nil, are in the order of the chains; errors.Join makes one of them.
//
// No chain runs if RunAll sees that two would get in each other's way: if they
// are the same chain, or share a source of random numbers, a test without
// Clone, or losses that do not say by a method Concurrent() bool that several
// goroutines may use them. The error is that of the later chain.
func RunAll(ctx context.Context, chains []*Chain, total int, observers func(chain int) []Observer) []error {
	errs := make([]error, len(chains))
	refused := false
	for k := range chains {
		if err := checkApart(chains, k, true); err != nil {
			errs[k], refused = &ChainError{k, err}, true
		}
	}
	if refused {
		return errs
	}
	runAtOnce(ctx, chains, total, observersOf(chains, observers), errs)
	return errs
}

// observersOf returns the observers of each chain.
func observersOf(chains []*Chain, observers func(chain int) []Observer) [][]Observer {
	lists := make([][]Observer, len(chains))
	if observers != nil {
		for k := range lists {
			lists[k] = observers(k)
		}
	}
	return lists
}

// runAtOnce runs each chain in a goroutine of its own, and writes their errors.
func runAtOnce(ctx context.Context, chains []*Chain, total int, observers [][]Observer, errs []error) {
	var running sync.WaitGroup
	for k := range chains {
		running.Go(func() { runOne(ctx, chains, k, total, observers, errs) })
	}
	running.Wait()
}

// runOne runs the k-th chain.
func runOne(ctx context.Context, chains []*Chain, k, total int, observers [][]Observer, errs []error) {
	errs[k] = nil
	if err := chains[k].Run(ctx, total, observers[k]...); err != nil {
		errs[k] = &ChainError{k, err}
	}
}

// checkApart returns an error if the k-th chain shares with those before it what two
// chains cannot share, or, if they are to run at the same time, what two goroutines
// cannot use at once.
func checkApart(chains []*Chain, k int, atOnce bool) error {
	chain := chains[k]
	if chain == nil {
		return errNoChain
	}
	for earlier, other := range chains[:k] {
		shared := ""
		switch {
		case other == nil:
			continue
		case chain == other:
			return fmt.Errorf("tps: it is the same chain as chain %d", earlier)
		case sameState(chain.source, other.source):
			shared = "source of random numbers"
		case sameState(chain.test, other.test):
			shared = "acceptance test"
		case atOnce && shareLosses(chain, other):
			shared = "losses"
		default:
			continue
		}
		return fmt.Errorf("tps: it has the same %s as chain %d: two goroutines would use them at once", shared, earlier)
	}
	return nil
}

// shareLosses says whether two chains use the same losses, which are for one goroutine.
func shareLosses(a, b *Chain) bool {
	for _, l := range a.allLosses() {
		for _, m := range b.allLosses() {
			if sameState(l, m) && !concurrent(l) {
				return true
			}
		}
	}
	return false
}

// allLosses returns those that the goroutines of a chain use.
func (c *Chain) allLosses() []Losses {
	if c.sweep == nil {
		return []Losses{c.comparison.losses}
	}
	var all []Losses
	for _, w := range c.sweep.workers {
		all = append(all, w.losses)
	}
	return all
}

// concurrent says whether losses are for several goroutines.
func concurrent(losses Losses) bool {
	c, ok := losses.(interface{ Concurrent() bool })
	return ok && c.Concurrent()
}

// sameState says whether two values share memory, as far as one sees from the
// values: they are equal, and are or hold pointers to something.
func sameState(a, b any) bool {
	t := reflect.TypeOf(a)
	return t == reflect.TypeOf(b) && t.Comparable() && holdsPointer(t) && equal(a, b)
}

// equal is a == b, false where that panics.
func equal(a, b any) (same bool) {
	defer func() { _ = recover() }() // an interface in a struct holds a slice or the like
	return a == b
}

// holdsPointer says whether values of a type point to memory that is not empty.
func holdsPointer(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer:
		return t.Elem().Size() > 0
	case reflect.Chan, reflect.Interface, reflect.UnsafePointer:
		return true
	case reflect.Array:
		return t.Len() > 0 && holdsPointer(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsPointer(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

var errNoChain = errors.New("tps: the chain is nil")

// Concatenate returns one trajectory of the models of several, in their order:
// the committee of several chains. The models, which are copied, must have the
// same number of parameters. The result is no sample of one long chain: neighbors
// from different trajectories are not coupled.
func Concatenate(trajectories ...*Trajectory) (*Trajectory, error) {
	if len(trajectories) == 0 {
		return nil, fmt.Errorf("tps: there are no trajectories")
	}
	all := new(Trajectory)
	for k, t := range trajectories {
		if t == nil {
			return nil, fmt.Errorf("tps: trajectory %d is nil", k)
		}
		if k == 0 {
			all.params = t.params
		}
		if t.params != all.params {
			return nil, fmt.Errorf("tps: trajectory %d has models of %d parameters, want %d as in the first", k, t.params, all.params)
		}
		all.values = append(all.values, t.values...)
	}
	return all, nil
}
