package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/joint"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// An experiment is the data and how long to train.
type experiment struct {
	ctx             context.Context
	train, test     *data.Dataset
	epochs, workers int
	progress        bool
}

// shares are how many of the modules are dropped.
var shares = []float64{0.1, 0.25, 0.5, 0.75, 0.9}

// A result is what a run gave, in percent where it is an error or a score.
type result struct {
	validation, error, average float64 // errors, of the ensemble on test data but for the first
	loss                       float64
	diversity                  [2]float64 // on training and on test data
	dropped                    []float64  // mean error over draws, for each of shares
	best, random               float64    // F1, means over classes
	epoch                      int
}

// numbers are the columns of the table.
func (r *result) numbers() []float64 {
	numbers := []float64{r.validation, r.error, r.average, r.loss, r.diversity[0], r.diversity[1], r.best, r.random}
	return append(numbers, r.dropped...)
}

const columns = "validation error, %|test error, %|of a module, %|test NLL|diversity, training|diversity, test|F1 of best module, %|of a random one, %|" +
	"test error with 10 % dropped|25 %|50 %|75 %|90 %"

// accuracy trains all shapes in some trials, as many at the same time as parallel
// says, and prints tables.
func (e *experiment) accuracy(shapes []shape, first, trials, parallel int) error {
	results := make([][]*result, len(shapes))
	var mutex sync.Mutex // of what follows, and of the output
	var failed error
	next := 0
	take := func() (trial, i int, ok bool) {
		mutex.Lock()
		defer mutex.Unlock()
		next++
		return first + (next-1)/len(shapes), (next - 1) % len(shapes), next <= trials*len(shapes) && failed == nil
	}
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() {
			for trial, i, ok := take(); ok; trial, i, ok = take() {
				start := time.Now()
				r, err := e.run(shapes[i], uint64(trial))
				mutex.Lock()
				if err != nil {
					failed = cmp.Or(failed, err)
				} else {
					results[i] = append(results[i], r)
					fmt.Printf("%v, trial %d: epoch %d of %d, %.0f s:", shapes[i], trial, r.epoch, e.epochs, time.Since(start).Seconds())
					for _, x := range r.numbers() {
						fmt.Printf(" %.3f", x)
					}
					fmt.Println()
				}
				mutex.Unlock()
			}
		})
	}
	all.Wait()
	printTable(shapes, results)
	return failed
}

// printTable prints means over trials and their standard errors.
func printTable(shapes []shape, results [][]*result) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	header := "modules × hidden units|trials|" + columns
	fmt.Fprintf(w, "| %s |\n", strings.ReplaceAll(header, "|", " |\t"))
	fmt.Fprintln(w, "|"+strings.Repeat("---|", strings.Count(header, "|")+1))
	for i, s := range shapes {
		rows := results[i]
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(w, "| %v |\t%d ", s, len(rows))
		for k := range rows[0].numbers() {
			var values []float64
			for _, r := range rows {
				values = append(values, r.numbers()[k])
			}
			mean, deviation := stat.MeanStdDev(values, nil)
			fmt.Fprintf(w, "|\t%.2f ± %.2f ", mean, stat.StdErr(deviation, float64(len(values))))
		}
		fmt.Fprintln(w, "|")
	}
	w.Flush()
}

// run trains one ensemble and measures it.
func (e *experiment) run(s shape, trial uint64) (*result, error) {
	source := rand.NewPCG(trial, 1)
	train, validation, err := e.train.Split(50_000, source)
	if err != nil {
		return nil, err
	}
	net, err := s.network()
	if err != nil {
		return nil, err
	}
	modules := joint.Initialize(net, s.modules, source)
	var last descent.Epoch
	lowest := 0.0
	_, err = joint.Train(e.ctx, net, modules, train, joint.Config{
		Lambda: s.lambda, Workers: e.workers, Validation: validation,
		Descent: descent.Config{Epochs: e.epochs, Batch: 100, Source: source, Progress: func(epoch descent.Epoch) error {
			if epoch.Best == epoch.Number {
				lowest = epoch.Validation
			}
			if e.progress {
				fmt.Fprintf(os.Stderr, "%v, trial %d: epoch %d, loss %.4f, validation error %.2f %%\n", s, trial, epoch.Number, epoch.Loss, 100*epoch.Validation)
			}
			last = epoch
			return nil
		}},
	})
	if err != nil {
		return nil, err
	}
	r, err := e.measure(net, modules, train)
	if err == nil {
		r.validation, r.epoch = 100*lowest, last.Best
	}
	return r, err
}

func (s shape) network() (*nn.Network, error) {
	return nn.NewNetwork([]int{1, 28, 28}, nn.Flatten{}, nn.Dense{Outputs: s.hidden}, nn.ReLU{}, nn.Dense{Outputs: 10})
}

// measure measures trained modules.
func (e *experiment) measure(net *nn.Network, modules [][]float32, train *data.Dataset) (*result, error) {
	onTrain, err := joint.Evaluate(net, modules, train, 0)
	if err != nil {
		return nil, err
	}
	onTest, err := joint.Evaluate(net, modules, e.test, 0)
	if err != nil {
		return nil, err
	}
	r := &result{
		error: 100 * onTest.Ensemble.Error, average: 100 * onTest.Average.Error, loss: onTest.Ensemble.Loss,
		diversity: [2]float64{onTrain.Diversity, onTest.Diversity},
	}
	var keep []int
	for _, share := range shares {
		keep = append(keep, max(1, int(float64(len(modules))*(1-share)+0.5)))
	}
	dropped, err := joint.Drop(net, modules, e.test, keep, joint.DropConfig{})
	if err != nil {
		return nil, err
	}
	for _, errors := range dropped {
		r.dropped = append(r.dropped, 100*stat.Mean(errors, nil))
	}
	f1, err := joint.Specialize(net, modules, e.test)
	if err != nil {
		return nil, err
	}
	r.best, r.random = 100*stat.Mean(f1.Best, nil), 100*stat.Mean(f1.Random, nil)
	return r, nil
}
