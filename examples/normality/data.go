package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
)

// Streams of random numbers from -seed.
const (
	dataStream = iota
	startStream
	chainStream
	proposalStream
	splitStream
)

// digitSamples is the size of the set of built-in digits.
const digitSamples = 20_000

// minBatches is how many minibatches a test needs.
const minBatches = 8

// A dataset is what to train on.
type dataset struct {
	*data.Dataset
	name string // as in -dataset
}

// label returns the name for people.
func (d *dataset) label() string {
	if d.name == "mnist" {
		return "MNIST"
	}
	return "built-in digits"
}

// load returns the dataset that the flags ask for and says on stderr which it
// is.
func (o *options) load(stderr io.Writer) (*dataset, error) {
	d, err := o.find(stderr)
	if err != nil {
		return nil, err
	}
	if o.train > d.Len() {
		return nil, cli.Usagef("-train %d: %s has %d samples", o.train, d.label(), d.Len())
	}
	if o.train > 0 {
		if d.Dataset, err = d.First(o.train); err != nil {
			return nil, err
		}
	}
	if largest := slices.Max(o.batch); largest > d.Len()/minBatches {
		return nil, cli.Usagef("-batch %d: want at most an eighth of the number of samples, %d", largest, d.Len()/minBatches)
	}
	fmt.Fprintf(stderr, "Dataset: %s, %d samples.\n", d.label(), d.Len())
	return d, nil
}

func (o *options) find(stderr io.Writer) (*dataset, error) {
	if o.dataset != "digits" {
		train, _, err := data.MNIST(o.data)
		if err == nil {
			return &dataset{train, "mnist"}, nil
		}
		if o.dataset == "mnist" || !errors.Is(err, data.ErrNoMNIST) {
			return nil, err
		}
		fmt.Fprintf(stderr, "MNIST is not there, so the digits are the library's own.\n(%v)\n", err)
	}
	n := o.train
	if n == 0 {
		n = digitSamples
	}
	digits, err := data.Digits(n, random.Source(o.seed, dataStream))
	if err != nil {
		return nil, err
	}
	return &dataset{digits, "digits"}, nil
}
