package main

import (
	"flag"
	"io"
	"math"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
)

const about = `Compares ensembles by what they know of their own errors: a single network, deep
ensembles of 3, 5 and 10 independent networks (gradient descent, Adam), and trajectories
sampled from one of these networks and from several, as examples/mnist does by default.
A tenth of the training samples is held out: no network sees them, and the temperature
of the rows "+ temperature" is fitted on them.

An interrupt (Ctrl-C) ends the training early; what is done is judged and printed, and
the exit code is 130. The columns are
  members    models that vote by their mean probability
  seconds    of training, all of it, on this machine
  T          the temperature fitted on the held-out samples
  accuracy NLL ECE Brier   on the test set; NLL in nats, ECE in 15 bins of equal width
  cal. NLL   NLL at the best temperature, fitted on half of the test set and measured on
             the other half, a mean over 5 splits, whatever T is
  AUROC      of telling images of the other set from those of the test set by the entropy
             of the prediction: Fashion-MNIST, or MNIST if that is what is trained on
  acc. @3, NLL @3   of the test set shifted at level 3, a mean over the shifts of package data
  equiv.     independent networks that reach the calibrated NLL, read from the curve of 1 to
             -networks of them (deep ensemble equivalent, arXiv 2002.06470)
In 0.0912(21) the last digits have a standard error of 0.0021 over the seeds. A "-" is
what has no value. The first table has all methods, the second committees of equal numbers
of members, spread evenly over the models of a trajectory, and the third deep ensembles that
took about as long to train as the trajectories.

With -json a line for each row and seed has
	seed view method scaled members seconds temperature accuracy nll calibrated_nll ece
	brier auroc shift_accuracy shift_nll
where view is methods, members or seconds, and scaled says that T was used. At the end a
line for each row has seeds, their number, in the place of seed; equivalent, which is null
if equivalent_above, of more networks than there are; and to each
mean a standard error, such as nll_error. What has no value is null.`

type options struct {
	digits digits.Flags
	sampler.Flags
	descent  sampler.Descent
	other    string
	networks int
	chains   int
	seeds    int
	steps    int
	seconds  float64
	json     bool
	out      string

	flags *flag.FlagSet
}

// deep are the numbers of networks in deep ensembles.
var deep = []int{3, 5, 10}

func parse(args []string, stderr io.Writer) (*options, error) {
	flags := cli.NewFlagSet("uncertainty", about, stderr)
	o := &options{flags: flags, digits: digits.Flags{Drawn: 4000}}
	o.digits.Add(flags)
	o.Add(flags)
	o.descent.Add(flags)
	flags.StringVar(&o.other, "other", "", "`directory` with the files of the other set, Fashion-MNIST or MNIST (default: as for\n-data; without the files there is no AUROC)")
	flags.IntVar(&o.networks, "networks", 10, "`number` of independent networks")
	flags.IntVar(&o.chains, "chains", 3, "`number` of these from which trajectories are sampled")
	flags.IntVar(&o.seeds, "seeds", 3, "`number` of repetitions with other random numbers")
	flags.IntVar(&o.steps, "steps", 0, "instead of -seconds, `number` of steps of each trajectory")
	flags.Float64Var(&o.seconds, "seconds", 0, "`time` for which each trajectory is sampled (0: as long as its network and its start took)")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.out, "out", "", "write uncertainty.csv to this `directory`")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	if err := o.NearTrained(flags); err != nil {
		return nil, err
	}
	return o, o.check()
}

func (o *options) check() error {
	switch {
	case o.networks < 1:
		return cli.Usagef("-networks %d: want at least 1", o.networks)
	case o.chains < 0 || o.chains > o.networks:
		return cli.Usagef("-chains %d: want 0 to the number of networks, %d", o.chains, o.networks)
	case o.seeds < 1:
		return cli.Usagef("-seeds %d: want at least 1", o.seeds)
	case o.steps < 0:
		return cli.Usagef("-steps %d: want at least 1, or 0 to go by -seconds", o.steps)
	case !(o.seconds >= 0) || math.IsInf(o.seconds, 1):
		return cli.Usagef("-seconds %v: want a finite number of at least 0", o.seconds)
	case o.steps > 0 && o.seconds > 0:
		return cli.Usagef("-seconds: has no use with -steps")
	}
	for _, check := range []func() error{o.digits.Check, o.descent.Check} {
		if err := check(); err != nil {
			return err
		}
	}
	return o.Check(1, nn.MairCNN().Params())
}

// fit settles what depends on the number of samples to train on.
func (o *options) fit(samples int) error {
	o.FitNearTrained(o.flags, samples)
	return o.Test.Fit(o.flags, samples)
}
