// Uncertainty compares what ensembles of small convolutional networks know of their
// own errors: a single network, deep ensembles of independent networks, and trajectories
// that are sampled from one network and from several.
//
//	go run ./examples/uncertainty
//	go run ./examples/uncertainty -dataset mnist -data MNIST -other FASHION -out out
//
// The files follow a run: options.go what it is asked for, sets.go what the models are
// judged on, train.go how they are trained, answers.go and measures.go what a committee
// is worth, compare.go which committees there are, summary.go and report.go what comes
// out. README.md beside this file says how to read it.
package main

import (
	"context"
	"fmt"
	"io"

	"github.com/trajens/trajens/examples/internal/cli"
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := cli.MakeOut(o.out); err != nil {
		return err
	}
	s, err := o.load(ctx, stderr)
	if err != nil {
		return err
	}
	if err := o.fit(s.Train.Len()); err != nil {
		return err
	}
	r := newReport(o, s, stdout, stderr)
	for seed := range o.seeds {
		models, failed := o.train(ctx, s, seed, r)
		if failed != nil && ctx.Err() == nil {
			return failed
		}
		if err := r.judge(seed, models); err != nil {
			return err
		}
		r.progress.End()
		if ctx.Err() != nil {
			fmt.Fprintln(stderr, "Interrupted: the tables are of what was done.")
			break
		}
	}
	return r.finish()
}

func main() { cli.Main(run) }
