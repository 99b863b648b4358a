// Bench measures the library's figures side by side in one run, and prints
// them as tables: losses of several networks and steps of gradient descent, with
// PyTorch beside them where a Python with PyTorch is found, the FMA peak, and
// the steps of chains.
//
//	go run ./internal/bench
//
// The parties are measured in turn, round by round, and the medians over the
// rounds are compared, because machines drift.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"slices"

	"github.com/trajens/trajens/internal/kernel"
)

func main() {
	log.SetFlags(0)
	seconds := flag.Float64("seconds", 0.5, "`time` of one measurement in seconds")
	rounds := flag.Int("rounds", 5, "number of `rounds`")
	only := flag.String("only", "", "measure one `part`: losses, training or chains (default: all)")
	python := flag.String("python", "", "Python with PyTorch (default: python3, then /usr/bin/python3)")
	avx2 := flag.Bool("avx2", false, "keep this library and PyTorch to AVX2 where they would use AVX-512")
	flag.Parse()
	parts := []struct {
		name    string
		measure func(*bench) error
	}{{"losses", (*bench).losses}, {"training", (*bench).training}, {"chains", (*bench).chains}}
	known := *only == ""
	for _, part := range parts {
		known = known || *only == part.name
	}
	if !(*seconds > 0) || *rounds < 1 || flag.NArg() > 0 || !known {
		flag.Usage()
		os.Exit(2)
	}
	candidates := []string{"python3", "/usr/bin/python3"}
	if *python != "" {
		candidates = []string{*python}
	}
	if *avx2 {
		kernel.KeepToAVX2()
	}
	b := &bench{seconds: *seconds, rounds: *rounds}
	var err error
	if b.torch, err = startTorch(*avx2, candidates...); err != nil {
		log.Fatal(err)
	}
	if b.torch == nil {
		log.Print("no Python with PyTorch found: measuring without it")
	} else {
		defer b.torch.close()
	}
	fmt.Printf("%s, %s/%s, kernels of %s, GOMAXPROCS %d, medians of %d rounds of %g s\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel.InstructionSet(), runtime.GOMAXPROCS(0), *rounds, *seconds)
	for _, part := range parts {
		if *only != "" && *only != part.name {
			continue
		}
		if err := part.measure(b); err != nil {
			log.Fatal(err)
		}
	}
}

// median returns the median of values, which it sorts.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
