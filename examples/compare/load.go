package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/judge"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
)

// hidden is how many units the hidden layer of a network for tables has.
const hidden = 50

// load returns what the ensembles are trained and judged on, and the network for it: the
// convolutional network of examples/mnist for images, one with a hidden layer for a table.
func (o *options) load(ctx context.Context, stderr io.Writer) (*judge.Sets, *nn.Network, error) {
	f := &sampler.Flags{Seed: o.seed}
	if o.table == "" {
		s, err := judge.Load(ctx, &o.digits, o.other, f, stderr)
		return s, nn.MairCNN(), err
	}
	train, test, err := o.readTable(f)
	if err != nil {
		return nil, nil, err
	}
	net, err := nn.NewNetwork(train.Shape(), nn.Dense{Outputs: hidden}, nn.ReLU{}, nn.Dense{Outputs: train.Classes()})
	if err != nil {
		return nil, nil, err
	}
	fmt.Fprintf(stderr, "Data: %s, %d inputs, %d classes, %d to train on, %d to test on.\n", o.table, train.Size(), train.Classes(), train.Len(), test.Len())
	s, err := judge.New(filepath.Base(o.table), train, test, nil, f)
	return s, net, err
}

// readTable returns the rows of a table, standardized by those to train on.
func (o *options) readTable(f *sampler.Flags) (train, test *data.Dataset, err error) {
	all, _, err := data.ReadTableFile(o.table, data.TableConfig{Target: o.target, Classes: true})
	if err != nil {
		return nil, nil, err
	}
	if most := all.Len() / 5; all.Classes() > most || all.Len() < 25 {
		return nil, nil, cli.Usagef("-table %s: it has %d rows of %d classes, want at least 25 and 5 for each class; numbers to predict are not compared here",
			o.table, all.Len(), all.Classes())
	}
	if test, train, err = all.Split(all.Len()/5, f.Source(sampler.TestStream, 0)); err != nil {
		return nil, nil, err
	}
	standardizer, err := data.NewStandardizer(train)
	if err != nil {
		return nil, nil, err
	}
	if train, err = standardizer.Apply(train); err != nil {
		return nil, nil, err
	}
	test, err = standardizer.Apply(test)
	return train, test, err
}
