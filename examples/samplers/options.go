package main

import (
	"cmp"
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
	"github.com/trajens/trajens/nn"
)

const about = `Compares the samplers of the library on handwritten digits. A network is trained by
gradient descent. A trajectory of τ copies of it is where each sampler begins, at each s.
The size of its moves is tuned, and then it is measured for some seconds. By default all
of it takes about two minutes, which is enough for rough jumps and for no effective numbers;
some 100 times as many -seconds give good ones of all. The samplers are
%s
The table has a line for each sampler:
  sizes      of its moves, as tuned; with a ~ if the tuning was cut short by the time.
             × is the weight of a move where there are two
  accepted   the share of its proposals
  batch      samples drawn in a test
  losses     evaluated in a step, all in all: a slope counts as 2, a gradient as 4, a
             reference (a pass over the data) as 6 a sample
  steps      per second
  jump       squared change of the logits of 20 test images, summed over logits and models,
             a mean over images: per second, and per million losses
  loss       of the models, a mean over the run, on at most 300 of the training samples
  effective  independent samples per second of that loss, and on average of the logits,
             which are means over the models
With a "<" the run is too short to tell: it has less than 20 autocorrelation times, or the
loss still drifts, so that it has fewer than 20 in all. A "-" is where there were less than
50 recordings, or where the sampler was left out, as a step takes too long. All samplers of one s have the same target: one whose loss differs from that of
the others has not got there yet, and its effective samples are of no worth. Compare
samplers at one s, on one machine, with nothing else running.

With -json a line for each has
	s sampler sizes tuned steps seconds acceptance mean_batch losses_per_step
	steps_per_second jump_per_second jump_per_million loss loss_samples_per_second
	logit_samples_per_second recordings
where tuned says that the tuning was not cut short, recordings is how often loss and
logits were recorded, and what has no value is null.`

type options struct {
	digits digits.Flags
	sampler.Flags
	tilts      cli.Floats
	names      string
	methods    []*method
	seconds    float64
	steps      int
	tune       int
	epochs     int
	directions int
	json       bool
	out        string
	figure     float64

	flags *flag.FlagSet
}

func parse(args []string, stderr io.Writer) (*options, error) {
	flags := cli.NewFlagSet("samplers", fmt.Sprintf(about, describeMethods()), stderr)
	o := &options{flags: flags}
	o.digits.Add(flags)
	flags.Var(&o.tilts, "s", "`tilts` s, how strongly low losses are favored, separated by commas (default 50, 1000,\n10000 and the number of training samples, as far as they are not more than that)")
	flags.StringVar(&o.names, "samplers", "all", "`names` of the samplers, separated by commas, or all")
	flags.IntVar(&o.Tau, "tau", 8, "`number` τ of models in a trajectory")
	flags.Float64Var(&o.Sigma, "sigma", 0.05, "`width` σ of the random walk that couples the models")
	flags.Float64Var(&o.seconds, "seconds", 0.9, "`time` for which each sampler is measured at each s. Its tuning takes as long at most,\nwhat is then left of the burn-in a quarter of it, and the recordings about as long")
	flags.IntVar(&o.steps, "steps", 0, "instead of -seconds, the `number` of steps that each sampler makes: then all but the\ntimes is the same in each run")
	flags.IntVar(&o.tune, "tune", 390, "`number` of steps in which sizes are tuned, at least 300, or 0: none are")
	flags.IntVar(&o.epochs, "epochs", 5, "`number` of times that the network sees each sample in the gradient descent")
	flags.IntVar(&o.directions, "directions", 50, "`number` of directions of the quadratic model of the loss at the network")
	flags.IntVar(&o.Workers, "workers", runtime.GOMAXPROCS(0), "`number` of goroutines that compute")
	flags.Uint64Var(&o.Seed, "seed", 1, "`number` that all random numbers derive from")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.out, "out", "", "write samplers.csv, samplers.png and samplers.svg to this `directory`")
	flags.Float64Var(&o.figure, "figure", 0, "with -out, the `s` of the figure, one of those of -s (0: the last)")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	return o, o.check()
}

// check covers what does not depend on the data.
func (o *options) check() error {
	params := nn.MairCNN().Params()
	for _, s := range o.tilts {
		if !(s > 0) || math.IsInf(s, 1) {
			return cli.Usagef("-s %v: want finite numbers > 0", s)
		}
	}
	switch {
	case o.Tau < 1:
		return cli.Usagef("-tau %d: want at least 1", o.Tau)
	case !(o.seconds > 0) || math.IsInf(o.seconds, 1):
		return cli.Usagef("-seconds %v: want a finite number > 0", o.seconds)
	case o.steps < 0:
		return cli.Usagef("-steps %d: want at least 1, or 0 to go by -seconds", o.steps)
	case o.steps > 0 && cli.Given(o.flags, "seconds"):
		return cli.Usagef("-seconds: has no use with -steps")
	case o.tune != 0 && o.tune < 300:
		return cli.Usagef("-tune %d: want at least 300, or 0 for none", o.tune)
	case o.epochs < 1:
		return cli.Usagef("-epochs %d: want at least 1", o.epochs)
	case o.directions < 1 || o.directions > params:
		return cli.Usagef("-directions %d: want 1 to the number of parameters, %d", o.directions, params)
	case cli.Given(o.flags, "figure") && o.out == "":
		return cli.Usagef("-figure: has no use without -out")
	}
	return cmp.Or(
		o.pick(),
		o.digits.Check(),
		cli.CheckSigma(o.Sigma),
		cli.CheckWorkers("workers", o.Workers),
		cli.CheckBytes(fmt.Sprintf("-tau %d", o.Tau), o.Tau, 8*4+2*8, params),
	)
}

// pick finds the samplers that are asked for, in the order of the list.
func (o *options) pick() error {
	if o.names == "all" {
		o.methods = methods
		return nil
	}
	asked := strings.Split(o.names, ",")
	for k, name := range asked {
		asked[k] = strings.TrimSpace(name)
		if !slices.ContainsFunc(methods, func(m *method) bool { return m.name == asked[k] }) {
			return cli.Usagef("-samplers %q: want all, or some of %s", asked[k], strings.Join(methodNames(), ", "))
		}
	}
	for _, m := range methods {
		if slices.Contains(asked, m.name) {
			o.methods = append(o.methods, m)
		}
	}
	return nil
}

// fit settles what depends on the number of samples.
func (o *options) fit(samples int) error {
	if !cli.Given(o.flags, "s") {
		for _, s := range []float64{50, 1000, 10_000} {
			if s < float64(samples) {
				o.tilts = append(o.tilts, s)
			}
		}
		o.tilts = append(o.tilts, float64(samples))
	}
	if o.figure == 0 {
		o.figure = o.tilts[len(o.tilts)-1]
	}
	if !slices.Contains(o.tilts, o.figure) {
		return cli.Usagef("-figure %v: want one of the s, %s", o.figure, o.tilts.String())
	}
	return nil
}
