package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/trajens/trajens/tps"
)

// timed is how long a run of each kind is timed for. The second half counts: batches grow
// while the loss falls.
const timed = time.Second

// A cost is what runs take, in seconds of one core.
type cost struct {
	runs    int
	steps   float64
	seconds float64
	longest float64 // of one run
}

// add counts a run.
func (c *cost) add(steps int, seconds float64) {
	c.runs++
	c.steps += float64(steps)
	c.seconds += seconds
	c.longest = max(c.longest, seconds)
}

// on returns how many seconds the runs take with a number of them at once.
func (c *cost) on(jobs int) float64 { return max(c.seconds/float64(jobs), c.longest) }

// estimate times the beginning of a run of each kind, seeds apart.
func (p *problems) estimate(ctx context.Context, configs []config) (total cost, err error) {
	known := make(map[string]float64)
	for _, c := range configs {
		kind := c
		kind.Seed = 0
		key := fmt.Sprintf("%+v", kind)
		if _, there := known[key]; !there {
			if known[key], err = p.time(ctx, c); err != nil {
				return total, err
			}
		}
		total.add(c.total(), known[key])
	}
	return total, nil
}

// time returns how many seconds a run would take if it went on as it begins.
func (p *problems) time(ctx context.Context, c config) (seconds float64, err error) {
	problem, err := p.get(ctx, c)
	if err != nil {
		return 0, err
	}
	chain, losses, err := problem.newChain(c, 1)
	if err != nil {
		return 0, err
	}
	defer losses.Close()
	plain := c // evaluations are timed apart
	plain.Curve, plain.Votes, plain.LookAt = 0, 0, nil
	m, err := newMeasurement(plain, problem, losses)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	half, halfSteps := begin, 0
	// A whole number of measurements, as they are dear for short times.
	until := tps.Every(min(c.Every*c.Tau, c.total()), func(chain *tps.Chain) error {
		now := time.Now()
		if now.Sub(begin) > timed {
			return tps.ErrStop
		}
		if now.Sub(begin) < timed/2 {
			half, halfSteps = now, chain.Steps()
		}
		return nil
	})
	if err := chain.Run(ctx, c.total(), tps.Every(1, m.after), until); err != nil {
		return 0, err
	}
	steps := chain.Steps() - halfSteps
	if steps == 0 { // it was over in the first half
		half, steps = begin, chain.Steps()
	}
	seconds = time.Since(half).Seconds() / float64(steps) * float64(c.total())
	if c.Votes+c.Curve > 0 && problem.test != nil {
		begin := time.Now()
		if _, err := m.vote(chain, problem.tested); err != nil {
			return 0, err
		}
		each := time.Since(begin).Seconds() / float64(problem.tested.Len())
		seconds += each * float64(c.Votes*problem.test.Len()+len(c.curveSteps())*problem.tested.Len())
	}
	return seconds, nil
}

// print says what the runs take on this machine and on a cluster.
func (c *cost) print(w io.Writer, jobs int) {
	fmt.Fprintf(w, "Cost, as the first second of each kind of run goes: %d runs, %.3g steps, %s of one core.\n",
		c.runs, c.steps, hours(c.seconds))
	fmt.Fprintf(w, "On this machine, %d at a time: %s. On a cluster with a core for each run: %s.\n", jobs, hours(c.on(jobs)), hours(c.longest))
	fmt.Fprintln(w, "It is more where batches grow while the loss falls, as those of large s do.")
}

// hours writes a time for people.
func hours(seconds float64) string {
	switch {
	case seconds >= 48*3600:
		return fmt.Sprintf("%.3g days", seconds/86400)
	case seconds >= 2*3600:
		return fmt.Sprintf("%.3g hours", seconds/3600)
	case seconds >= 120:
		return fmt.Sprintf("%.3g minutes", seconds/60)
	}
	return fmt.Sprintf("%.2g seconds", seconds)
}
