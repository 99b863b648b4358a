package main

import (
	"flag"
	"io"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
)

const about = `Trains an ensemble of convolutional networks on handwritten digits by minibatch
trajectory sampling, and lets it vote on a test set.

An interrupt (Ctrl-C) ends the training early; the ensemble is still evaluated,
and the exit code is 130. A second one ends the program at once. With -checkpoint
the run can be gone on with, and ends as if it had never stopped: -steps and
-duration are of the whole run.

With -chains there are several independent chains, which share the workers and
vote together. -steps and -duration hold for each.

A network is trained first, for each chain, by gradient descent (Adam in batches of
100, a learning rate that rises to -rate and falls to 0). It is the first model. The
others are copies of it that noise of the width σ has moved and a few epochs have trained
again (-restarts, -restartrate). From there the chain samples. By default s is the number
N of training samples: the factor exp(−s · loss) is the likelihood then, and a single
model (-tau 1) with a -prior is weighted as by Bayes' rule. With -move harmonic all models
begin at the network, and moves know the curvatures of the loss there.

With -init random or uniform there is no gradient descent (-epochs, -rate): the paper's
way. -tau, -sigma, -move and the test have other defaults then, which are those below. If
-s is not given, s rises from 100 to 1000 in the first 100,000 steps (-anneal), while moves become
smaller, and σ is 0.05.

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

With -init sgd (the default) lines come before these, one for each chain that does not go on
from a checkpoint:
	chain begin epochs train_seconds train_loss restarts restart_seconds restart_loss
	network_accuracy network_nll accuracy nll member_accuracy_mean
	curvatures (with -diagnostics)
where train_loss is the mean over the last epoch, the restarts are those of the other
models (left out where there are none), network_accuracy and network_nll are of the
network, curvatures the largest eigenvalues of the loss's Hessian there, and the others are of the trajectory that sampling starts from.
With -chains one more is of all together, and has chains, their number.`

// defaultDuration leaves some seconds of a minute for reading and evaluating,
// trainedDuration what gradient descent takes, too.
const defaultDuration, trainedDuration = 54 * time.Second, 25 * time.Second

type options struct {
	digits digits.Flags
	sampler.Flags
	steps       int
	duration    time.Duration
	chains      int
	init        string
	descent     sampler.Descent
	json        bool
	out         string
	reportTo    string
	trace       string
	diagnose    bool
	converge    bool
	checkpoints cli.Checkpoints
	saveTo      string
	snapshots   int
	posterior   string
	drawEvery   int

	flags *flag.FlagSet
}

func parse(args []string, stderr io.Writer) (*options, error) {
	flags := cli.NewFlagSet("mnist", about, stderr)
	o := &options{flags: flags}
	o.digits.Add(flags)
	o.Add(flags)
	flags.IntVar(&o.steps, "steps", 0, "stop when the chain has made this `number` of steps in all (0: no limit)")
	flags.DurationVar(&o.duration, "duration", defaultDuration, "stop when this much `time` was spent on sampling in all (0: no limit); if not given\nthere is no limit where -steps is one, and 25s with -init sgd")
	flags.IntVar(&o.chains, "chains", 1, "`number` of independent chains")
	flags.StringVar(&o.init, "init", "sgd", "`model` that the trajectory starts from: sgd (trained by gradient descent), random\n(normal, standard deviation 0.05) or uniform (PyTorch's default)")
	o.descent.Add(flags)
	flags.IntVar(&o.Anneal, "anneal", 0, "with -init random or uniform and -move redraw, `number` of first steps in which s rises\nfrom a tenth of -s to -s (0: none, but 100000 to s = 1000 if -s is not given)")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.out, "out", "", "write loss.csv, loss.png and loss.svg to this `directory`")
	flags.StringVar(&o.reportTo, "report", "", "write a report with figures, metrics and images to this HTML `file`")
	flags.StringVar(&o.trace, "trace", "", "write the loss, acceptance and batch size to this CSV `file`, as means over 100 steps;\nwith -chains its name gets the number of the chain")
	flags.BoolVar(&o.diagnose, "diagnostics", false, "tell at the end how correlated, settled and consistent the run was")
	flags.BoolVar(&o.converge, "converge", false, "end a chain when its loss has converged")
	flags.StringVar(&o.saveTo, "save", "", "write the ensemble to this `file`, a name that ends in .npz or .safetensors, for\nexamples/predict and others")
	flags.IntVar(&o.snapshots, "snapshots", 1, "`number` of trajectories that make the ensemble: that at the end, and others at equal\ndistances in the second half of the run")
	flags.StringVar(&o.posterior, "posterior", "", "write draws for ArviZ to this new `directory`, in the Zarr format: some parameters, random\ndirections, and log-likelihoods of 200 test samples")
	flags.IntVar(&o.drawEvery, "drawevery", 100, "with -posterior, `number` of steps from a draw to the next, the first one after those of\n-anneal")
	o.checkpoints.Add(flags, "data", "download", "workers", "steps", "duration", "json", "out", "report", "diagnostics", "save", "posterior")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	if o.steps > 0 && !cli.Given(flags, "duration") {
		o.duration = 0
	}
	for _, name := range []string{"epochs", "rate"} {
		if o.init != "sgd" && cli.Given(flags, name) {
			return nil, cli.Usagef("-%s: has no use without -init sgd", name)
		}
	}
	if o.init == "sgd" {
		if err := o.NearTrained(flags); err != nil {
			return nil, err
		}
		if !cli.Given(flags, "duration") {
			o.duration = min(o.duration, trainedDuration)
		}
	}
	for _, name := range []string{"restarts", "restartrate"} {
		if (o.init != "sgd" || o.Move.Name != sampler.Autoregressive) && cli.Given(flags, name) {
			return nil, cli.Usagef("-%s: has no use without -init sgd and -move autoregressive", name)
		}
	}
	if err := o.anneal(); err != nil {
		return nil, err
	}
	return o, o.check()
}

