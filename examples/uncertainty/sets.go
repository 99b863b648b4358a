package main

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
)

// level is that of the shifts.
const level = 3

// Places of the judged sets. The shifted ones follow, and then the other set.
const (
	heldOut = iota
	test
	shifted
)

// sets are what models are trained and judged on, the same for all seeds.
type sets struct {
	label  string
	train  *data.Dataset
	judged []*data.Dataset
	splits func() rand.Source // for calibrated NLLs: all have the same splits
	shifts int
	other  bool // whether the last judged set is out of distribution
}

// load returns the sets that the flags ask for.
func (o *options) load(ctx context.Context, stderr io.Writer) (*sets, error) {
	set, err := o.digits.Load(ctx, o.Source(sampler.TrainStream, 0), o.Source(sampler.TestStream, 0), stderr)
	if err != nil {
		return nil, err
	}
	if set.Train.Len() < 20 {
		return nil, cli.Usagef("-train %d: want at least 20, of which a tenth is held out", set.Train.Len())
	}
	held, train, err := set.Train.Split(set.Train.Len()/10, o.Source(sampler.HoldOutStream, 0))
	if err != nil {
		return nil, err
	}
	s := &sets{label: set.Label(), train: train, judged: []*data.Dataset{held, set.Test}, shifts: len(data.Shifts())}
	s.splits = func() rand.Source { return o.Source(sampler.SplitStream, 0) }
	for _, shift := range data.Shifts() {
		d, err := set.Test.Shifted(shift, level, o.Source(sampler.ShiftStream, 0))
		if err != nil {
			return nil, err
		}
		s.judged = append(s.judged, d)
	}
	other, err := o.loadOther(set)
	if err != nil {
		return nil, err
	}
	if s.other = other != nil; s.other {
		s.judged = append(s.judged, other)
	}
	return s, o.checkMemory(s)
}

// loadOther returns the test samples of the set that is out of distribution, nil if
// nobody has asked for it and it is not found.
func (o *options) loadOther(set *digits.Set) (*data.Dataset, error) {
	read, missing := data.FashionMNIST, data.ErrNoFashionMNIST
	if set.Name == "fashion" {
		read, missing = data.MNIST, data.ErrNoMNIST
	}
	_, other, err := read(o.other)
	if errors.Is(err, missing) {
		return nil, nil
	}
	if err == nil && other.Fingerprint() == set.Test.Fingerprint() {
		return nil, cli.Usagef("-other %s: these are the samples to test on", o.other) // the files have the same names
	}
	return other, err
}

// checkMemory returns a UsageError if the outputs of all models of a seed need too
// much memory.
func (o *options) checkMemory(s *sets) error {
	samples := 0
	for _, d := range s.judged {
		samples += d.Len()
	}
	return cli.CheckBytes("-networks, -chains and -tau", o.networks+o.chains*o.Tau, samples, s.train.Classes(), 4)
}
