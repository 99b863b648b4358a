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

// timed is how long a run of each kind is timed for, after the steps of settling, or
// settlingAtMost if they take longer.
const (
	timed          = time.Second
	settling       = 1000
	settlingAtMost = 3 * time.Second
)

// A cost is what runs take, in seconds of one core.
type cost struct {
	runs  int
	steps float64
	// settled is with steps as they are after the first ones, trained as about a network
	// that is trained: batches grow while the loss falls. Of the perceptron both are one.
	settled, trained span
}

// A span is the time of all runs, and that of the longest one.
type span struct{ seconds, longest float64 }

func (s *span) add(seconds float64) {
	s.seconds += seconds
	s.longest = max(s.longest, seconds)
}

// on returns how many seconds the runs take with a number of them at once.
func (s span) on(jobs int) float64 { return max(s.seconds/float64(jobs), s.longest) }

// estimate times runs of each kind, seeds apart.
func (p *problems) estimate(ctx context.Context, configs []config) (total cost, err error) {
	type times struct{ settled, trained float64 }
	known := make(map[string]times)
	for _, c := range configs {
		kind := c
		kind.Seed = 0
		key := fmt.Sprintf("%+v", kind)
		t, there := known[key]
		if !there {
			if t.settled, t.trained, err = p.times(ctx, c); err != nil {
				return total, err
			}
			known[key] = t
		}
		total.runs++
		total.steps += float64(c.total())
		total.settled.add(t.settled)
		total.trained.add(t.trained)
	}
	return total, nil
}

// times returns how many seconds a run would take if it went on as after its first steps,
// and as it does about a trained network.
func (p *problems) times(ctx context.Context, c config) (settled, trained float64, err error) {
	problem, err := p.get(ctx, c)
	if err != nil {
		return 0, 0, err
	}
	start, err := problem.start(c)
	if err != nil {
		return 0, 0, err
	}
	if settled, err = problem.time(ctx, c, start, settling); err != nil || problem.exact != nil {
		return settled, settled, err
	}
	if start, err = problem.trainedStart(ctx, start); err != nil {
		return 0, 0, err
	}
	trained, err = problem.time(ctx, c, start, 0)
	return settled, trained, err
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

// time returns how many seconds a run would take if it went on as it does from a start,
// after some steps of settling.
func (p *problem) time(ctx context.Context, c config, start *tps.Trajectory, settling int) (seconds float64, err error) {
	chain, losses, err := p.newChain(c, start, 1)
	if err != nil {
		return 0, err
	}
	defer losses.Close()
	plain := c // evaluations are timed apart
	plain.Curve, plain.Votes, plain.LookAt = 0, 0, nil
	m, err := newMeasurement(plain, p, losses)
	if err != nil {
		return 0, err
	}
	// A whole number of measurements, as they are dear for short times.
	interval := min(c.Every*c.Tau, c.total())
	run := func(steps int, atMost time.Duration) (each float64, err error) {
		begin, before := time.Now(), chain.Steps()
		err = chain.Run(ctx, before+steps, tps.Every(1, m.after), tps.Every(interval, func(*tps.Chain) error {
			if time.Since(begin) > atMost {
				return tps.ErrStop
			}
			return nil
		}))
		return time.Since(begin).Seconds() / float64(chain.Steps()-before), err
	}
	if settling = min(settling, c.total()/2); settling > 0 {
		if _, err := run(settling, settlingAtMost); err != nil {
			return 0, err
		}
	}
	each, err := run(c.total()-chain.Steps(), timed)
	if err != nil {
		return 0, err
	}
	seconds = each * float64(c.total())
	if c.Votes+c.Curve > 0 && p.test != nil {
		begin := time.Now()
		if _, err := m.vote(chain, p.tested); err != nil {
			return 0, err
		}
		each := time.Since(begin).Seconds() / float64(p.tested.Len())
		seconds += each * float64(c.Votes*p.test.Len()+len(c.curveSteps())*p.tested.Len())
	}
	return seconds, nil
}

// print says what the runs take on this machine and on a cluster.
func (c *cost) print(w io.Writer, jobs int) {
	fmt.Fprintf(w, "Cost: %d runs, %.3g steps, as they go after the first %d of each kind: ", c.runs, c.steps, settling)
	c.settled.print(w, jobs)
	if c.trained != c.settled {
		fmt.Fprint(w, "Batches grow while the loss falls, most for large s. If all steps were as about a trained network: ")
		c.trained.print(w, jobs)
	}
}

func (s span) print(w io.Writer, jobs int) {
	fmt.Fprintf(w, "%s of one core.\nOn this machine, %d at a time: %s. On a cluster with a core for each run: %s.\n", hours(s.seconds), jobs, hours(s.on(jobs)), hours(s.longest))
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
