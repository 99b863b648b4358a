package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"text/tabwriter"

	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/data"
)

// training is how many of the images of the training file there are to train on. The
// others are for validation.
const training = 50_000

// An experiment is the data and who computes.
type experiment struct {
	ctx         context.Context
	train, test *data.Dataset
	workers     int
	progress    bool
}

// accuracy makes runs, as many at the same time as parallel says, but those that the
// record has, and prints a table of all.
func (e *experiment) accuracy(runs []run, parallel int, to *runRecord) error {
	var mutex sync.Mutex // of what follows, of the record, and of the output
	var failed error
	next := 0
	take := func() (r run, ok bool) {
		mutex.Lock()
		defer mutex.Unlock()
		for ; next < len(runs) && failed == nil; next++ {
			if to.results[runs[next]] == nil {
				next++
				return runs[next-1], true
			}
		}
		return run{}, false
	}
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() {
			for r, ok := take(); ok; r, ok = take() {
				result, err := e.make(r)
				mutex.Lock()
				if err == nil {
					fmt.Printf("%v: epoch %d of %d, %.0f s, validation error %.2f %%, test error %.2f %%\n",
						r, result.epoch, r.epochs, result.seconds, result.validation, result.error)
					err = to.add(r, result)
				}
				failed = cmp.Or(failed, err)
				mutex.Unlock()
			}
		})
	}
	all.Wait()
	printTable(runs, to)
	return failed
}

// printTable prints means over the trials that are done, and their standard errors.
func printTable(runs []run, of *runRecord) {
	var shapes []shape
	results := map[shape][]*result{}
	for _, r := range runs {
		if result := of.results[r]; result != nil {
			if results[r.shape] == nil {
				shapes = append(shapes, r.shape)
			}
			results[r.shape] = append(results[r.shape], result)
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintf(w, "| modules × hidden units |\ttrials |\t%s |\n", strings.Join(columns, " |\t"))
	fmt.Fprintln(w, "|"+strings.Repeat("---|", 2+len(columns)))
	for _, s := range shapes {
		fmt.Fprintf(w, "| %v |\t%d ", s, len(results[s]))
		for k := range columns {
			var values []float64
			for _, r := range results[s] {
				values = append(values, *r.numbers()[k])
			}
			mean, deviation := stat.MeanStdDev(values, nil)
			if len(values) == 1 {
				fmt.Fprintf(w, "|\t%.3f ", mean)
			} else {
				fmt.Fprintf(w, "|\t%.3f ± %.3f ", mean, stat.StdErr(deviation, float64(len(values))))
			}
		}
		fmt.Fprintln(w, "|")
	}
	w.Flush()
}
