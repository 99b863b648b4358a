package main

import (
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// A split is a table divided into samples to train and to judge on. Inputs have mean 0 and
// variance 1 over the samples to train on, and so have the targets to train on.
type split struct {
	train *data.Dataset
	judge *data.Dataset      // its targets are in the units of the table, unless they are to be standardized
	units *data.Standardizer // of predictions for judge: as they are if it has no targets
}

// A division is how a table is divided.
type division struct {
	share        float64 // of the samples, to judge on
	numpy        bool    // by numpyPermutation, the same for all splits
	standardized bool    // judge in units of the standard deviation of the targets to train on
	held         float64 // if it is not 0, this share of the samples to train on is judged instead
}

// Streams of random numbers of a split.
const (
	splitStream = iota + 1
	heldStream
)

// split returns the k-th split.
func (v division) split(all *data.Dataset, k int) (*split, error) {
	train, test, err := v.divide(all, k)
	if err != nil {
		return nil, err
	}
	if v.held > 0 { // nobody looks at the test samples
		held := int(math.Round(v.held * float64(train.Len())))
		if train, test, err = train.Split(train.Len()-held, random.Source(uint64(k), heldStream)); err != nil {
			return nil, err
		}
	}
	s, err := data.NewStandardizer(train)
	if err != nil {
		return nil, err
	}
	result := &split{units: s}
	if result.train, err = s.Apply(train); err != nil {
		return nil, err
	}
	inputs := *s
	if v.standardized {
		result.units = &data.Standardizer{}
	} else {
		inputs.TargetMean, inputs.TargetScale = nil, nil
	}
	result.judge, err = inputs.Apply(test)
	return result, err
}

// divide returns the samples to train and to test on.
func (v division) divide(all *data.Dataset, k int) (train, test *data.Dataset, err error) {
	n := all.Len()
	tested := int(math.Ceil(v.share * float64(n)))
	if !v.numpy {
		var source rand.Source = random.Source(uint64(k), splitStream)
		return all.Split(n-tested, source)
	}
	order := numpyPermutation(0, n)
	if test, err = all.Subset(order[:tested]); err != nil {
		return nil, nil, err
	}
	train, err = all.Subset(order[tested:])
	return train, test, err
}
