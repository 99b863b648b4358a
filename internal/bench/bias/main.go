// Bias measures how far samplers of a posterior are from it, in equal time: Langevin
// dynamics with stochastic gradients, Hamiltonian and microcanonical chains, and trajectory
// sampling with its minibatch test, each beside long runs of Hamiltonian Monte Carlo, which has
// no bias.
//
//	go run ./internal/bench/bias -problem logistic -seconds 5
//	go run ./internal/bench/bias -problem cnn -seconds 60 -reference 600 -data DIR
//
// README.md beside this file has results. Time is that of the processors. The files: problem.go
// what is sampled, methods.go by what, sample.go how, reference.go and row.go what is compared.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/trajens/trajens/internal/processor"
)

type options struct {
	problem            string
	seconds, reference float64
	methods            string
	seed               uint64
	data, uci          string
	save, load         string
}

func main() {
	var o options
	flag.StringVar(&o.problem, "problem", "logistic", "`name` of the posterior: logistic (a logistic regression), table (a small network, airfoil\nof the UCI tables) or cnn (the paper's network, 500 images of MNIST)")
	flag.Float64Var(&o.seconds, "seconds", 5, "`time` for each sampler, of which the first fifth is burn-in")
	flag.Float64Var(&o.reference, "reference", 30, "`time` for each of the two reference chains, which run at once")
	flag.StringVar(&o.methods, "samplers", "all", "`names` of samplers, separated by commas, or all")
	flag.Uint64Var(&o.seed, "seed", 1, "`number` that all random numbers derive from")
	flag.StringVar(&o.data, "data", "", "`directory` of MNIST (default: what TRAJENS_MNIST names, or the user's cache)")
	flag.StringVar(&o.uci, "uci", os.Getenv("TRAJENS_UCI"), "`directory` of the UCI tables, with airfoil.csv (default: TRAJENS_UCI)")
	flag.StringVar(&o.save, "save-reference", "", "`file` (.npz) to write the reference to, as far as it came if it is interrupted")
	flag.StringVar(&o.load, "load-reference", "", "`file` to read the reference from, of the same problem and seed, in the place of -reference")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &o); err != nil {
		fmt.Fprintln(os.Stderr, "bias:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o *options) error {
	if !(o.seconds > 0) || !(o.reference > 0) {
		return errors.New("-seconds and -reference: want numbers > 0")
	}
	if o.save != "" && o.load != "" {
		return errors.New("-save-reference and -load-reference: want one of them")
	}
	asked, err := pick(o.methods)
	if err != nil {
		return err
	}
	p, err := newProblem(ctx, o)
	if err != nil {
		return err
	}
	defer p.close()
	fmt.Printf("%s, largest curvature of the loss %.3g, %v s each\n", p.title(), p.curvature, o.seconds)
	reference, err := p.reference(ctx, o)
	if err != nil {
		return err
	}
	fmt.Println(header)
	fmt.Println(reference.floor)
	for _, m := range asked {
		stream := uint64(10 + slices.Index(methods, m))
		s, err := p.sample(ctx, m, o.seconds, seconds, o.seed, stream)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			fmt.Printf("%-14s %v\n", m.name, err)
			continue
		}
		r, err := p.compare(m.name, s, reference)
		if err != nil {
			return err
		}
		fmt.Println(r)
	}
	return nil
}

// seconds is the clock of the processors.
func seconds() float64 { return processor.Time().Seconds() }

// pick returns the methods of a list of names.
func pick(names string) (asked []*method, err error) {
	if names == "all" {
		return methods, nil
	}
	for name := range strings.SplitSeq(names, ",") {
		found := false
		for _, m := range methods {
			if m.name == strings.TrimSpace(name) {
				asked, found = append(asked, m), true
			}
		}
		if !found {
			return nil, fmt.Errorf("-samplers: there is no %q", name)
		}
	}
	return asked, nil
}
