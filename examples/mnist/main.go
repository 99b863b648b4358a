// Mnist trains an ensemble of small convolutional networks to read handwritten
// digits by minibatch trajectory sampling, and lets it vote on a test set: the
// experiment of section IV B of Mair, Causer and Garrahan, arXiv 2306.13442.
//
//	go run ./examples/mnist
//	go run ./examples/mnist -download
//	go run ./examples/mnist -init random
//	go run ./examples/mnist -init random -tau 8 -s 50 -sigma 0.05 -chunk 60 -sigmac 1 -duration 1h -out out
//
// Without MNIST on the disk and without -download it trains on digits that the
// library draws itself. README.md beside this file has results.
//
// The files follow a run: options.go what it is asked for, start.go where the
// chains begin, training.go how they run, meter.go and watch.go what is measured
// on the way, draws.go and snapshots.go what is kept of it, report.go, curve.go,
// save.go and page.go what comes out.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	stderr = cli.Locked(stderr) // chains write to it
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	set, err := o.digits.Load(ctx, o.Source(sampler.TrainStream, 0), o.Source(sampler.TestStream, 0), stderr)
	if err != nil {
		return err
	}
	if err := o.fit(set.Train.Len()); err != nil {
		return err
	}
	if err := cli.MakeOut(o.out); err != nil {
		return err
	}
	report := newReport(o, stdout, stderr)
	t, err := newTraining(ctx, o, set, report)
	if err != nil {
		return err
	}
	defer t.close()
	good, failed := t.run(ctx)
	if len(good) == 0 {
		return failed
	}
	if len(good) < len(t.chains) {
		fmt.Fprintf(stderr, "%v\nThe other chains are evaluated.\n", failed)
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "Interrupted: evaluating the ensemble as it is. Interrupt again to end at once.")
		fmt.Fprint(stderr, o.checkpoints.Hint("mnist", args))
	}
	r, err := t.evaluate(good)
	if err != nil {
		return err
	}
	if err := report.result(r); err != nil {
		return err
	}
	if o.diagnose {
		to := stdout
		if o.json {
			to = stderr
		}
		err = errors.Join(printWatches(to, t.chains, r.seconds), sampler.PrintEstimates(to, t.stats()))
	}
	return errors.Join(err, t.save(good, r), t.writeCurve(r), t.writePage(good, r), failed)
}

func main() { cli.Main(run) }
