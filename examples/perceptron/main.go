// Perceptron samples trajectories of a linear perceptron, y = m·x + c, and
// compares the mean loss with the exact answer: figure 1(c) of Mair, Causer
// and Garrahan, arXiv 2306.13442.
//
//	go run ./examples/perceptron
//	go run ./examples/perceptron -steps 40000000 -out out
//
// README.md beside this file has the results of the long run.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"runtime"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
)

const about = `Samples trajectories of a linear perceptron and compares the mean loss with the
exact answer.

The models are lines, y = m·x + c. A trajectory of τ of them is a random walk of
width σ, weighted with exp(−s · sum of their losses). The table has for each τ and
s the mean loss of a model with its standard error, the same as the tests'
minibatches saw it, the exact one, z, which is how many standard errors are between
them, and how many samples a step has drawn.

An interrupt (Ctrl-C) ends the run; the exit code is 130. With -checkpoint it can be
gone on with, and ends as if it had never stopped. With -chains there are several
independent chains for each τ and s: their results are combined, and R̂ tells
whether they agree: it is near 1 then.

With -json a line for each τ and s has
	tau s loss stderr minibatch_loss exact z mean_batch acceptance steps_per_second
	r_hat (with -chains)
where what has no value is null.`

type options struct {
	tau    cli.Ints
	s      cli.Floats
	steps  int
	burnIn int
	sigma  float64
	test   sampler.Test
	n      int
	seed   uint64
	json   bool
	out    string
	jobs   int
	chains int

	checkpoints cli.Checkpoints
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{tau: cli.Ints{1, 2, 4, 8, 16, 32}, s: cli.Floats{1, 10, 100, 1000}}
	flags := cli.NewFlagSet("perceptron", about, stderr)
	flags.Var(&o.tau, "tau", "`numbers` τ of models in a trajectory, separated by commas")
	flags.Var(&o.s, "s", "`tilts` s, how strongly low losses are favored, separated by commas")
	flags.IntVar(&o.steps, "steps", 1_000_000, "`number` of steps that are measured for each τ and s, those before -resume included")
	flags.IntVar(&o.burnIn, "burnin", -1, "`number` of steps before them (-1: a tenth of -steps)")
	flags.Float64Var(&o.sigma, "sigma", 0.1, "`width` σ of the random walk that couples the models")
	o.test.Add(flags, 32, 1)
	flags.IntVar(&o.n, "n", 256, "`number` of samples, points of a line")
	flags.Uint64Var(&o.seed, "seed", 1, "`number` that all random numbers derive from")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.out, "out", "", "write perceptron.png and perceptron.svg to this `directory`")
	flags.IntVar(&o.jobs, "jobs", runtime.GOMAXPROCS(0), "`number` of chains that run at the same time")
	flags.IntVar(&o.chains, "chains", 1, "`number` of independent chains for each τ and s")
	o.checkpoints.Add(flags, "tau", "s", "steps", "json", "out", "jobs", "chains")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	return o, o.check()
}

// check covers what the library's constructors do not.
func (o *options) check() error {
	for _, s := range o.s {
		if !(s > 0) || math.IsInf(s, 1) {
			return cli.Usagef("-s %v: want finite numbers > 0, as the exact answer needs", s)
		}
	}
	for _, tau := range o.tau {
		if tau < 1 {
			return cli.Usagef("-tau %d: want numbers of at least 1", tau)
		}
		if err := cli.CheckBytes(fmt.Sprintf("-tau %d", tau), tau, o.jobs, 2*8); err != nil {
			return err
		}
	}
	switch {
	case o.steps < 1:
		return cli.Usagef("-steps %d: want at least 1", o.steps)
	case o.test.Name == "adaptive" && o.test.Chunk > o.n: // the others have no chunks
		return cli.Usagef("-chunk %d: want 2 to -n, %d", o.test.Chunk, o.n)
	case o.burnIn < -1:
		return cli.Usagef("-burnin %d: want at least 0, or -1 for a tenth of -steps", o.burnIn)
	case o.n < 2:
		return cli.Usagef("-n %d: want at least 2", o.n)
	case o.chains < 1:
		return cli.Usagef("-chains %d: want at least 1", o.chains)
	}
	return cmp.Or(
		cli.CheckSigma(o.sigma),
		cli.CheckWorkers("jobs", o.jobs),
		cli.CheckBytes(fmt.Sprintf("-n %d", o.n), o.n, 2*4),
		cli.CheckBytes(fmt.Sprintf("-chains %d", o.chains), o.chains, len(o.tau)*len(o.s), 20_000), // for what is measured
		o.test.Check(),
		o.checkpoints.Check(),
	)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	stderr = cli.Locked(stderr) // chains write to it
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := cli.MakeOut(o.out); err != nil {
		return err
	}
	p, err := newProblem(o)
	if err != nil {
		return err
	}
	lines := cli.NewLines(o.json, stdout)
	if !o.json {
		fmt.Fprintf(stdout, "%5s %6s %11s %10s %11s %11s %6s %8s %10s %9s",
			"τ", "s", "loss", "±", "minibatch", "exact", "z", "batch", "acceptance", "steps/s")
		if o.chains > 1 {
			fmt.Fprintf(stdout, " %6s", "R̂") // the hat is a rune without width
		}
		fmt.Fprintln(stdout)
	}
	results, err := p.measureAll(ctx, stderr, func(r result) error {
		if !o.json {
			fmt.Fprintf(stdout, "%5d %6g %11.5g %10.2g %11.5g %11.5g %6.2f %8.2f %10.4f %9.0f",
				r.Tau, r.S, r.Loss, r.Stderr, r.MinibatchLoss, r.Exact, r.Z, r.MeanBatch, r.Acceptance, r.StepsPerSecond)
			if r.RHat != nil {
				fmt.Fprintf(stdout, " %5.3f", *r.RHat)
			}
			fmt.Fprintln(stdout)
		}
		return lines.Write(r)
	})
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "Interrupted.")
		fmt.Fprint(stderr, o.checkpoints.Hint("perceptron", args))
	}
	if err != nil {
		return err
	}
	if o.out != "" {
		return p.plot(results)
	}
	return nil
}

func main() { cli.Main(run) }
