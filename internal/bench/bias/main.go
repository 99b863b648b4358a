// Bias measures how far samplers of a posterior are from it, in equal time: Langevin
// dynamics with stochastic gradients, Hamiltonian and microcanonical chains, and trajectory
// sampling with its minibatch test, each beside long runs of Hamiltonian Monte Carlo, which has
// no bias.
//
//	go run ./internal/bench/bias -problem logistic -seconds 5
//	go run ./internal/bench/bias -problem cnn -seconds 60 -reference 600 -data DIR
//
// README.md beside this file has results. Time is that of the processors. The files: problem.go
// what is sampled, methods.go by what, sample.go how, moments.go and row.go what is compared.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

type options struct {
	problem            string
	seconds, reference float64
	methods            string
	seed               uint64
	data, uci          string
}

func main() {
	var o options
	flag.StringVar(&o.problem, "problem", "logistic", "`name` of the posterior: logistic (a logistic regression), table (a small network, airfoil\nof the UCI tables) or cnn (the paper's network, 1,000 images of MNIST)")
	flag.Float64Var(&o.seconds, "seconds", 5, "`time` for each sampler, of which the first fifth is burn-in")
	flag.Float64Var(&o.reference, "reference", 30, "`time` for each of the two reference chains")
	flag.StringVar(&o.methods, "samplers", "all", "`names` of samplers, separated by commas, or all")
	flag.Uint64Var(&o.seed, "seed", 1, "`number` that all random numbers derive from")
	flag.StringVar(&o.data, "data", "", "`directory` of MNIST (default: what TRAJENS_MNIST names, or the user's cache)")
	flag.StringVar(&o.uci, "uci", os.Getenv("TRAJENS_UCI"), "`directory` of the UCI tables, with airfoil.csv (default: TRAJENS_UCI)")
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
	asked, err := pick(o.methods)
	if err != nil {
		return err
	}
	p, err := newProblem(ctx, o)
	if err != nil {
		return err
	}
	defer p.close()
	fmt.Printf("%s: N = %d, P = %d, prior N(0, %v²), largest curvature of the loss %.3g, %v s each\n", p.label, p.train.Len(), p.net.Params(), p.prior, p.curvature, o.seconds)
	reference, err := p.reference(ctx, o)
	if err != nil {
		return err
	}
	fmt.Println(header)
	fmt.Println(reference.floor)
	for k, m := range asked {
		s, err := p.sample(ctx, m, o.seconds, o.seed, uint64(10+k))
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
