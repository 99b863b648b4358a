package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps"
)

// addWalkers adds the flags of the ensemble quasi-Newton method.
func (o *options) addWalkers(flags *flag.FlagSet) {
	flags.IntVar(&o.walkers, "walkers", 0, "with -sampler baoab, `number` of chains from one network that precondition each other by their\ncovariance, at least 3 (0: none do)")
	flags.Float64Var(&o.eta, "eta", 0.1, "with -walkers, weight η of the covariance C: preconditioned by (1 + ηC)^½ (0: not at all)")
	flags.IntVar(&o.groups, "groups", 0, "with -walkers, `number` of groups that take turns, while the others rest; walkers of a group move\nat the same time (0: each is a group)")
	flags.IntVar(&o.every, "every", 100, "with -walkers, `number` of steps of a turn")
	flags.IntVar(&o.freeze, "freeze", 0, "with -walkers, `step` of the burn-in from which on the covariances stay as they are; until then\nthey are over the last 16 turns of all others (0: they are those of where the others are, always)")
}

// groupCount returns how many groups of walkers there are.
func (o *options) groupCount() int { return cmp.Or(o.groups, o.walkers) }

// checkWalkers covers what walkers ask for.
func (o *options) checkWalkers() error {
	if !cli.Given(o.flags, "walkers") || o.walkers == 0 {
		return nil
	}
	if _, err := langevin.NewWalkers(o.walkersConfig(langevin.Config{Sampler: o.method.make(o, o.step, o.friction)}), anyModel{}); err != nil {
		return cli.Usagef("-walkers %d: %s", o.walkers, strings.TrimPrefix(err.Error(), "langevin: "))
	}
	switch all := o.burnIn + o.steps; {
	case cli.Given(o.flags, "chains"):
		return cli.Usagef("-chains: walkers are chains of one ensemble already, of which -walkers is the number")
	case all%o.every != 0:
		return cli.Usagef("-every %d: want a divisor of -burnin and -steps together, %d: turns are not to be divided", o.every, all)
	case o.freeze > o.burnIn:
		return cli.Usagef("-freeze %d: want at most -burnin, %d: what is drawn before is not right", o.freeze, o.burnIn)
	}
	return nil
}

// walkersConfig returns the configuration of walkers with that of each.
func (o *options) walkersConfig(c langevin.Config) langevin.WalkersConfig {
	w := langevin.WalkersConfig{Config: c, Walkers: o.walkers, Groups: o.groups, Eta: o.eta, Every: o.every, Freeze: o.freeze}
	if o.eta == 0 {
		w.Eta = -1
	}
	return w
}

// ensembleCurvature returns by how much the preconditioner makes the largest curvature larger, at
// most. For a normal distribution B H B is H + ηW/β in coordinates in which that is round, W
// being the covariance of as many vectors of white noise as walkers rest, with a largest
// eigenvalue of about (1 + √(P/m))² (Marchenko and Pastur 1967; m is one less than the number
// of vectors).
func (o *options) ensembleCurvature(params int) float64 {
	group := (o.walkers + o.groupCount() - 1) / o.groupCount()
	root := 1 + math.Sqrt(float64(params)/float64(o.walkers-group-1))
	return o.eta / o.beta * root * root
}

// anyModel is a langevin.Gradient that is never asked for one.
type anyModel struct{}

// Samples returns 1.
func (anyModel) Samples() int { return 1 }

// Params returns 1.
func (anyModel) Params() int { return 1 }

// Gradient returns 0.
func (anyModel) Gradient(dst, params []float32, samples []int) float64 { return 0 }

// runWalkers trains one network, and lets all walkers begin there.
func (w *walk) runWalkers(ctx context.Context) error {
	saver := w.savers[0]
	start, err := w.startOf(ctx, 0, w.gradients[0], saver)
	if err != nil {
		return err
	}
	curvature, err := w.curvature(ctx, w.gradients[0], start, 0)
	if err != nil {
		return err
	}
	config := w.walkersConfig(w.config(0, start, w.problem.train.Len(), curvature))
	walkers, err := langevin.NewWalkers(config, w.lanes()...)
	if err != nil {
		return err
	}
	var parts []tps.Part
	for k, c := range w.chains {
		c.Chain = walkers.Chains()[k]
		more, err := w.parts(c)
		if err != nil {
			return err
		}
		for i := range more {
			more[i].Name += fmt.Sprintf(" of walker %d", k+1)
		}
		parts = append(parts, more...)
	}
	if err := saver.Start(walkers, parts...); err != nil {
		return err
	}
	observers := make([][]langevin.Observer, len(w.chains))
	for k, c := range w.chains {
		if observers[k], err = w.observers(c); err != nil {
			return errors.Join(err, w.closeTraces())
		}
	}
	begin, before := time.Now(), 0.0
	for _, c := range w.chains {
		before = max(before, c.Seconds)
	}
	for _, c := range w.chains {
		c.begin, c.before = begin, before
	}
	err = walkers.Run(ctx, w.burnIn+w.steps, func(k int) []langevin.Observer { return observers[k] },
		func(walkers *langevin.Walkers) error { return saver.SaveIfDue(walkers) })
	if loss := new(langevin.LossError); errors.As(err, &loss) {
		return errors.Join(fmt.Errorf("%w, or a smaller -eta", err), w.closeTraces()) // no checkpoint: it cannot go on
	}
	return errors.Join(err, saver.Save(walkers), w.closeTraces())
}
