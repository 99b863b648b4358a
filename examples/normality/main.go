// Normality looks at the loss differences of proposals during a training on
// handwritten digits, and tests whether their means over minibatches are as
// normal as the adaptive acceptance test assumes: figure 4 of Mair, Causer and
// Garrahan, arXiv 2306.13442.
//
//	go run ./examples/normality
//	go run ./examples/normality -at 0,100000 -batch 20,60,200 -out out
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
)

const about = `Tests whether the means of minibatches are as normal as the adaptive acceptance
test takes them for. It trains on handwritten digits, as go run ./examples/mnist
does, looks at the loss differences of one proposal after each of some numbers of
steps, and splits them into minibatches at random.

With -json a line for each step and size of minibatch has
	dataset samples step move loss batch batches mean deviation
	anderson_darling p_value bound
where loss is the mean on the minibatches that the models were last tested on
(null before the first test), batches the number of minibatches, mean and
deviation those of their standardized means, p_value that of the Anderson–
Darling test for a normal distribution and bound Seita's bound on the error of
the distribution function.`

type options struct {
	digits digits.Flags
	sampler.Flags
	at    cli.Ints
	batch cli.Ints
	json  bool
	out   string

	flags *flag.FlagSet
}

// minBatches is how many minibatches a test needs.
const minBatches = 8

func parse(args []string, stderr io.Writer) (*options, error) {
	flags := cli.NewFlagSet("normality", about, stderr)
	o := &options{at: cli.Ints{0, 1000, 10_000, 30_000}, batch: cli.Ints{20, 60, 200, 600}, flags: flags}
	o.digits.Add(flags)
	o.Add(flags)
	flags.Var(&o.at, "at", "look at a proposal after each of these `numbers` of steps, ascending, separated by\ncommas")
	flags.Var(&o.batch, "batch", "`sizes` b of the minibatches that are looked at, separated by commas")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.out, "out", "", "write normality.png and normality.svg to this `directory`")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	return o, o.check()
}

func (o *options) check() error {
	switch {
	case o.at[0] < 0:
		return cli.Usagef("-at %d: want at least 0", o.at[0])
	case slices.Min(o.batch) < 1:
		return cli.Usagef("-batch %d: want at least 1", slices.Min(o.batch))
	}
	for i := 1; i < len(o.at); i++ {
		if o.at[i] <= o.at[i-1] {
			return cli.Usagef("-at %s: want ascending numbers", o.at.String())
		}
	}
	if o.Move.Name != sampler.Redraw || o.Move.Tune != 0 {
		return cli.Usagef("-move %s -tune %d: want the moves of the paper, redraw, not tuned", o.Move.Name, o.Move.Tune)
	}
	return cmp.Or(o.digits.Check(), o.Check(1, nn.MairCNN().Params()))
}

// fit settles what depends on the number of samples.
func (o *options) fit(samples int) error {
	if largest := slices.Max(o.batch); largest > samples/minBatches {
		return cli.Usagef("-batch %d: want at most an eighth of the number of samples, %d", largest, samples/minBatches)
	}
	return o.Test.Fit(o.flags, samples)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := cli.MakeOut(o.out); err != nil {
		return err
	}
	set, err := o.digits.Load(ctx, o.Source(sampler.TrainStream, 0), o.Source(sampler.TestStream, 0), stderr)
	if err != nil {
		return err
	}
	if err := o.fit(set.Train.Len()); err != nil {
		return err
	}
	progress := cli.NewProgress(stderr, 1)
	panels, err := o.measure(ctx, set, progress, newReport(o.json, stdout))
	progress.End()
	if err != nil && ctx.Err() == nil {
		return err
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "Interrupted: the steps that are left were not made.")
	}
	return o.plot(panels)
}

func main() { cli.Main(run) }
