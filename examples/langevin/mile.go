package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
)

// mileName is the sampler that trains networks of its own.
const mileName = "mile"

// addMILE adds the flags of the microcanonical Langevin ensemble.
func (o *options) addMILE(flags *flag.FlagSet) {
	flags.IntVar(&o.members, "members", 12, "with -sampler mile, `number` of networks, and of chains")
	flags.IntVar(&o.patience, "patience", 0, "with -sampler mile, `number` of epochs without a lower loss that end a training (0: 10)")
	flags.Float64Var(&o.validation, "validation", 0, "with -sampler mile, `share` of the samples that are held out of the training (0: 1/8; below 0:\nnone, and the training makes all of its epochs)")
	flags.Float64Var(&o.energyVariance, "energyvariance", 0, "with -sampler mclmc or mile, variance of the energy error of a step, per dimension, that the tuning\naims at (0: 5e-4, and with mile from 0.5 to 0.1)")
}

// checkMILE covers what the microcanonical Langevin ensemble asks for.
func (o *options) checkMILE() error {
	if o.name != mileName {
		return nil
	}
	switch {
	case cli.Given(o.flags, "chains"):
		return cli.Usagef("-chains: with -sampler mile their number is -members")
	case o.batch > 0:
		return cli.Usagef("-batch %d: mile samples with gradients of all samples, and trains with batches of 32", o.batch)
	case cli.Given(o.flags, "step"):
		return cli.Usagef("-step: mile finds its steps in the burn-in; -energyvariance says how long they become")
	case o.epochs == 0:
		return cli.Usagef("-epochs 0: mile samples from networks that it has trained, want at least 1")
	case !(o.validation < 1):
		return cli.Usagef("-validation %v: want a number below 1", o.validation)
	}
	return nil
}

// mileConfig returns the configuration of the ensemble.
func (o *options) mileConfig() langevin.MILEConfig {
	c := langevin.MILEConfig{
		Members: o.members, Draws: o.draws, Thin: o.steps / o.draws,
		Training: langevin.MILETraining{Patience: o.patience, Validation: o.validation},
		Sampler:  o.sampler(0).(langevin.MCLMC),
		S:        o.s, Beta: o.beta, Prior: langevin.Priors{}, Seed: o.seed,
		Dir: o.checkpoints.Dir, Interval: o.checkpoints.Every,
	}
	if cli.Given(o.flags, "epochs") {
		c.Training.Epochs = o.epochs
	}
	if cli.Given(o.flags, "rate") {
		c.Training.Schedule = descent.Constant(o.rate)
	}
	if o.prior > 0 {
		c.Prior = langevin.Gaussian{Sigma: o.prior}
	}
	return c
}

// runMILE trains the networks, and samples from each. The record of a member is what its
// chain's observer has kept.
func (w *walk) runMILE(ctx context.Context) error {
	if err := w.checkpoints.Begin(); err != nil {
		return err
	}
	parts := make([][]tps.Part, len(w.chains))
	for k, c := range w.chains {
		var err error
		if parts[k], err = w.parts(c); err != nil {
			return err
		}
	}
	c := w.mileConfig()
	c.Parts = func(k int) []tps.Part { return parts[k] }
	c.Observers = func(k int, chain *langevin.Chain) ([]langevin.Observer, error) { return w.watch(w.chains[k], chain) }
	c.Progress = func(p langevin.MILEProgress) error {
		if p.Total == 0 {
			w.show(w.chains[p.Member], "gradient descent", fmt.Sprintf("epoch %d", p.Epoch.Number), fmt.Sprintf("loss %.4f", p.Loss))
		}
		return nil
	}
	start := func(params []float32, source rand.Source) { nn.InitUniform(params, w.problem.net, source) }
	_, err := langevin.MILEOf(ctx, w.lanes(), start, c)
	return errors.Join(err, w.closeTraces())
}

// watch takes a member's chain where it begins or goes on.
func (w *walk) watch(c *chain, chain *langevin.Chain) ([]langevin.Observer, error) {
	c.Chain = chain
	if chain.Steps() > 0 {
		fmt.Fprintf(w.stderr, "Going on with member %d at step %d.\n", c.number+1, chain.Steps())
	}
	c.begin, c.before = time.Now(), c.Seconds
	return w.observers(c)
}
