package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/trajens/trajens/nn"
)

const about = `Makes ensembles for regressions of the UCI repository, judges each on samples that it was not
trained on, and prints means over splits with their standard errors, in Markdown. The units
are those of the table, or with -standardized standard deviations of the targets to train on.

The plans are
%s
Flags that are given change all plans of the run.

Flags of go run ./internal/bench/tables:
`

type options struct {
	data      string
	tables    []table
	plans     []string
	splits    int
	first     int
	csv       string
	summarize []string
	division

	changes []func(*plan) // by flags that were given
}

// parse parses the flags.
func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("tables", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, about, describePlans())
		flags.PrintDefaults()
	}
	flags.StringVar(&o.data, "data", os.Getenv("TRAJENS_UCI"), "`folder` of the tables (default: that of TRAJENS_UCI)")
	tableNames := flags.String("table", "concrete,energy,yacht", "`names` of tables: "+names(tables, func(t table) string { return t.name }))
	planNames := flags.String("plan", "published", "`names` of plans")
	flags.IntVar(&o.splits, "splits", 20, "`number` of splits")
	flags.IntVar(&o.first, "first", 0, "the first split is this `number`, which is also its seed")
	flags.Float64Var(&o.share, "test", 0.1, "`share` of the samples to test on")
	flags.BoolVar(&o.numpy, "numpy", false, "one split for all seeds, that of train_test_split(random_state=0) of scikit-learn")
	flags.BoolVar(&o.standardized, "standardized", false, "judge in units of the standard deviation of the targets to train on")
	flags.Float64Var(&o.held, "validate", 0, "do not judge on the test samples, but on this `share` of the others, to choose settings by")
	flags.StringVar(&o.csv, "csv", "", "append a row for each ensemble to this `file`")
	files := flags.String("summarize", "", "make no ensemble: print the means of the rows in these `files`")
	o.planFlags(flags)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q; see -h for the flags", flags.Arg(0))
	}
	if *files != "" {
		o.summarize = strings.Split(*files, ",")
		return o, nil
	}
	o.plans = strings.Split(*planNames, ",")
	for _, name := range strings.Split(*tableNames, ",") {
		t, err := tableOf(name)
		if err != nil {
			return nil, err
		}
		o.tables = append(o.tables, t)
		for _, name := range o.plans {
			if _, err := o.planFor(name, t); err != nil {
				return nil, err
			}
		}
	}
	return o, o.check()
}

// check returns an error that names a flag out of its range.
func (o *options) check() error {
	switch {
	case o.data == "":
		return fmt.Errorf("-data: set it, or TRAJENS_UCI, to the folder of the tables: %s", names(tables, func(t table) string { return t.file }))
	case o.splits < 1:
		return fmt.Errorf("-splits %d: want at least 1", o.splits)
	case o.first < 0:
		return fmt.Errorf("-first %d: want at least 0", o.first)
	case !(o.share > 0 && o.share < 1):
		return fmt.Errorf("-test %v: want a number above 0 and below 1", o.share)
	case !(o.held >= 0 && o.held < 1):
		return fmt.Errorf("-validate %v: want a number from 0 and below 1", o.held)
	}
	return nil
}

// planFlags adds the flags that change plans.
func (o *options) planFlags(flags *flag.FlagSet) {
	integer := func(name, usage string, of func(p *plan) *int) {
		flags.Func(name, usage, func(text string) error {
			var value int
			_, err := fmt.Sscan(text, &value)
			if err == nil && value < 0 {
				err = fmt.Errorf("want at least 0")
			}
			o.changes = append(o.changes, func(p *plan) { *of(p) = value })
			return err
		})
	}
	number := func(name, usage string, of func(p *plan) *float64) {
		flags.Func(name, usage, func(text string) error {
			var value float64
			_, err := fmt.Sscan(text, &value)
			if err == nil && !(value >= 0) {
				err = fmt.Errorf("want at least 0")
			}
			o.changes = append(o.changes, func(p *plan) { *of(p) = value })
			return err
		})
	}
	integer("members", "`number` of networks", func(p *plan) *int { return &p.members })
	integer("epochs", "`number` of epochs of training, at most", func(p *plan) *int { return &p.epochs })
	integer("batch", "`number` of samples of a step of training; 0: all", func(p *plan) *int { return &p.batch })
	integer("patience", "`number` of epochs without a lower loss on samples held out that end a training; 0: any", func(p *plan) *int { return &p.patience })
	number("rate", "learning `rate`", func(p *plan) *float64 { return &p.rate })
	number("decay", "weight `decay` of AdamW", func(p *plan) *float64 { return &p.decay })
	number("held", "`share` of the samples to train on that tell when to stop", func(p *plan) *float64 { return &p.training.held })
	flags.BoolFunc("cosine", "let the learning rate fall to 0 along a cosine", func(text string) error {
		o.changes = append(o.changes, func(p *plan) { p.cosine = text == "true" })
		return nil
	})
	integer("tuning", "`number` of steps that tune a chain", func(p *plan) *int { return &p.tuning })
	integer("draws", "`number` of draws of a chain", func(p *plan) *int { return &p.draws })
	integer("thin", "`number` of steps for a draw", func(p *plan) *int { return &p.thin })
	number("variance", "`variance` of the energy error of a step per dimension when the tuning begins", func(p *plan) *float64 { return &p.variance })
	number("final", "the `variance` when it ends", func(p *plan) *float64 { return &p.finalVariance })
	number("prior", "standard `deviation` of the prior", func(p *plan) *float64 { return &p.prior })
	flags.BoolFunc("precondition", "take the parameters' deviations as units", func(text string) error {
		o.changes = append(o.changes, func(p *plan) { p.precondition = text == "true" })
		return nil
	})
	flags.Func("loss", "`name` of the loss: "+nn.GaussianExp.String()+" or "+nn.GaussianSoftplus.String(), func(text string) error {
		loss, err := nn.ParseLoss(text)
		if err == nil && !loss.HasScales() {
			err = fmt.Errorf("want one with scales")
		}
		o.changes = append(o.changes, func(p *plan) { p.loss = loss })
		return err
	})
}

// planFor returns the plan of that name for a table, changed as the flags say.
func (o *options) planFor(name string, t table) (plan, error) {
	p, err := planOf(name, t)
	if err != nil {
		return p, err
	}
	for _, change := range o.changes {
		change(&p)
	}
	return p, nil
}

// names returns the names of things in one line.
func names[T any](of []T, name func(T) string) string {
	list := make([]string, len(of))
	for i, x := range of {
		list[i] = name(x)
	}
	return strings.Join(list, ", ")
}
