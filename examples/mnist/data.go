package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
)

// Streams of random numbers from -seed.
const (
	trainStream = iota
	testStream
	startStream
	chainStream
	descentStream
)

// Sizes of the sets of built-in digits.
const (
	trainDigits = 20_000
	testDigits  = 4_000
)

// A dataset is what to train and what to test on.
type dataset struct {
	name        string // as in -dataset
	train, test *data.Dataset
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
func (o *options) load(ctx context.Context, stderr io.Writer) (*dataset, error) {
	if o.download {
		if err := download(ctx, o.data, stderr); err != nil {
			return nil, err
		}
	}
	d, err := o.find(stderr)
	if err != nil {
		return nil, err
	}
	if o.train > d.train.Len() {
		return nil, cli.Usagef("-train %d: %s has %d samples to train on", o.train, d.label(), d.train.Len())
	}
	if d.train, err = d.train.First(o.train); err != nil {
		return nil, err
	}
	if err := o.fit(d.train.Len()); err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "Dataset: %s, %d samples to train on, %d to test on.\n", d.label(), d.train.Len(), d.test.Len())
	return d, nil
}

// fit settles what depends on the number of samples to train on.
func (o *options) fit(samples int) error {
	if o.posterior {
		o.s = float64(samples)
	}
	if o.anyChunk {
		o.chunk = min(o.chunk, samples)
	}
	if o.test == "adaptive" && o.chunk > samples {
		return cli.Usagef("-chunk %d: want at most the number of samples, %d", o.chunk, samples)
	}
	return nil
}

func (o *options) find(stderr io.Writer) (*dataset, error) {
	if o.dataset == "digits" {
		return o.digits()
	}
	train, test, err := data.MNIST(o.data)
	switch {
	case err == nil:
		return &dataset{"mnist", train, test}, nil
	case errors.Is(err, data.ErrNoMNIST) && o.dataset == "auto" && !o.download:
		fmt.Fprintf(stderr, "MNIST is not there, so the digits are the library's own; -download fetches MNIST.\n(%v)\n", err)
		return o.digits()
	}
	return nil, err
}

// digits draws the built-in digits. The two sets have unrelated seeds.
func (o *options) digits() (*dataset, error) {
	n := o.train
	if n == 0 {
		n = trainDigits
	}
	train, err := data.Digits(n, random.Source(o.seed, trainStream))
	if err != nil {
		return nil, err
	}
	test, err := data.Digits(testDigits, random.Source(o.seed, testStream))
	if err != nil {
		return nil, err
	}
	return &dataset{"digits", train, test}, nil
}
