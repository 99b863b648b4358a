package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
)

const about = `Trains a network by gradient descent, and then samples its parameters θ from

    exp(−β U(θ)),   U = s · mean loss + |θ|²/2w²,

with the width w of -prior. With s = N, the number of samples to train on, and β = 1 that is
Bayes' rule. What the chain draws after its burn-in is the ensemble. The samplers are%s

With -walkers there are several chains of baoab, all from one trained network, that precondition
each other by their covariance (ensemble quasi-Newton). With -sampler mile there are several networks,
trained until the loss on samples that are held out comes down no more, and a chain from each; the
tuning of the method's authors takes -burnin 50000, and their ensemble -members 12 -draws 1000.

Kinetic and virial temperature are means of p·p/P and of θ·∇U/P, which are T = 1/β if the
sampler is right; the inertia θ·p has the mean 0. Minibatches heat: the noise of their gradients
adds to the temperature. An interrupt (Ctrl-C) ends the sampling, and what there is so far is
measured; the exit code is 130 then.

With -json some 500 lines in all have
	chain (from 1, of several chains, walkers or members) step loss potential kinetic virial
	acceptance seconds
of which all but the loss's last value are of the last step, and what has no value is null. The
last line has
	final sampler walkers (only with -walkers) dataset train_samples test_samples parameters steps seconds
	gradient_steps_per_second acceptance temperature kinetic kinetic_error virial virial_error
	inertia inertia_error loss loss_time members accuracy nll member_accuracy (classes)
	rmse nll (numbers, in the units of the table)
where loss_time is the integrated autocorrelation time of the loss in steps.`

// Streams of random numbers.
const (
	trainStream uint64 = iota
	testStream
	startStream
	descentStream
	curvatureStream
	chainStream
)

type options struct {
	dataset, dir, table, target, exclude, categorical string
	classes                                           bool
	samples                                           int
	noise                                             float64

	hidden cli.Ints
	tanh   bool

	epochs int
	rate   float64

	name                         string
	method                       *method
	step, friction, s, beta      float64
	prior                        float64
	batch                        int
	permute                      bool
	cycle, leaps                 int
	burnIn, steps, chains, draws int
	walkers, groups, every       int
	freeze                       int
	eta                          float64
	members, patience            int
	validation, energyVariance   float64
	seed                         uint64
	workers                      int
	json                         bool
	trace, saveTo, out           string
	grid                         int
	checkpoints                  cli.Checkpoints
	flags                        *flag.FlagSet
}

