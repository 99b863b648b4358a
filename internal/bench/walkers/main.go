// Walkers measures what the ensemble quasi-Newton method (langevin.Walkers) gains on a real
// posterior: a perceptron of one layer that tells the digits 7 and 9 of MNIST apart, by
// direction, beside the same walkers without a preconditioner.
//
//	go run ./internal/bench/walkers -data DIR
//	go run ./internal/bench/walkers -data DIR -side 28 -walkers 16
//
// README.md beside this file has results. The files: problem.go what is sampled, reference.go
// the directions, stability.go the sizes of steps, measure.go autocorrelation times,
// trials.go what is tried, row.go and figure.go what comes out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
)

const about = `Measures the integrated autocorrelation times of walkers along the principal axes of the
posterior of a logistic regression on the digits 7 and 9 of MNIST, with and without the
ensemble quasi-Newton preconditioner, and prints a table as Markdown.

Flags of go run ./internal/bench/walkers:
`

type options struct {
	data             string
	side, images     int
	prior            float64
	walkers          []int
	etas             []float64
	every, memory    int
	freeze, burnIn   int
	steps, thin      int
	reference, seeds int
	share            float64
	seed             uint64
	workers          int
	csv, out         string
}

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		log.Fatal("error: ", err)
	}
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{walkers: []int{8, 16}, etas: []float64{0.01, 0.1, 1}}
	flags := flag.NewFlagSet("walkers", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, about)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.data, "data", "", "`directory` of MNIST (default: what TRAJENS_MNIST names, or the user's cache)")
	flags.IntVar(&o.side, "side", 7, "`pixels` along a side of the images, 28 or a divisor of it: means over squares of the original ones")
	flags.IntVar(&o.images, "images", 1000, "`number` of images to train on")
	flags.Float64Var(&o.prior, "prior", 1, "`width` of the normal prior of each parameter")
	flags.Func("walkers", "`numbers` of walkers, at least 3 (default 8,16)", func(text string) (err error) {
		o.walkers, err = list(text, strconv.Atoi)
		return err
	})
	flags.Func("eta", "weights η of the covariance, as `shares` of the largest curvature of U (default 0.01,0.1,1)", func(text string) (err error) {
		o.etas, err = list(text, func(word string) (float64, error) { return strconv.ParseFloat(word, 64) })
		return err
	})
	flags.IntVar(&o.every, "every", 100, "`steps` of a turn")
	flags.IntVar(&o.memory, "memory", 32, "`turns` that the covariances are over until they are frozen")
	flags.IntVar(&o.freeze, "freeze", 3200, "`steps` until then, a multiple of -every")
	flags.IntVar(&o.burnIn, "burnin", 1000, "`steps` of each walker before it is measured, or after the freeze, a multiple of -every")
	flags.IntVar(&o.steps, "steps", 6000, "`steps` of each walker that are measured, a multiple of -every; to choose the friction, a third\nof them")
	flags.IntVar(&o.thin, "thin", 2, "`steps` from one value to the next")
	flags.IntVar(&o.reference, "reference", 40_000, "`steps` of each of 16 chains of the reference")
	flags.IntVar(&o.seeds, "seeds", 4, "`number` of runs of each kind, at least 2")
	flags.Float64Var(&o.share, "share", 0.8, "size of a step as a share of the largest stable one")
	flags.Uint64Var(&o.seed, "seed", 1, "`number` that all random numbers derive from")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "`number` of runs at a time")
	flags.StringVar(&o.csv, "csv", "", "write the times along each direction to this `file`")
	flags.StringVar(&o.out, "out", "", "write times.png and times.svg to this `directory`")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q; see -h for the flags", flags.Arg(0))
	case o.side < 2 || 28%o.side != 0:
		return nil, fmt.Errorf("-side %d: want 28 or a divisor of it, at least 2", o.side)
	case o.images < 10:
		return nil, fmt.Errorf("-images %d: want at least 10", o.images)
	case !(o.prior > 0):
		return nil, fmt.Errorf("-prior %v: want a number > 0", o.prior)
	case o.every < 1 || o.burnIn%o.every != 0 || o.freeze%o.every != 0 || o.steps%o.every != 0 || o.burnIn < 0 || o.freeze < 1 || o.steps < 3*o.every:
		return nil, fmt.Errorf("-burnin %d, -freeze %d, -steps %d: want multiples of -every, %d, and at least three turns of -steps", o.burnIn, o.freeze, o.steps, o.every)
	case o.thin < 1 || o.seeds < 2 || o.workers < 1 || o.reference < 1000:
		return nil, errors.New("want -thin and -workers of at least 1, -seeds of at least 2, -reference of at least 1000")
	case !(o.share > 0 && o.share < 1):
		return nil, fmt.Errorf("-share %v: want a number between 0 and 1", o.share)
	}
	return o, nil
}

// list parses what stands between commas.
func list[T any](text string, parse func(string) (T, error)) (values []T, err error) {
	for word := range strings.SplitSeq(text, ",") {
		value, err := parse(strings.TrimSpace(word))
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	p, err := o.newProblem()
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, p)
	r, err := o.newReference(ctx, p)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, r)
	fmt.Fprintln(stdout)
	fmt.Fprintln(stdout, header)
	var rows []*row
	for _, t := range o.trials() {
		x, err := o.try(ctx, p, r, t, stderr)
		if err != nil {
			return fmt.Errorf("%v: %w", t, err)
		}
		if t.eta > 0 {
			x.compareWith(rows)
		}
		rows = append(rows, x)
		fmt.Fprintln(stdout, x)
	}
	if err := writeCSV(o.csv, r, rows); err != nil {
		return err
	}
	return plotTimes(o.out, p, r, rows)
}
