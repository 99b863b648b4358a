// Bench measures the library's speed and prints it as tables: losses of several
// networks, gradient descent, and whole chains. PyTorch is measured beside the
// library where there is a Python that has it.
//
//	go run ./internal/bench
//
// README.md beside this file has the results and what they mean.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/trajens/trajens/internal/kernel"
)

const about = `Measures the library's speed and prints it as Markdown tables:

	losses    losses of two models of several networks on the same samples
	training  gradients with steps of Adam
	full      the same on all samples of tables, by small networks
	chains    steps of whole chains, and what watching and saving them costs
	estimates decisions with uniform draws and with references; on MNIST if the
	          environment variable TRAJENS_MNIST says where it is
	samplers  steps of Langevin samplers beside the gradients that they need

PyTorch does the same work beside it, for losses, training and samplers, where there is a
Python that has it. All that is compared is measured in turn, round by round, and
medians over the rounds are printed, because the speed of a machine drifts. All
parts take about five minutes. The machine should have two idle cores.

Flags of go run ./internal/bench:
`

// A part is what can be measured alone.
type part struct {
	name    string
	measure func(*bench) error
}

var parts = []part{{"losses", (*bench).losses}, {"training", (*bench).training}, {"full", (*bench).fullBatches}, {"chains", (*bench).chains}, {"estimates", (*bench).estimates}, {"moves", (*bench).moves}, {"samplers", (*bench).samplers}}

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal("error: ", err)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), about)
		flags.PrintDefaults()
	}
	seconds := flags.Float64("seconds", 0.5, "length of one measurement in `seconds`")
	rounds := flags.Int("rounds", 5, "number of `rounds`")
	only := flags.String("only", "", "measure only this `part`: losses, training, full, chains, estimates, moves or samplers")
	python := flags.String("python", "", "`path` of the Python that has PyTorch (default: python3, then /usr/bin/python3)")
	avx2 := flags.Bool("avx2", false, "keep this library and PyTorch to AVX2 where they would use AVX-512")
	flags.Parse(args)
	var chosen []part
	for _, p := range parts {
		if *only == "" || *only == p.name {
			chosen = append(chosen, p)
		}
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q; see -h for the flags", flags.Arg(0))
	case !(*seconds > 0 && *seconds <= 3600):
		return fmt.Errorf("-seconds %v: want a number > 0 and at most 3600", *seconds)
	case *rounds < 1:
		return fmt.Errorf("-rounds %d: want at least 1", *rounds)
	case len(chosen) == 0:
		return fmt.Errorf("-only %q: want losses, training, full, chains, estimates, moves or samplers", *only)
	}
	pythons := []string{"python3", "/usr/bin/python3"}
	if *python != "" {
		pythons = []string{*python}
	}
	if *avx2 {
		kernel.KeepToAVX2()
	}
	b := &bench{seconds: *seconds, rounds: *rounds}
	if *only != "chains" && *only != "estimates" && *only != "moves" { // PyTorch has none
		var err error
		if b.torch, err = startTorch(*avx2, pythons...); err != nil {
			return err
		}
		if b.torch == nil {
			log.Printf("No Python with PyTorch and NumPy at %s: measuring without it.", strings.Join(pythons, " or "))
		}
	}
	fmt.Printf("%s, %s/%s, kernels of %s, GOMAXPROCS %d, medians of %d rounds of %g s\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel.InstructionSet(), runtime.GOMAXPROCS(0), *rounds, *seconds)
	var err error
	for _, p := range chosen {
		if err = p.measure(b); err != nil {
			break
		}
	}
	return errors.Join(err, b.torch.close())
}

// median returns the median of values, which it sorts.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
