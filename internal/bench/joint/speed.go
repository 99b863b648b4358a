package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/trajens/trajens/ensemble/joint"
	"github.com/trajens/trajens/nn/descent"
)

// speed times 100 batches of each shape in turn, round by round, in PyTorch too if there
// is a Python, and prints medians of times and of their ratios.
func (e *experiment) speed(shapes []shape, rounds int, python, dir string) (err error) {
	var other *torch
	if python != "" {
		if other, err = startTorch(python, dir); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, other.close()) }()
	}
	n := len(shapes)
	times, ratios, others, factors := make([][]float64, n), make([][]float64, n), make([][]float64, n), make([][]float64, n)
	for round := range rounds {
		for i, s := range shapes {
			seconds, err := e.epoch(s)
			if err != nil {
				return err
			}
			times[i] = append(times[i], seconds)
			ratios[i] = append(ratios[i], seconds/times[0][round])
			if other == nil {
				continue
			}
			theirs, err := other.epoch(s)
			if err != nil {
				return err
			}
			others[i] = append(others[i], theirs)
			factors[i] = append(factors[i], theirs/seconds)
		}
	}
	fmt.Printf("| modules × hidden units | seconds for 100 batches of 100, %d workers | of the first | PyTorch, 1 thread | of this |\n|---|---|---|---|---|\n", e.workers)
	for i, s := range shapes {
		fmt.Printf("| %v | %.3f | %.2f |", s, median(times[i]), median(ratios[i]))
		if other != nil {
			fmt.Printf(" %.3f | %.2f |", median(others[i]), median(factors[i]))
		}
		fmt.Println()
	}
	return nil
}

// epoch returns how long a fifth of an epoch takes: 10,000 images in batches of 100.
func (e *experiment) epoch(s shape) (seconds float64, err error) {
	train, err := e.train.First(10_000)
	if err != nil {
		return 0, err
	}
	net, err := s.network()
	if err != nil {
		return 0, err
	}
	source := rand.NewPCG(1, 1)
	modules := joint.Initialize(net, s.modules, source)
	var start time.Time
	_, err = joint.Train(e.ctx, net, modules, train, joint.Config{
		Lambda: s.lambda, Workers: e.workers,
		Descent: descent.Config{Epochs: 2, Source: source, Progress: func(epoch descent.Epoch) error {
			if epoch.Number == 1 { // to warm up
				start = time.Now()
			}
			return nil
		}},
	})
	return time.Since(start).Seconds(), err
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
