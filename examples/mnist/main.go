// Mnist trains an ensemble of small convolutional networks to read handwritten
// digits by minibatch trajectory sampling, and lets it vote on a test set: the
// experiment of section IV B of Mair, Causer and Garrahan, arXiv 2306.13442.
//
//	go run ./examples/mnist
//	go run ./examples/mnist -download
//	go run ./examples/mnist -init sgd
//	go run ./examples/mnist -tau 8 -s 50 -sigma 0.05 -chunk 60 -sigmac 1 -duration 1h -out out
//
// Without MNIST on the disk and without -download it trains on digits that the
// library draws itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/trajens/trajens/correction"
	"github.com/trajens/trajens/examples/internal/cli"
)

const about = `Trains an ensemble of convolutional networks on handwritten digits by minibatch
trajectory sampling, and lets it vote on a test set.

An interrupt (Ctrl-C) ends the training early; the ensemble is still evaluated.
A second one ends the program at once. With -checkpoint the run can be gone on
with, and ends as if it had never stopped.

With -chains there are several independent chains, which share the workers and
vote together. -steps and -duration hold for each.

With -init sgd a network is trained first, for each chain, by gradient descent
(Adam in batches of 100, a learning rate that rises to -rate and falls to 0), and
sampling starts near it, with other defaults: -tau 16 -sigma 0.003 -fraction 0.02
-chunk 200 -population, and as s the number of training samples, so that models
are weighted as by Bayes' rule. -duration is the time of sampling alone. With
-diagnostics it tells how steep the loss is around the network.

With -json a line about every 2 seconds, and with -steps also after each
twentieth of them, has
	chain (from 1, only with -chains)
	step seconds loss acceptance mean_batch data_use
of which loss (the mean over the models, on the tests' minibatches), acceptance
and mean_batch are means over the steps since the line before; data_use is the
number of samples drawn in tests since the start. The last line has
	final dataset train_samples test_samples accuracy nll member_accuracy_mean
	steps_per_second samples_per_second data_use mean_batch full_data_ratio
where accuracy is that of the majority vote, nll the mean of −log of the label's
mean probability, samples_per_second the number of losses computed (of one
model on one sample), mean_batch a mean over the whole run and full_data_ratio
the number of training samples over it. What has no value is null.

With -init sgd lines come before these, one for each chain that does not go on
from a checkpoint:
	chain begin epochs train_seconds train_loss
	network_accuracy network_nll accuracy nll member_accuracy_mean
	curvatures (with -diagnostics)
where train_loss is the mean over the last epoch, network_accuracy and
network_nll are of the network, curvatures the largest eigenvalues of the loss's
Hessian there, and the others are of the trajectory that sampling starts from.
With -chains one more is of all together, and has chains, their number.`

// defaultDuration leaves some seconds of a minute for reading and evaluating.
const defaultDuration = 54 * time.Second

type options struct {
	data     string
	download bool
	dataset  string
	train    int
	tau      int
	s        float64
	sigma    float64
	fraction float64
	chunk    int
	sigmaC   float64
	finite   bool
	steps    int
	duration time.Duration
	seed     uint64
	workers  int
	test     string
	init     string
	epochs   int
	rate     float64
	json     bool
	out      string
	chains   int
	trace    string
	diagnose bool
	converge bool

	posterior bool // s is the number of training samples
	anyChunk  bool // the chunk is the default, or all samples if there are fewer

	checkpoints cli.Checkpoints
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlagSet("mnist", about, stderr)
	flags.StringVar(&o.data, "data", "", "`directory` with the four files of MNIST\n(default: what TRAJENS_MNIST names, or trajens/mnist in the user's cache directory)")
	flags.BoolVar(&o.download, "download", false, "fetch MNIST (11.6 MB) into that directory if it is not there")
	flags.StringVar(&o.dataset, "dataset", "auto", "`data` to train on: mnist, digits (drawn by the library) or\nauto, which is mnist where it is found and else digits")
	flags.IntVar(&o.train, "train", 0, "train on the first `N` samples (0: all 60,000 of MNIST, 20,000 digits)")
	flags.IntVar(&o.tau, "tau", 4, "number of models `τ` in the trajectory")
	flags.Float64Var(&o.s, "s", 100, "tilt `s`: how strongly low losses are favored")
	flags.Float64Var(&o.sigma, "sigma", 0.015, "width `σ` of the random walk from a model to the next")
	flags.Float64Var(&o.fraction, "fraction", 0.25, "`share` of a model's parameters that a move redraws")
	flags.IntVar(&o.chunk, "chunk", 20, "samples `m` drawn at a time by the adaptive test")
	flags.Float64Var(&o.sigmaC, "sigmac", 1.3, "noise `σ_c` that the adaptive test corrects for")
	flags.BoolVar(&o.finite, "population", false, "apply the finite-population factor 1 − b/N in the adaptive test")
	flags.IntVar(&o.steps, "steps", 0, "stop after this many `steps` (0: no limit)")
	flags.DurationVar(&o.duration, "duration", defaultDuration, "stop training after this `time` (0: no limit);\nif not given there is no limit where -steps is one")
	flags.Uint64Var(&o.seed, "seed", 1, "`seed` of the digits, the start and the chain")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "goroutines that share the `work`")
	flags.StringVar(&o.test, "test", "adaptive", "acceptance `test`: adaptive, barker or metropolis")
	flags.StringVar(&o.init, "init", "random", "first `model`: random (normal, standard deviation 0.05), uniform (PyTorch's default) or\nsgd (trained by gradient descent); the others are a random walk of width σ from there")
	flags.IntVar(&o.epochs, "epochs", 20, "with -init sgd, train for this many `epochs`")
	flags.Float64Var(&o.rate, "rate", 0.005, "with -init sgd, largest learning `rate`")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.out, "out", "", "write loss.csv, loss.png and loss.svg to this `directory`")
	flags.IntVar(&o.chains, "chains", 1, "number of independent `chains`")
	flags.StringVar(&o.trace, "trace", "", "write the loss, acceptance and batch size to this CSV `file`, as means over 100 steps;\nwith -chains its name gets the number of the chain")
	flags.BoolVar(&o.diagnose, "diagnostics", false, "tell at the end how correlated, settled and consistent the run was")
	flags.BoolVar(&o.converge, "converge", false, "end a chain when its loss has converged")
	o.checkpoints.Add(flags)
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	if o.steps > 0 && !given(flags, "duration") {
		o.duration = 0
	}
	for _, name := range []string{"epochs", "rate"} {
		if o.init != "sgd" && given(flags, name) {
			return nil, cli.Usagef("-%s: has no use without -init sgd", name)
		}
	}
	o.posterior = o.init == "sgd" && !given(flags, "s")
	o.anyChunk = !given(flags, "chunk")
	if o.init == "sgd" {
		for name, value := range nearTrained {
			if !given(flags, name) {
				if err := flags.Set(name, value); err != nil {
					return nil, err
				}
			}
		}
	}
	return o, o.check()
}

