// Package judge has what the examples share to say what ensembles of classifiers are
// worth: samples that are held out of the training, a test set as it is and shifted, a set
// of another kind, and measures of predictions for all of these.
package judge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
)

// Level is that of the shifts.
const Level = 3

// Places of the judged sets. The shifted ones follow, and then the other set.
const (
	HeldOut = iota
	Test
	Shifted
)

// Sets are what models are trained and judged on, the same for all seeds of a run.
type Sets struct {
	Label  string
	Train  *data.Dataset
	Judged []*data.Dataset
	Shifts int
	Other  bool               // whether the last judged set is out of distribution
	Splits func() rand.Source // for calibrated NLLs: all have the same splits
}

// Load returns the sets that flags of digits ask for. The other set is read from a folder,
// or from where it usually is if the name is empty; without its files there is none.
func Load(ctx context.Context, d *digits.Flags, otherDir string, f *sampler.Flags, stderr io.Writer) (*Sets, error) {
	set, err := d.Load(ctx, f.Source(sampler.TrainStream, 0), f.Source(sampler.TestStream, 0), stderr)
	if err != nil {
		return nil, err
	}
	if set.Train.Len() < 20 {
		return nil, cli.Usagef("-train %d: want at least 20, of which a tenth is held out", set.Train.Len())
	}
	other, err := loadOther(set, otherDir)
	if err != nil {
		return nil, err
	}
	return New(set.Label(), set.Train, set.Test, other, f)
}

// loadOther returns the test samples of the set that is out of distribution, nil if
// nobody has asked for it and it is not found.
func loadOther(set *digits.Set, dir string) (*data.Dataset, error) {
	read, missing := data.FashionMNIST, data.ErrNoFashionMNIST
	if set.Name == "fashion" {
		read, missing = data.MNIST, data.ErrNoMNIST
	}
	_, other, err := read(dir)
	if errors.Is(err, missing) {
		return nil, nil
	}
	if err == nil && other.Fingerprint() == set.Test.Fingerprint() {
		return nil, cli.Usagef("-other %s: these are the samples to test on", dir) // the files have the same names
	}
	return other, err
}

// New returns sets of datasets with labels: a tenth of the training samples, of which there
// are at least 20, is held out, and the test set is shifted if it has images. other may be
// nil.
func New(label string, train, test, other *data.Dataset, f *sampler.Flags) (*Sets, error) {
	held, train, err := train.Split(train.Len()/10, f.Source(sampler.HoldOutStream, 0))
	if err != nil {
		return nil, err
	}
	s := &Sets{Label: label, Train: train, Judged: []*data.Dataset{held, test}}
	s.Splits = func() rand.Source { return f.Source(sampler.SplitStream, 0) }
	if len(test.Shape()) == 3 {
		for _, shift := range data.Shifts() {
			d, err := test.Shifted(shift, Level, f.Source(sampler.ShiftStream, 0))
			if err != nil {
				return nil, err
			}
			s.Judged = append(s.Judged, d)
			s.Shifts++
		}
	}
	if s.Other = other != nil; s.Other {
		s.Judged = append(s.Judged, other)
	}
	return s, nil
}

// Samples returns how many there are in all judged sets.
func (s *Sets) Samples() (n int) {
	for _, d := range s.Judged {
		n += d.Len()
	}
	return n
}

// Classification returns predictions for a judged set beside its labels.
func (s *Sets) Classification(p *metrics.Predictions, set int) (*metrics.Classification, error) {
	return metrics.NewClassification(p, s.Judged[set].Labels())
}

// Describe says how many samples there are.
func (s *Sets) Describe() string {
	return fmt.Sprintf("%s, %d to train on, %d held out, %d to test on", s.Label, s.Train.Len(), s.Judged[HeldOut].Len(), s.Judged[Test].Len())
}
