// Normality looks at the loss differences of proposals during a training on
// handwritten digits, and tests whether their means over minibatches are as
// normal as the adaptive acceptance test assumes: figure 4 of Mair, Causer and
// Garrahan, arXiv 2306.13442.
//
//	go run ./examples/normality
//	go run ./examples/normality -at 0,100000 -batch 20,60,200 -out out
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"

	"github.com/trajens/trajens/examples/internal/cli"
)

const about = `Looks at the loss differences of one proposal after each of some numbers of
steps of a training on handwritten digits, splits them into minibatches at
random, and tests whether the means over the minibatches are normal.

With -json a line for each step and size of minibatch has
	dataset samples step move loss batch batches mean deviation
	anderson_darling p_value bound
where loss is the mean on the minibatches that the models were last tested on
(null before the first test), batches the number of minibatches, mean and
deviation those of their standardized means, p_value that of the Anderson–
Darling test for a normal distribution and bound Seita's bound on the error of
the distribution function.`

type options struct {
	data       string
	dataset    string
	train      int
	tau        int
	s          float64
	sigma      float64
	fraction   float64
	at         cli.Ints
	batch      cli.Ints
	population bool
	seed       uint64
	workers    int
	json       bool
	out        string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{at: cli.Ints{0, 1000, 10_000, 30_000}, batch: cli.Ints{20, 60, 200, 600}}
	flags := cli.NewFlagSet("normality", about, stderr)
	flags.StringVar(&o.data, "data", "", "`directory` with the four files of MNIST\n(default: what TRAJENS_MNIST names, or trajens/mnist in the user's cache directory)")
	flags.StringVar(&o.dataset, "dataset", "auto", "`data` to train on: mnist, digits (drawn by the library) or\nauto, which is mnist where it is found and else digits")
	flags.IntVar(&o.train, "train", 0, "train on the first `N` samples (0: all 60,000 of MNIST, 20,000 digits)")
	flags.IntVar(&o.tau, "tau", 4, "number of models `τ` in the trajectory")
	flags.Float64Var(&o.s, "s", 100, "tilt `s`")
	flags.Float64Var(&o.sigma, "sigma", 0.015, "width `σ` of the random walk from a model to the next")
	flags.Float64Var(&o.fraction, "fraction", 0.25, "`share` of a model's parameters that a move redraws")
	flags.Var(&o.at, "at", "look at a proposal after each of these numbers of `steps`, ascending")
	flags.Var(&o.batch, "batch", "`sizes` b of the minibatches")
	flags.BoolVar(&o.population, "population", false, "standardize with the finite-population factor, √(1 − b/N)")
	flags.Uint64Var(&o.seed, "seed", 1, "`seed` of the digits, the chain and the splits")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "goroutines that share the `work`")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.out, "out", "", "write normality.png and normality.svg to this `directory`")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	return o, o.check()
}

func (o *options) check() error {
	switch {
	case o.dataset != "auto" && o.dataset != "mnist" && o.dataset != "digits":
		return cli.Usagef("-dataset %q: want auto, mnist or digits", o.dataset)
	case o.dataset == "digits" && o.data != "":
		return cli.Usagef("-data %q: has no use with -dataset digits", o.data)
	case o.train < 0:
		return cli.Usagef("-train %d: want at least 1, or 0 for all", o.train)
	case o.tau < 1:
		return cli.Usagef("-tau %d: want at least 1", o.tau)
	case !(o.s >= 0) || math.IsInf(o.s, 1):
		return cli.Usagef("-s %v: want a finite number of at least 0", o.s)
	case !(o.sigma > 0) || math.IsInf(o.sigma, 1):
		return cli.Usagef("-sigma %v: want a finite number > 0", o.sigma)
	case !(o.fraction > 0 && o.fraction <= 1):
		return cli.Usagef("-fraction %v: want a number in (0, 1]", o.fraction)
	case o.at[0] < 0:
		return cli.Usagef("-at %d: want at least 0", o.at[0])
	case slices.Min(o.batch) < 1:
		return cli.Usagef("-batch %d: want at least 1", slices.Min(o.batch))
	case o.workers < 1:
		return cli.Usagef("-workers %d: want at least 1", o.workers)
	}
	for i := 1; i < len(o.at); i++ {
		if o.at[i] <= o.at[i-1] {
			return cli.Usagef("-at %s: want ascending numbers", o.at.String())
		}
	}
	return nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	set, err := o.load(stderr)
	if err != nil {
		return err
	}
	panels, err := o.measure(ctx, set, newReport(o.json, stdout))
	if err != nil && ctx.Err() == nil {
		return err
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "Interrupted: the steps that are left were not made.")
	}
	return o.plot(set, panels)
}

func main() { cli.Main(run) }
