package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/trajens/trajens/ensemble/langevin"
)

// A trial is a way to sample.
type trial struct {
	walkers int
	eta     float64 // a share of the largest curvature, 0: no preconditioner
	freeze  bool
}

// String names the trial.
func (t trial) String() string {
	switch {
	case t.eta == 0:
		return fmt.Sprintf("%d walkers, no preconditioner", t.walkers)
	case t.freeze:
		return fmt.Sprintf("%d walkers, η %v h, frozen", t.walkers, t.eta)
	}
	return fmt.Sprintf("%d walkers, η %v h", t.walkers, t.eta)
}

// trials returns all: for each number of walkers first the one without a preconditioner.
func (o *options) trials() (list []trial) {
	for _, walkers := range o.walkers {
		list = append(list, trial{walkers: walkers})
		for _, freeze := range []bool{false, true} {
			for _, eta := range o.etas {
				list = append(list, trial{walkers, eta, freeze})
			}
		}
	}
	return list
}

// frictions are what is tried, in units of the lowest frequency of the posterior. With the
// first, a harmonic direction of that frequency and its square are forgotten equally soon.
var frictions = []float64{0.5, 1, 2, 4, 8, 16}

// try measures a trial: with the largest step that is stable, and of some frictions the one
// with which the slowest direction is the fastest in a run of its own.
func (o *options) try(ctx context.Context, p *problem, r *reference, t trial, stderr io.Writer) (*row, error) {
	x := &row{trial: t, weight: t.eta * r.largest()}
	vectors := t.walkers - 1
	if t.freeze {
		vectors *= o.memory
	}
	largest, smallest, err := r.preconditioned(x.weight, vectors, o.seed)
	if err != nil {
		return nil, err
	}
	x.step = o.share * 2 / math.Sqrt(largest*r.roughness)
	x.share = math.Sqrt(r.largest() / largest)
	x.predicted = x.share * math.Sqrt(smallest/r.curvatures[0])
	pilots, errs := o.measureAll(ctx, p, r, x, len(frictions), o.steps/o.every/3*o.every, func(k int) (float64, uint64) { return frictions[k], 0 })
	slowest := math.Inf(1)
	for k, m := range pilots {
		if err := errs[k]; err != nil {
			fmt.Fprintf(stderr, "%v, friction %v: %v\n", t, frictions[k], err)
			if _, err := x.orUnstable(err); err != nil {
				return nil, err
			}
			x.unstable++
			continue
		}
		fmt.Fprintf(stderr, "%v, friction %v: slowest %.0f, wide %.1f, narrow %.1f\n", t, frictions[k], m.slowest(), m.wide(r), m.narrow(r))
		if s := m.slowest(); s < slowest {
			slowest, x.friction = s, frictions[k]
		}
	}
	switch {
	case x.unstable == len(frictions):
		return x, nil
	case x.friction == 0:
		return nil, fmt.Errorf("no autocorrelation time is finite: -steps %d are too few", o.steps)
	}
	x.failed = ""
	x.runs, errs = o.measureAll(ctx, p, r, x, o.seeds, o.steps, func(k int) (float64, uint64) { return x.friction, uint64(k + 1) })
	if err := errors.Join(errs...); err != nil {
		return x.orUnstable(err)
	}
	x.summarize(r)
	return x, nil
}

// orUnstable returns a row that says so if the error is that the loss is not finite.
func (x *row) orUnstable(err error) (*row, error) {
	if loss := new(langevin.LossError); errors.As(err, &loss) {
		x.failed = fmt.Sprintf("the loss is not finite at step %d", loss.Step)
		return x, nil
	}
	return nil, err
}
