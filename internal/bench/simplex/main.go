// Simplex shows what package ensemble/simplex finds, in tables and figures:
//
//	go run ./internal/bench/simplex -only spirals
//	go run ./internal/bench/simplex -only volumes
//
// README.md beside the package has the results and what they mean.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
)

const about = `Grows simplexes of networks and prints tables about them as Markdown:

	spirals  a tetrahedron of networks of seven hidden layers on two spirals; faces
	         and decision fields as figures (some seconds)
	volumes  volumes of complexes that join two LeNets on MNIST, against the number
	         of connectors, for widths 1, 2 and 4 (some three minutes a seed)

Flags of go run ./internal/bench/simplex:
`

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		log.Fatal("error: ", err)
	}
}

func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("simplex", flag.ExitOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), about)
		flags.PrintDefaults()
	}
	only := flags.String("only", "", "show only this `part`: spirals or volumes")
	out := flags.String("out", "", "`folder` for figures (default: none are drawn)")
	lambda := flags.Float64("lambda", 0.01, "`strength` λ* of the reward for volume")
	seeds := flags.Int("seeds", 3, "`number` of seeds")
	first := flags.Int("first", 0, "first `seed`")
	table := flags.String("csv", "", "CSV `file` of volumes that results are added to; complexes that it has are not grown\nagain, and the figure has all")
	width := flags.Int("width", 0, "only this `width` of the networks on MNIST (default: 1, 2 and 4)")
	dir := flags.String("data", os.Getenv("TRAJENS_MNIST"), "`folder` of the files of MNIST, for volumes")
	images := flags.Int("images", 10_000, "`number` of MNIST's images to train on")
	connectors := flags.Int("connectors", 10, "largest `number` of connectors")
	epochs := flags.Int("epochs", 5, "epochs of a connector on MNIST")
	flags.Parse(args)
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q; see -h for the flags", flags.Arg(0))
	case *only != "" && *only != "spirals" && *only != "volumes":
		return fmt.Errorf("-only %q: want spirals or volumes", *only)
	case *seeds < 1:
		return fmt.Errorf("-seeds %d: want at least 1", *seeds)
	case *first < 0:
		return fmt.Errorf("-first %d: want at least 0", *first)
	case *width < 0:
		return fmt.Errorf("-width %d: want at least 1", *width)
	case *connectors < 1:
		return fmt.Errorf("-connectors %d: want at least 1", *connectors)
	}
	if *only != "volumes" {
		if err := showSpirals(ctx, *first, *seeds, *lambda, *out); err != nil {
			return err
		}
	}
	if *only == "spirals" {
		return nil
	}
	v := volumes{widths: widths, connectors: *connectors, epochs: *epochs, lambda: *lambda}
	if err := v.load(*dir, *images); err != nil {
		return err
	}
	if *width > 0 {
		v.widths = []int{*width}
	}
	to, err := openRecord(*table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return v.show(ctx, *first, *seeds, *out, to)
}