// nearTrained are the defaults of -init sgd, besides s, which is the number of
// training samples N: exp(−N L) is the likelihood, so that each model is
// weighted as by Bayes' rule with a flat prior. At that s the nine directions in
// which the loss of a network trained on MNIST is steep, with curvatures a of 1
// to 5, are 1/√(s a) wide, 0.0018 to 0.004; σ is what fits into that. A
// minibatch is a good part of the data there.
var nearTrained = map[string]string{"tau": "16", "sigma": "0.003", "fraction": "0.02", "chunk": "200", "population": "true"}

// given tells whether a flag stood on the command line.
func given(flags *flag.FlagSet, name string) (found bool) {
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

func (o *options) check() error {
	switch {
	case o.dataset != "auto" && o.dataset != "mnist" && o.dataset != "digits":
		return cli.Usagef("-dataset %q: want auto, mnist or digits", o.dataset)
	case o.dataset == "digits" && o.data != "":
		return cli.Usagef("-data %q: has no use with -dataset digits", o.data)
	case o.dataset == "digits" && o.download:
		return cli.Usagef("-download: has no use with -dataset digits")
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
	case o.chunk < 2:
		return cli.Usagef("-chunk %d: want at least 2", o.chunk)
	case !(o.sigmaC >= correction.MinSigma && o.sigmaC <= correction.MaxSigma):
		return cli.Usagef("-sigmac %v: want a number from %v to %v", o.sigmaC, correction.MinSigma, correction.MaxSigma)
	case o.steps < 0:
		return cli.Usagef("-steps %d: want at least 1, or 0 for no limit", o.steps)
	case o.duration < 0:
		return cli.Usagef("-duration %v: want a positive time, or 0 for no limit", o.duration)
	case o.workers < 1:
		return cli.Usagef("-workers %d: want at least 1", o.workers)
	case o.test != "adaptive" && o.test != "barker" && o.test != "metropolis":
		return cli.Usagef("-test %q: want adaptive, barker or metropolis", o.test)
	case o.init != "random" && o.init != "uniform" && o.init != "sgd":
		return cli.Usagef("-init %q: want random, uniform or sgd", o.init)
	case o.epochs < 1:
		return cli.Usagef("-epochs %d: want at least 1", o.epochs)
	case !(o.rate > 0) || math.IsInf(o.rate, 1):
		return cli.Usagef("-rate %v: want a finite number > 0", o.rate)
	case o.chains < 1:
		return cli.Usagef("-chains %d: want at least 1", o.chains)
	}
	return o.checkpoints.Check()
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	set, err := o.load(ctx, stderr)
	if err != nil {
		return err
	}
	lines := cli.NewLines(o.json, stdout)
	status := newProgress(stderr)
	t, err := newTraining(ctx, o, set, stderr, status, func(b *beginning) error {
		status.end()
		if !o.json {
			b.print(stdout)
		}
		return lines.Write(b)
	})
	if err != nil {
		return err
	}
	defer t.close()
	c, err := newCurve(o.out, o.chains > 1, t.earlier())
	if err != nil {
		return err
	}
	defer c.close()
	failed := t.run(ctx, func(p point) error {
		status.show(p.String())
		if err := lines.Write(p); err != nil {
			return err
		}
		return c.add(p)
	})
	status.end()
	if !slices.Contains(t.bad, false) {
		return failed
	}
	if slices.Contains(t.bad, true) {
		fmt.Fprintf(stderr, "%v\nThe other chains are evaluated.\n", failed)
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "Interrupted: evaluating the ensemble as it is. Interrupt again to end at once.")
		fmt.Fprint(stderr, o.checkpoints.Hint("mnist", args))
	}
	r, err := t.evaluate()
	if err != nil {
		return err
	}
	if !o.json {
		r.print(stdout)
	}
	if o.diagnose {
		to := stdout
		if o.json {
			to = stderr
		}
		if err := printWatches(to, t.watches, r.seconds); err != nil {
			return err
		}
	}
	if err := lines.Write(r); err != nil {
		return err
	}
	return errors.Join(c.plot(t.title(r), o.tau), failed)
}

func main() { cli.Main(run) }