func parse(args []string, stderr io.Writer) (*options, error) {
	flags := cli.NewFlagSet("langevin", fmt.Sprintf(about, describeMethods()), stderr)
	o := &options{flags: flags}
	flags.StringVar(&o.dataset, "dataset", "circles", "`name` of what to train on: "+strings.Join(datasetNames(), ", "))
	flags.StringVar(&o.dir, "data", "", "`directory` of MNIST or Fashion-MNIST, as in examples/mnist")
	flags.StringVar(&o.table, "table", "", "`file` with a table, commas between its columns and names in its first line")
	flags.StringVar(&o.target, "target", "", "with -table, `name` of the column to predict (default: the last one)")
	flags.StringVar(&o.exclude, "exclude", "", "with -table, `names` of columns that are no inputs, separated by commas")
	flags.StringVar(&o.categorical, "categorical", "", "with -table, `names` of inputs whose values are names, separated by commas")
	flags.BoolVar(&o.classes, "classes", false, "with -table, the column to predict has classes, not numbers")
	flags.IntVar(&o.samples, "samples", 0, "`number` of samples (default: 200 points, all of a table, 20,000 digits, 60,000 images)")
	flags.Float64Var(&o.noise, "noise", 0.1, "noise of the points: 0 to 1, or with twospirals a standard deviation")
	flags.Var(&o.hidden, "hidden", "`widths` of the hidden layers, separated by commas (default 16,16; for images the\npaper's convolutional network)")
	flags.BoolVar(&o.tanh, "tanh", false, "tanh in the place of ReLU")
	flags.IntVar(&o.epochs, "epochs", 20, "`number` of times that the network sees each sample in gradient descent, before (0: none);\nwith -sampler mile the most of them, 500 by default")
	flags.Float64Var(&o.rate, "rate", 0.005, "largest learning rate of the gradient descent; with -sampler mile the only one, 0.001 by\ndefault")
	flags.StringVar(&o.name, "sampler", "baoab", "`name` of the sampler")
	flags.Float64Var(&o.step, "step", 0, "`size` of a step (0: tuned, or as stable as the curvature of the loss allows, where the chain\nbegins, and with -walkers -eta); mclmc and amclmc begin their tuning with it")
	flags.Float64Var(&o.friction, "friction", 0, "friction γ of those that have one (0: a fifth of the highest frequency)")
	flags.Float64Var(&o.s, "s", 0, "tilt s (0: the number of samples to train on)")
	flags.Float64Var(&o.beta, "beta", 1, "inverse temperature β")
	flags.Float64Var(&o.prior, "prior", 1, "`width` of the normal prior of each parameter (0: flat)")
	flags.IntVar(&o.batch, "batch", 0, "`number` of samples of a gradient (0: all)")
	flags.BoolVar(&o.permute, "permute", false, "with -batch, go through all samples in random order, again and again, where otherwise\neach batch is drawn afresh")
	flags.IntVar(&o.cycle, "cycle", 0, "with -sampler csgld, `steps` of a cycle (0: a tenth of all)")
	flags.IntVar(&o.leaps, "leaps", 0, "with -sampler hmc, `steps` of a trajectory (0: the sampler's default)")
	flags.IntVar(&o.burnIn, "burnin", 2000, "`number` of steps before the first draw")
	flags.IntVar(&o.steps, "steps", 10_000, "`number` of steps after that; with -sampler mile less what a division by -draws leaves")
	flags.IntVar(&o.chains, "chains", 1, "`number` of independent chains, each with a network of its own; they draw together")
	flags.IntVar(&o.draws, "draws", 32, "`number` of models that each chain, walker or member draws, at equal distances")
	o.addWalkers(flags)
	o.addMILE(flags)
	flags.Uint64Var(&o.seed, "seed", 1, "`number` that all random numbers derive from")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "`number` of goroutines that compute")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.trace, "trace", "", "write loss, U, temperatures and acceptance to this CSV `file`, after each step;\nits name gets the number of the chain, walker or member, if there are several")
	flags.StringVar(&o.saveTo, "save", "", "write the ensemble to this `file`, a name that ends in .npz or .safetensors, for examples/predict")
	flags.StringVar(&o.out, "out", "", "write temperatures.csv, temperatures.png, plane.csv, plane.png and their SVG forms to\nthis `directory`")
	flags.IntVar(&o.grid, "grid", 41, "with -out, `number` of points along a side of the plane of losses")
	o.checkpoints.Add(flags, "data", "workers", "json", "out", "grid", "save")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	if o.table != "" && !cli.Given(flags, "dataset") {
		o.dataset = tableName
	}
	if o.cycle == 0 {
		o.cycle = max(1, (o.burnIn+o.steps)/10)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.name == mileName {
		o.steps -= o.steps % o.draws
	}
	return o, nil
}

