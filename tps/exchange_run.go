package tps

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Run makes steps, and rounds of swaps between them, until each chain has made total
// steps in its life: see Chain.Run. observers, if it is not nil, is called once for
// each chain, and returns the observers of its steps, which are not to look at the
// other chains. They see the chain after a step, before it swaps.
//
// Run returns early when the context is done, with the context's cause; when a chain
// fails or one of its observers does, with a ChainError; when AfterRound or a swap
// fails, with that error; and without one if an observer or AfterRound has returned
// ErrStop. Other chains may be up to Every steps ahead then. The next Run goes on from
// there, and comes to the same as a run that was not interrupted, bit for bit.
func (x *Exchange) Run(ctx context.Context, total int, observers func(chain int) []Observer) error {
	if ctx == nil {
		return errNoContext
	}
	if err := x.checkTotal(total); err != nil {
		return err
	}
	lists := x.observersOf(observers)
	for x.steps < total {
		target := min(total, x.end())
		if err := x.runTo(ctx, target, lists); err != nil || slices.Contains(x.stopped, true) {
			return err
		}
		if target < x.end() {
			x.steps = target
			break
		}
		if err := x.round(); err != nil {
			return err
		}
		x.steps = target
		if x.config.AfterRound != nil {
			if err := x.config.AfterRound(x); errors.Is(err, ErrStop) {
				return nil
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// end returns the steps at which the next round of swaps is.
func (x *Exchange) end() int { return x.config.end(x.steps) }

func (c *ExchangeConfig) end(steps int) int { return (steps/c.Every + 1) * c.Every }

// checkTotal returns an error if the chains cannot go on to a total.
func (x *Exchange) checkTotal(total int) error {
	for k, chain := range x.chains {
		err := checkConstant(chain)
		switch {
		case err != nil:
		case chain.S() != x.tilts[k]:
			err = fmt.Errorf("tps: s = %v, want %v, with which the Exchange was made", chain.S(), x.tilts[k])
		case chain.steps < x.steps || chain.steps > x.end():
			err = fmt.Errorf("tps: it has made %d steps, want %d to %d: a chain of an Exchange is run by nothing else", chain.steps, x.steps, x.end())
		case total < chain.steps:
			err = fmt.Errorf("tps: total = %d, want at least the %d steps that the chain has made", total, chain.steps)
		}
		if err != nil {
			return &ChainError{k, err}
		}
	}
	return nil
}

// observersOf returns the observers of each chain, which take note of ErrStop.
func (x *Exchange) observersOf(observers func(chain int) []Observer) [][]Observer {
	clear(x.stopped)
	lists := observersOf(x.chains, observers)
	for k, list := range lists {
		lists[k] = make([]Observer, len(list))
		stopping := func(err error) error {
			x.stopped[k] = x.stopped[k] || errors.Is(err, ErrStop)
			return err
		}
		for i, o := range list {
			lists[k][i] = o
			if o.chain != nil {
				lists[k][i].chain = func(c *Chain) error { return stopping(o.chain(c)) }
			}
			if o.step != nil {
				lists[k][i].step = func(c *Chain, step Step) error { return stopping(o.step(c, step)) }
			}
		}
	}
	return lists
}

// runTo runs the chains until each has made target steps, or has ended early. The
// chains do not depend on one another.
func (x *Exchange) runTo(ctx context.Context, target int, observers [][]Observer) error {
	if x.atOnce {
		runAtOnce(ctx, x.chains, target, observers, x.errs)
	} else {
		for k := range x.chains {
			runOne(ctx, x.chains, k, target, observers, x.errs)
		}
	}
	// What is the same for all chains is said once.
	var failures []error
	var cause error
	for _, err := range x.errs {
		if err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
			cause = context.Cause(ctx)
		} else if err != nil {
			failures = append(failures, err)
		}
	}
	if failures == nil {
		return cause
	}
	return errors.Join(append(failures, cause)...)
}

// round makes a round of swaps, or the rest of one that has failed.
func (x *Exchange) round() error {
	pairs := len(x.pairs)
	for x.next < pairs {
		if err := x.swap(x.next); err != nil {
			return fmt.Errorf("%w (swap of chains %d and %d)", err, x.order[x.next], x.order[x.next+1])
		}
		x.next += 2
	}
	x.rounds++
	x.next = x.firstPair()
	return nil
}

// firstPair returns the first pair of a round: even and odd pairs swap by turns, a
// single one always.
func (x *Exchange) firstPair() int { return x.rounds % min(2, len(x.pairs)) }

// swap lets the chains of a pair swap their states, or not. It does not allocate.
func (x *Exchange) swap(pair int) error {
	low, high := x.pair(pair)
	tilt := high.S() - low.S()
	p := &x.proposal
	p.begin(high.current, low.current, tilt, x.source)
	if !x.samePath[pair] {
		back := &Proposal{Current: low.current, Proposed: high.current, Width: p.Width}
		lowPath, highPath := low.config.path(), high.config.path()
		p.Known = highPath.LogRatio(p) + lowPath.LogRatio(back)
	}
	if err := p.check(); err != nil {
		return err
	}
	c := x.comparison
	c.losses = high.comparison.losses
	c.references = x.near.use(high.comparison.references)
	c.set(p, high.times, p.Known)
	decision, err := x.tests[pair].Decide(c, p.S, x.source)
	if err != nil {
		return err
	}

	// The models have new estimates of their losses, whether they stay or not.
	if c.count > 0 {
		for k, t := range c.times {
			high.loss[t] = c.sums[oldRow(k)] / float64(c.count)
			low.loss[t] = c.sums[newRow(k)] / float64(c.count)
		}
	}
	if decision.Accepted {
		low.swapState(high)
		x.replicas.swap(pair)
	}
	x.pairs[pair].count(&decision, len(c.times))
	return nil
}

// swapState swaps the trajectories of two chains, and what is known of their models.
func (c *Chain) swapState(other *Chain) {
	a, b := c.current.values, other.current.values
	for i, v := range a {
		a[i], b[i] = b[i], v
	}
	copy(c.proposed.values, a)
	copy(other.proposed.values, b)
	for t, loss := range c.loss {
		c.loss[t], other.loss[t] = other.loss[t], loss
	}
	swapReferences(c.comparison.references, other.comparison.references)
	for t := range c.loss {
		swapReferences(c.slotReferences(t), other.slotReferences(t))
	}
}

// slotReferences returns those that the sweeps of a chain have for the model at a time,
// nil if it does not sweep or has no use for them.
func (c *Chain) slotReferences(t int) *references {
	if c.sweep == nil {
		return nil
	}
	return c.sweep.slots[t].comparison.references
}

// use makes r have the references of a chain, for its own comparisons: it does not learn
// from them, and makes none. It returns r, or nil if the chain has no use for references.
func (r *references) use(of *references) *references {
	if of == nil {
		return nil
	}
	r.losses, r.slopes, r.of = of.losses, of.slopes, of.of
	return r
}

// swapReferences swaps the references of two chains, with what they have cost so far,
// as they are near the models that are swapped. Where one chain cannot use those of the
// other, it gives up its own: far from its models, they would be exact but of no use.
func swapReferences(a, b *references) {
	if a != nil && b != nil && (a.slopes == nil) == (b.slopes == nil) {
		for t := range a.of {
			a.of[t], b.of[t] = b.of[t], a.of[t]
		}
		return
	}
	for _, r := range [2]*references{a, b} {
		if r == nil {
			continue
		}
		for t := range r.of {
			r.of[t].live = false
		}
	}
}
