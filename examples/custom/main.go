// Custom samples trajectories of a model that is no neural network: a mixture
// of two normal distributions, fitted to points drawn from a known one. See
// mixture.go for the model and fit for how it is sampled.
//
//	go run ./examples/custom
//
// The loss is the negative log-likelihood of a point. With s = N/τ, which is
// the default, the mean of the τ models is distributed as one model is in
// Bayesian inference with a flat prior, as long as the loss is quadratic over
// the width of the distribution: the spread is the usual error bar.
package main

import (
	"context"
	"fmt"
	"io"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

type options struct {
	tau, steps, n int
	s, sigma      float64
	seed          uint64
	json          bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlagSet("custom", `Fits a mixture of two normal distributions to points by minibatch trajectory
sampling, and compares the mean of the ensemble with the truth.

With -json a line for each parameter has: parameter truth mean spread.
Mean and spread are those of the average of the τ models over the chain.`, stderr)
	flags.IntVar(&o.tau, "tau", 8, "number of models `τ`")
	flags.Float64Var(&o.s, "s", 0, "tilt `s` (0: N/τ, with which the spreads are error bars)")
	flags.Float64Var(&o.sigma, "sigma", 0.02, "width `σ` of the random walk")
	flags.IntVar(&o.steps, "steps", 200_000, "`steps` measured, after a quarter as many that are not")
	flags.IntVar(&o.n, "n", 2000, "number of points `N`")
	flags.Uint64Var(&o.seed, "seed", 1, "`seed` of the points and the chain")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line to standard output")
	if err := cli.Parse(flags, args); err != nil {
		return nil, err
	}
	switch {
	case o.tau < 1:
		return nil, cli.Usagef("-tau %d: want at least 1", o.tau)
	case !(o.s >= 0) || math.IsInf(o.s, 1):
		return nil, cli.Usagef("-s %v: want a finite number > 0, or 0 for N/τ", o.s)
	case !(o.sigma > 0) || math.IsInf(o.sigma, 1):
		return nil, cli.Usagef("-sigma %v: want a finite number > 0", o.sigma)
	case o.steps < 1000:
		return nil, cli.Usagef("-steps %d: want at least 1000", o.steps)
	case o.n < 10:
		return nil, cli.Usagef("-n %d: want at least 10", o.n)
	}
	if o.s == 0 {
		o.s = float64(o.n) / float64(o.tau)
	}
	return o, nil
}

// An estimate is what the ensemble says of one parameter.
type estimate struct {
	Parameter string  `json:"parameter"`
	Truth     float64 `json:"truth"`
	Mean      float64 `json:"mean"`
	Spread    float64 `json:"spread"` // standard deviation
}

// fit samples trajectories and measures the average of their models.
func (o *options) fit(ctx context.Context) ([]estimate, tps.Stats, error) {
	source := random.Source(o.seed, 1)
	guess := []float32{-1, 0, 1, 0, 0}
	start, err := tps.RandomWalk(o.tau, guess, o.sigma, source)
	if err != nil {
		return nil, tps.Stats{}, err
	}
	config := tps.Config{Tau: o.tau, Sigma: o.sigma, S: o.s, Start: start, Source: source}
	chain, err := tps.NewChain(config, newMixture(o.n, o.seed))
	if err != nil {
		return nil, tps.Stats{}, err
	}
	if err := chain.Run(ctx, o.steps/4); err != nil {
		return nil, tps.Stats{}, err
	}
	chain.ResetStats()
	averages := make([][]float64, len(names))
	err = chain.Run(ctx, chain.Steps()+o.steps, tps.Every(10, func(chain *tps.Chain) error {
		for i := range averages {
			sum := 0.0
			for _, model := range chain.Trajectory().Models() {
				sum += float64(model[i])
			}
			averages[i] = append(averages[i], sum/float64(o.tau))
		}
		return nil
	}))
	estimates := make([]estimate, len(names))
	for i := range estimates {
		mean, spread := stat.MeanStdDev(averages[i], nil)
		estimates[i] = estimate{names[i], truth[i], mean, spread}
	}
	return estimates, chain.Stats(), err
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	estimates, stats, err := o.fit(ctx)
	if err != nil {
		return err
	}
	lines := cli.NewLines(o.json, stdout)
	if !o.json {
		fmt.Fprintf(stdout, "%-12s %8s %8s %8s\n", "parameter", "truth", "mean", "spread")
	}
	for _, e := range estimates {
		if !o.json {
			fmt.Fprintf(stdout, "%-12s %8.3f %8.3f %8.3f\n", e.Parameter, e.Truth, e.Mean, e.Spread)
		}
		if err := lines.Write(e); err != nil {
			return err
		}
	}
	fmt.Fprintf(stderr, "τ = %d, s = %g, N = %d: acceptance %.2f, %.0f of the points a step\n",
		o.tau, o.s, o.n, stats.Acceptance(), stats.MeanBatch())
	return nil
}

func main() { cli.Main(run) }
