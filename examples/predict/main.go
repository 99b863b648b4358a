// Predict says what a saved ensemble thinks of images: the class of each, how
// probable it is, how the members vote, and how far to trust them.
//
//	go run ./examples/mnist -save ensemble.npz
//	go run ./examples/predict -ensemble ensemble.npz -images one.png two.png -digit
//	go run ./examples/predict -ensemble ensemble.npz -images t10k-images-idx3-ubyte.gz -labels t10k-labels-idx1-ubyte.gz
//	go run ./examples/predict -ensemble ensemble.npz -drawn 1000 -summary -sheet sheet.png
//
// The file has all that is needed: the network, its members, the names of the
// classes. README.md beside this file shows a sheet.
//
// The files follow a run: options.go what it is asked for, committee.go and images.go
// what is read, predict.go how predictions are made, judgment.go what one says,
// report.go and sheet.go what comes out.
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
	c, err := load(o.ensemble)
	if err != nil {
		return err
	}
	in, err := o.read(c)
	if err != nil {
		return err
	}
	if o.sheet != "" {
		if err := checkSheet(in); err != nil {
			return err
		}
	}
	fmt.Fprintln(stderr, c)
	report := newReport(o, c, in, stdout)
	if in.single {
		err = c.oneByOne(ctx, in, report)
	} else {
		err = c.inBlocks(ctx, in, report)
	}
	if err != nil {
		return err
	}
	if err := report.summary(); err != nil {
		return err
	}
	if o.sheet == "" {
		return nil
	}
	return writeSheet(o.sheet, c, in, report.judgments)
}

func main() { cli.Main(run) }
