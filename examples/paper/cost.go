package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
)

// timed is how long a run of each kind is timed for, at each of its starts. The second
// half counts.
const timed = time.Second

// A cost is what runs take, in seconds of one core.
type cost struct {
	runs  int
	steps float64
	// Steps as they are at the beginning, and as they are about a trained network, where
	// batches are larger.
	first, trained span
}

// A span is the time of all runs, and that of the longest one.
type span struct{ seconds, longest float64 }

func (s *span) add(seconds float64) {
	s.seconds += seconds
	s.longest = max(s.longest, seconds)
}

// on returns how many seconds the runs take with a number of them at once.
func (s span) on(jobs int) float64 { return max(s.seconds/float64(jobs), s.longest) }

// estimate times runs of each kind, seeds apart, from the start of the run and from a
// trained network.
func (p *problems) estimate(ctx context.Context, configs []config) (total cost, err error) {
	known := make(map[string][2]float64)
	for _, c := range configs {
		kind := c
		kind.Seed = 0
		key := fmt.Sprintf("%+v", kind)
		seconds, there := known[key]
		if !there {
			if seconds, err = p.timeBoth(ctx, c); err != nil {
				return total, err
			}
			known[key] = seconds
		}
		total.runs++
		total.steps += float64(c.total())
		total.first.add(seconds[0])
		total.trained.add(seconds[1])
	}
	return total, nil
}

// timeBoth returns how many seconds a run would take if all of its steps were as the first
// ones, and if they were as about a trained network.
func (p *problems) timeBoth(ctx context.Context, c config) (seconds [2]float64, err error) {
	problem, err := p.get(ctx, c)
	if err != nil {
		return seconds, err
	}
	start, err := problem.start(c)
	if err != nil {
		return seconds, err
	}
	if seconds[0], err = problem.time(ctx, c, start); err != nil {
		return seconds, err
	}
	trained, err := problem.trainedStart(ctx, start)
	if err != nil {
		return seconds, err
	}
	seconds[1], err = problem.time(ctx, c, trained)
	return seconds, err
}

// trainedStart returns the trajectory of copies of one network, the first model of start
// after an epoch of gradient descent.
func (p *problem) trainedStart(ctx context.Context, start *tps.Trajectory) (*tps.Trajectory, error) {
	if p.trained == nil {
		gradients, err := nn.NewGradients(p.net, p.train, p.loss, nn.Config{})
		if err != nil {
			return nil, err
		}
		defer gradients.Close()
		network := slices.Clone(start.Model(0))
		if _, err := descent.Run(ctx, network, gradients, descent.Config{Epochs: 1}); err != nil {
			return nil, err
		}
		p.trained = network
	}
	return tps.RandomWalk(start.Len(), p.trained, 0, random.Source(dataSeed))
}

// time returns how many seconds a run would take if it went on as it does from a start.
func (problem *problem) time(ctx context.Context, c config, start *tps.Trajectory) (seconds float64, err error) {
	chain, losses, err := problem.newChain(c, start, 1)
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
	fmt.Fprintf(w, "Cost: %d runs, %.3g steps. As long as batches are as at the beginning, %s of one core.\n",
		c.runs, c.steps, hours(c.first.seconds))
	fmt.Fprintf(w, "On this machine, %d at a time: %s. On a cluster with a core for each run: %s.\n", jobs, hours(c.first.on(jobs)), hours(c.first.longest))
	fmt.Fprintf(w, "Batches grow while the loss falls. About a trained network, where runs of large s come to, it is %s of one core,\n%s on this machine and %s on a cluster.\n",
		hours(c.trained.seconds), hours(c.trained.on(jobs)), hours(c.trained.longest))
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
