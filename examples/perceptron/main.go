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
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"

	"github.com/trajens/trajens/correction"
	"github.com/trajens/trajens/examples/internal/cli"
)

const about = `Samples trajectories of a linear perceptron and compares the mean loss with the
exact answer.

With -checkpoint an interrupted run (Ctrl-C) can be gone on with, and ends as if
it had never stopped. With -chains there are several independent chains for each
τ and s: their results are combined, and R̂ tells whether they agree.`

type options struct {
	tau    cli.Ints
	s      cli.Floats
	steps  int
	burnIn int
	sigma  float64
	chunk  int
	sigmaC float64
	finite bool
	n      int
	seed   uint64
	test   string
	json   bool
	out    string
	jobs   int
	chains int

	checkpoints cli.Checkpoints
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{tau: cli.Ints{1, 2, 4, 8, 16, 32}, s: cli.Floats{1, 10, 100, 1000}}
	flags := cli.NewFlagSet("perceptron", about, stderr)
	flags.Var(&o.tau, "tau", "numbers of models `τ`, a comma list")
	flags.Var(&o.s, "s", "tilts `s`, a comma list")
	flags.IntVar(&o.steps, "steps", 1_000_000, "`steps` measured for each τ and s")
	flags.IntVar(&o.burnIn, "burnin", -1, "`steps` made before them (-1: a tenth of -steps)")
	flags.Float64Var(&o.sigma, "sigma", 0.1, "width `σ` of the random walk")
	flags.IntVar(&o.chunk, "chunk", 32, "samples `m` drawn at a time by the adaptive test")
	flags.Float64Var(&o.sigmaC, "sigmac", 1, "noise `σ_c` that the adaptive test corrects for")
	flags.BoolVar(&o.finite, "population", false, "apply the finite-population factor 1 − b/N in the adaptive test")
	flags.IntVar(&o.n, "n", 256, "number of samples `N`")
	flags.Uint64Var(&o.seed, "seed", 1, "`seed` of the data and the chains")
	flags.StringVar(&o.test, "test", "adaptive", "acceptance `test`: adaptive, barker or metropolis")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	flags.StringVar(&o.out, "out", "", "write perceptron.png and perceptron.svg to this `directory`")
	flags.IntVar(&o.jobs, "jobs", runtime.GOMAXPROCS(0), "chains that run at the same `time`")
	flags.IntVar(&o.chains, "chains", 1, "number of independent `chains` for each τ and s")
	o.checkpoints.Add(flags)
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	if o.burnIn == -1 {
		o.burnIn = o.steps / 10
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
	}
	switch {
	case o.steps < 1:
		return cli.Usagef("-steps %d: want at least 1", o.steps)
	case !(o.sigma > 0) || math.IsInf(o.sigma, 1):
		return cli.Usagef("-sigma %v: want a finite number > 0", o.sigma)
	case o.test == "adaptive" && (o.chunk < 2 || o.chunk > o.n): // the others have no chunks
		return cli.Usagef("-chunk %d: want 2 to -n, %d", o.chunk, o.n)
	case !(o.sigmaC >= correction.MinSigma && o.sigmaC <= correction.MaxSigma):
		return cli.Usagef("-sigmac %v: want %v to %v", o.sigmaC, correction.MinSigma, correction.MaxSigma)
	case o.burnIn < 0:
		return cli.Usagef("-burnin %d: want at least 0, or -1 for a tenth of -steps", o.burnIn)
	case o.n < 2:
		return cli.Usagef("-n %d: want at least 2", o.n)
	case o.jobs < 1:
		return cli.Usagef("-jobs %d: want at least 1", o.jobs)
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
	if o.out != "" {
		if err := os.MkdirAll(o.out, 0o777); err != nil {
			return err
		}
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
