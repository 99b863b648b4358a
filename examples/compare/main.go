// Compare makes one table and one figure of all the ways to an ensemble in this library,
// on the same data, with the same small network: at equal numbers of members, and at equal
// seconds of training.
//
//	go run ./examples/compare
//	go run ./examples/compare -dataset mnist -data MNIST -other FASHION -seeds 3 -out out
//	go run ./examples/compare -table iris.csv -target species
//
// The files follow a run: options.go what it is asked for, load.go what the ensembles are
// trained and judged on, task.go what a way is given, ways.go the list of the ways, a file
// way_….go for each, compare.go who goes when, and report.go, page.go and figure.go what
// comes out. README.md beside this file says how to read it.
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
	s, net, err := o.load(ctx, stderr)
	if err != nil {
		return err
	}
	c := newComparison(o, s, net, stderr)
	for seed := range o.seeds {
		if err := c.compare(ctx, seed); err != nil {
			c.progress.End()
			if ctx.Err() == nil {
				return err
			}
			fmt.Fprintln(stderr, "Interrupted: the table is of what was done.")
			break
		}
	}
	c.progress.End()
	return c.report(stdout)
}

func main() { cli.Main(run) }