func (o *options) check() error {
	o.method = findMethod(o.name)
	switch {
	case !slices.Contains(datasetNames(), o.dataset):
		return cli.Usagef("-dataset %q: want one of %s", o.dataset, strings.Join(datasetNames(), ", "))
	case (o.dataset == tableName) != (o.table != ""):
		return cli.Usagef("-table: goes with -dataset %s, and with no other", tableName)
	case o.method == nil:
		return cli.Usagef("-sampler %q: want one of %s", o.name, methodNames())
	case cli.Given(o.flags, "friction") && !o.method.friction:
		return cli.Usagef("-friction: %s has none", o.name)
	case o.batch > 0 && o.method.whole:
		return cli.Usagef("-batch %d: %s needs gradients of all samples", o.batch, o.name)
	case o.burnIn < o.tuning():
		return cli.Usagef("-burnin %d: %s is tuned in the burn-in, want at least %d", o.burnIn, o.name, o.tuning())
	case o.permute && o.batch == 0:
		return cli.Usagef("-permute: has no use without -batch")
	case slices.ContainsFunc(o.hidden, func(width int) bool { return width < 1 }):
		return cli.Usagef("-hidden %s: want widths of at least 1", o.hidden.String())
	case o.grid < 3 || o.grid > 501:
		return cli.Usagef("-grid %d: want 3 to 501", o.grid)
	case o.draws > max(1, o.steps):
		return cli.Usagef("-draws %d: want at most the number of -steps, %d", o.draws, o.steps)
	}
	for _, check := range []func() error{
		o.checkUses, o.checkNumbers, o.checkWalkers, o.checkMILE,
		func() error { return cli.CheckFile("save", o.saveTo, ".npz", ".safetensors") },
		func() error { return cli.CheckWorkers("workers", o.workers) },
		o.checkpoints.Check,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkUses covers flags that need others.
func (o *options) checkUses() error {
	walkers := cli.Given(o.flags, "walkers")
	for _, flag := range []struct {
		name, with string
		used       bool
	}{
		{"cycle", "-sampler csgld", o.name == "csgld"},
		{"leaps", "-sampler hmc", o.name == "hmc"},
		{"energyvariance", "-sampler mclmc or mile", o.name == "mclmc" || o.name == mileName},
		{"eta", "-walkers", walkers},
		{"groups", "-walkers", walkers},
		{"every", "-walkers", walkers},
		{"freeze", "-walkers", walkers},
		{"members", "-sampler mile", o.name == mileName},
		{"patience", "-sampler mile", o.name == mileName},
		{"validation", "-sampler mile", o.name == mileName},
	} {
		if cli.Given(o.flags, flag.name) && !flag.used {
			return cli.Usagef("-%s: has no use without %s", flag.name, flag.with)
		}
	}
	return nil
}

// checkNumbers covers the ranges.
func (o *options) checkNumbers() error {
	for _, n := range []struct {
		name       string
		value, low int
	}{{"samples", o.samples, 0}, {"epochs", o.epochs, 0}, {"batch", o.batch, 0}, {"burnin", o.burnIn, 0}, {"steps", o.steps, 1}, {"chains", o.chains, 1}, {"draws", o.draws, 1}, {"cycle", o.cycle, 1}, {"leaps", o.leaps, 0}, {"members", o.members, 1}, {"patience", o.patience, 0}, {"every", o.every, 1}} {
		if n.value < n.low {
			return cli.Usagef("-%s %d: want at least %d", n.name, n.value, n.low)
		}
	}
	for _, n := range []struct {
		name  string
		value float64
		zero  bool // is allowed
	}{{"step", o.step, true}, {"friction", o.friction, true}, {"s", o.s, true}, {"beta", o.beta, false}, {"prior", o.prior, true}, {"rate", o.rate, false}, {"noise", o.noise, true}, {"eta", o.eta, true}, {"energyvariance", o.energyVariance, true}} {
		if !(n.value >= 0) || math.IsInf(n.value, 1) || n.value == 0 && !n.zero {
			return cli.Usagef("-%s %v: want a finite number %s 0", n.name, n.value, map[bool]string{true: ">=", false: ">"}[n.zero])
		}
	}
	return nil
}

// source returns the random numbers of a stream of a chain, from 0.
func (o *options) source(stream uint64, chain int) rand.Source {
	f := sampler.Flags{Seed: o.seed}
	return f.Source(stream, chain)
}

// config returns the configuration of chain k, from 0, that starts with a model, where the
// largest curvature of the loss is known.
func (o *options) config(k int, start []float32, samples int, curvature float64) langevin.Config {
	h := cmp.Or(o.s, float64(samples)) * max(curvature, 0)
	if o.prior > 0 {
		h += 1 / (o.prior * o.prior)
	}
	if o.walkers > 0 {
		h += o.ensembleCurvature(len(start))
	}
	c := langevin.Config{
		Sampler: o.sampler(h), S: o.s, Beta: o.beta, Batch: o.batch, Epochs: o.permute,
		Start: start, Seed: o.seed, Stream: chainStream + 1 + uint64(k),
	}
	if o.prior > 0 {
		c.Prior = langevin.Gaussian{Sigma: o.prior}
	}
	return c
}

// trajectories returns how many chains there are, of whatever kind.
func (o *options) trajectories() int {
	switch {
	case o.walkers > 0:
		return o.walkers
	case o.name == mileName:
		return o.members
	}
	return o.chains
}

// goroutines returns how many chains are to run at a time.
func (o *options) goroutines() int {
	n := o.trajectories()
	if o.walkers > 0 {
		n = (n + o.groupCount() - 1) / o.groupCount() // of a group
	}
	return min(o.workers, n)
}