// The defaults where s rises: as many steps as two cores make in most of a minute.
const (
	annealSteps   = 100_000
	annealedTo    = 1000
	annealedSigma = 0.05
)

// anneal settles how s rises from a random start.
func (o *options) anneal() error {
	may := o.init != "sgd" && o.Move.Name == sampler.Redraw
	switch {
	case o.Anneal < 0:
		return cli.Usagef("-anneal %d: want at least 0", o.Anneal)
	case !may && o.Anneal > 0:
		return cli.Usagef("-anneal: has no use without -init random or uniform and -move redraw")
	case may && !cli.Given(o.flags, "s"):
		o.S = annealedTo
		if !cli.Given(o.flags, "anneal") {
			o.Anneal = annealSteps
		}
		if !cli.Given(o.flags, "sigma") && o.Anneal > 0 {
			o.Sigma = annealedSigma
		}
	}
	return nil
}

// fit settles what depends on the number of samples to train on.
func (o *options) fit(samples int) error {
	if o.init == "sgd" {
		o.FitNearTrained(o.flags, samples)
	}
	return o.Test.Fit(o.flags, samples)
}

func (o *options) check() error {
	switch {
	case o.steps < 0:
		return cli.Usagef("-steps %d: want at least 1, or 0 for no limit", o.steps)
	case o.duration < 0:
		return cli.Usagef("-duration %v: want a positive time, or 0 for no limit", o.duration)
	case o.chains < 1:
		return cli.Usagef("-chains %d: want at least 1", o.chains)
	case o.init != "random" && o.init != "uniform" && o.init != "sgd":
		return cli.Usagef("-init %q: want random, uniform or sgd", o.init)
	case o.snapshots < 1:
		return cli.Usagef("-snapshots %d: want at least 1", o.snapshots)
	case o.snapshots > 1 && o.steps == 0 && o.duration == 0:
		return cli.Usagef("-snapshots %d: needs -steps or -duration, which say where the second half begins", o.snapshots)
	case o.drawEvery < 1:
		return cli.Usagef("-drawevery %d: want at least 1", o.drawEvery)
	case o.posterior == "" && cli.Given(o.flags, "drawevery"):
		return cli.Usagef("-drawevery: has no use without -posterior")
	}
	for _, check := range []func() error{o.descent.Check, o.digits.Check, o.checkpoints.Check, o.checkSave, o.checkReport, o.checkSnapshots, o.checkDraws} {
		if err := check(); err != nil {
			return err
		}
	}
	return o.Check(o.chains, nn.MairCNN().Params())
}

// share returns what part of a run is done that has made a number of steps in a
// number of seconds, 0 if the run has no limit.
func (o *options) share(steps int, seconds float64) (share float64) {
	if o.steps > 0 {
		share = float64(steps) / float64(o.steps)
	}
	if o.duration > 0 {
		share = max(share, seconds/o.duration.Seconds())
	}
	return share
}
