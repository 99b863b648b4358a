// Package digits has what the examples share to get handwritten digits: MNIST
// where it is found, and else digits that the library draws itself. Fashion-MNIST
// takes their place when asked for.
package digits

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
)

// Sizes of the sets of built-in digits.
const (
	trainDigits = 20_000
	testDigits  = 4_000
)

// Flags say which digits to load.
type Flags struct {
	Dir      string
	Download bool
	Dataset  string // auto, mnist, fashion or digits; Load sets it to what was found
	Train    int    // samples to train on; Load sets it to their number
	Drawn    int    // how many built-in digits there are to train on by default; 0: 20,000
}

// Add adds the flags to a set.
func (f *Flags) Add(flags *flag.FlagSet) {
	flags.StringVar(&f.Dir, "data", "", "`directory` with the four files of MNIST or Fashion-MNIST (default: what TRAJENS_MNIST\nor TRAJENS_FASHION_MNIST names, or trajens/mnist or trajens/fashion-mnist in the user's\ncache directory)")
	flags.BoolVar(&f.Download, "download", false, "fetch MNIST (11.6 MB) or Fashion-MNIST (30.9 MB) into that directory if it is not there")
	flags.StringVar(&f.Dataset, "dataset", "auto", "`name` of what to train on: mnist, fashion (Fashion-MNIST), digits (drawn by the library)\nor auto, which is MNIST where it is found and else digits")
	f.Drawn = cmp.Or(f.Drawn, trainDigits)
	flags.IntVar(&f.Train, "train", 0, fmt.Sprintf("train on the first `N` samples (0: all 60,000 of MNIST or Fashion-MNIST, %d,000 digits)", f.Drawn/1000))
}

// Check returns a UsageError if the flags are wrong.
func (f *Flags) Check() error {
	switch {
	case !slices.Contains([]string{"auto", "mnist", "fashion", "digits"}, f.Dataset):
		return cli.Usagef("-dataset %q: want auto, mnist, fashion or digits", f.Dataset)
	case f.Dataset == "digits" && f.Dir != "":
		return cli.Usagef("-data %q: has no use with -dataset digits", f.Dir)
	case f.Dataset == "digits" && f.Download:
		return cli.Usagef("-download: has no use with -dataset digits")
	case f.Train < 0:
		return cli.Usagef("-train %d: want at least 1, or 0 for all", f.Train)
	}
	return cli.CheckBytes(fmt.Sprintf("-train %d", f.Train), f.Train, 28*28*4)
}

// A Set is what to train and what to test on.
type Set struct {
	Name        string // mnist, fashion or digits, as in -dataset
	Train, Test *data.Dataset
}

// Label returns the name for people.
func (s *Set) Label() string {
	if s.Name == "digits" {
		return "built-in digits"
	}
	return files[s.Name].label
}

// files are the datasets that are read from files.
var files = map[string]struct {
	label string
	read  func(dir string) (train, test *data.Dataset, err error)
	fetch func(ctx context.Context, dir string, config data.DownloadConfig) error
}{
	"mnist":   {"MNIST", data.MNIST, data.DownloadMNIST},
	"fashion": {"Fashion-MNIST", data.FashionMNIST, data.DownloadFashionMNIST},
}

// Load returns the digits that the flags ask for and says on stderr in a line
// what they are. Built-in ones are drawn with random numbers from two sources.
func (f *Flags) Load(ctx context.Context, trainSource, testSource rand.Source, stderr io.Writer) (*Set, error) {
	set, hint, err := f.find(ctx, trainSource, testSource, stderr)
	if err != nil {
		return nil, err
	}
	if f.Train > set.Train.Len() {
		return nil, cli.Usagef("-train %d: %s has %d samples to train on", f.Train, set.Label(), set.Train.Len())
	}
	if set.Train, err = set.Train.First(f.Train); err != nil {
		return nil, err
	}
	f.Dataset, f.Train = set.Name, set.Train.Len()
	_, err = fmt.Fprintf(stderr, "Data: %s, %d to train on, %d to test on%s.\n", set.Label(), set.Train.Len(), set.Test.Len(), hint)
	return set, err
}

// find returns all the data there are, and what to say of how to get others.
// Where a folder is named there must be files in it: digits take the place of
// MNIST only where nobody has asked for it.
func (f *Flags) find(ctx context.Context, trainSource, testSource rand.Source, stderr io.Writer) (set *Set, hint string, err error) {
	if f.Dataset != "digits" {
		set, err := f.read(ctx, stderr)
		if f.Dataset != "auto" || f.Download || !errors.Is(err, data.ErrNoMNIST) {
			return set, "", err
		}
		hint = "; -download gets MNIST"
	}
	train, err := data.Digits(cmp.Or(f.Train, f.Drawn, trainDigits), trainSource)
	if err != nil {
		return nil, "", err
	}
	test, err := data.Digits(testDigits, testSource)
	return &Set{"digits", train, test}, hint, err
}

// read returns the data of files, after fetching them if the flags say so.
func (f *Flags) read(ctx context.Context, stderr io.Writer) (*Set, error) {
	name := f.Dataset
	if name == "auto" {
		name = "mnist"
	}
	if f.Download {
		if err := download(ctx, files[name].fetch, f.Dir, stderr); err != nil {
			return nil, err
		}
	}
	train, test, err := files[name].read(f.Dir)
	if err != nil {
		return nil, err
	}
	return &Set{name, train, test}, nil
}
