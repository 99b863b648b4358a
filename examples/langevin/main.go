// Langevin trains a network and then samples its parameters by dynamics with a
// temperature: Langevin splittings, stochastic gradients, thermostats, Hamiltonian and
// microcanonical chains, from package ensemble/langevin.
//
//	go run ./examples/langevin
//	go run ./examples/langevin -dataset digits -sampler sghmc -batch 500 -out out
//	go run ./examples/langevin -table airfoil.csv -sampler mclmc -chains 4
//	go run ./examples/langevin -table airfoil.csv -sampler mile -members 4
//	go run ./examples/langevin -walkers 8 -eta 100
//
// The files follow a run: options.go what it is asked for, samplers.go what it may be asked
// for, problem.go the data and the network, walk.go chains, walkers.go and mile.go ensembles of
// them, record.go what is measured on the way, result.go how good the ensemble is, report.go,
// plot.go and plane.go what comes out.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/trajens/trajens/examples/internal/cli"
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	stdout, stderr = cli.Locked(stdout), cli.Locked(stderr) // chains write to both
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := cli.MakeOut(o.out); err != nil {
		return err
	}
	p, err := o.newProblem(ctx, stderr)
	if err != nil {
		return err
	}
	w, err := newWalk(o, p, stdout, stderr)
	if err != nil {
		return err
	}
	defer w.close()
	err = w.run(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		fmt.Fprintln(stderr, "Interrupted: what there is so far. Interrupt again to end at once.")
		fmt.Fprint(stderr, o.checkpoints.Hint("langevin", args))
		err = nil
	}
	if err != nil {
		return err
	}
	r, err := w.result()
	if errors.Is(err, errNoDraws) && ctx.Err() != nil {
		fmt.Fprintln(stderr, "There is nothing to measure yet:", err)
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(w.report(r, stdout), w.save(r), w.plot(context.WithoutCancel(ctx)))
}

func main() { cli.Main(run) }
