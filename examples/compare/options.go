package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
)

const about = `Compares all the ways to an ensemble in this library on the same data, with the same small
network. First every way makes -members models as it usually does. Then each is given as
many seconds as the deep ensemble of these took: longer training, more networks or more
steps, whatever the way has, and members that cost no training are at least 20. A tenth of the
training samples is held out, and no way trains on them.

An interrupt (Ctrl-C) ends the run early; what is done is printed, and the exit code is 130.
With -out the table is written as CSV after each row.
The columns are
  members    models that are averaged, or 1 where a way needs none
  param.     numbers that are kept to predict with
  proc. s    seconds of processors, all of them together, that the training took, the networks
             it begins with included: of two that work for a second it is two seconds. Other
             programs hardly change it
  accuracy NLL ECE Brier   on the test set; NLL in nats, ECE in 15 bins of equal width
  cal. NLL   NLL at the best temperature, fitted on half of the test set and measured on
             the other half, a mean over 5 splits: compare ways by it
  AUROC      of telling images of the other set from those of the test set by the entropy
             of the prediction: Fashion-MNIST, or MNIST if that is what is trained on
  acc. @3, NLL @3   of the test set shifted at level 3, a mean over the shifts of package data
In 0.0912(21) the last digits have a standard error of 0.0021 over the seeds. A "-" is
what has no value. The ways are
`

type options struct {
	digits  digits.Flags
	table   string
	target  string
	other   string
	members int
	seeds   int
	seed    uint64
	epochs  int
	rate    float64
	workers int
	only    string
	out     string

	ways []way
}

func parse(args []string, stderr io.Writer) (*options, error) {
	flags := cli.NewFlagSet("compare", about+describeWays(), stderr)
	o := &options{digits: digits.Flags{Drawn: 2000}}
	o.digits.Add(flags)
	flags.StringVar(&o.table, "table", "", "train on this CSV `file` instead, whose first line has the names of columns; numbers, but\nfor -target. A fifth of the rows is the test set")
	flags.StringVar(&o.target, "target", "", "with -table, `name` of the column of the classes (default: the last one)")
	flags.StringVar(&o.other, "other", "", "`directory` with the files of the other set, Fashion-MNIST or MNIST (default: as for\n-data; without the files there is no AUROC)")
	flags.IntVar(&o.members, "members", 5, "`number` of members")
	flags.IntVar(&o.seeds, "seeds", 1, "`number` of repetitions with other random numbers")
	flags.Uint64Var(&o.seed, "seed", 1, "`number` that all random numbers derive from")
	flags.IntVar(&o.epochs, "epochs", 20, "`number` of times that a network sees each sample in its training by Adam")
	flags.Float64Var(&o.rate, "rate", 0.005, "the largest learning `rate` of that training")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "`number` of goroutines that compute; the results do not depend on it, but for the seconds and\nwhat follows from them")
	flags.StringVar(&o.only, "only", "", "`names` of some ways, separated by commas (default: all)")
	flags.StringVar(&o.out, "out", "", "write compare.csv, compare.html and the figure, compare.png and .svg, to this `directory`")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	return o, o.check(flags)
}

func (o *options) check(flags *flag.FlagSet) error {
	switch {
	case o.members < 2:
		return cli.Usagef("-members %d: want at least 2", o.members)
	case o.seeds < 1:
		return cli.Usagef("-seeds %d: want at least 1", o.seeds)
	case o.epochs < 1:
		return cli.Usagef("-epochs %d: want at least 1", o.epochs)
	case !(o.rate > 0) || math.IsInf(o.rate, 1):
		return cli.Usagef("-rate %v: want a finite number > 0", o.rate)
	case o.target != "" && o.table == "":
		return cli.Usagef("-target %s: has no use without -table", o.target)
	}
	for _, name := range []string{"data", "dataset", "download", "train", "other"} {
		if o.table != "" && cli.Given(flags, name) {
			return cli.Usagef("-%s: has no use with -table", name)
		}
	}
	if err := cli.CheckWorkers("workers", o.workers); err != nil {
		return err
	}
	if err := o.choose(); err != nil {
		return err
	}
	return o.digits.Check()
}

// choose finds the ways of -only. The deep ensemble sets the time for all, so it is always
// among them.
func (o *options) choose() error {
	if o.only == "" {
		o.ways = ways
		return nil
	}
	names := strings.Split(o.only, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
		if !slices.ContainsFunc(ways, func(w way) bool { return w.name == names[i] }) {
			return cli.Usagef("-only %q: there is no such way; see -h for their names", names[i])
		}
	}
	for _, w := range ways {
		if w.name == deepEnsemble || slices.Contains(names, w.name) {
			o.ways = append(o.ways, w)
		}
	}
	return nil
}

// sampler returns how trajectories are sampled about a trained network, with some flags of
// examples/mnist, for a seed and a number of training samples.
func (o *options) sampler(seed uint64, samples int, args ...string) (*sampler.Flags, *sampler.Descent, error) {
	flags := cli.NewFlagSet("compare", "", io.Discard)
	f, d := new(sampler.Flags), new(sampler.Descent)
	f.Add(flags)
	d.Add(flags)
	args = append(args, "-tau", fmt.Sprint(o.members), "-seed", fmt.Sprint(seed), "-workers", fmt.Sprint(o.workers))
	if err := cli.Parse(flags, args); err != nil {
		return nil, nil, err
	}
	if !cli.Given(flags, "s") { // about a trained network
		if err := f.NearTrained(flags); err != nil {
			return nil, nil, err
		}
		f.FitNearTrained(flags, samples)
	}
	return f, d, f.Test.Fit(flags, samples)
}
