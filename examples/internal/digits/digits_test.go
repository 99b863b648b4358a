package digits

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/mnistdir"
	"github.com/trajens/trajens/internal/random"
)

// fileNames are the names of the files of MNIST.
var fileNames = []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}

// nowhere makes sure that MNIST is not found where nobody names a place.
func nowhere(t *testing.T) {
	t.Helper()
	t.Setenv("TRAJENS_MNIST", "")
	t.Setenv("TRAJENS_FASHION_MNIST", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
}

func load(ctx context.Context, seed uint64, args ...string) (*Set, string, error) {
	var f Flags
	var stderr bytes.Buffer
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	f.Add(flags)
	if err := flags.Parse(args); err != nil {
		return nil, "", err
	}
	if err := f.Check(); err != nil {
		return nil, "", err
	}
	set, err := f.Load(ctx, random.Source(seed, 0), random.Source(seed, 1), &stderr)
	return set, stderr.String(), err
}

func TestMNIST(t *testing.T) {
	dir := mnistdir.Find(t)
	t.Setenv("TRAJENS_MNIST", "")
	set, stderr, err := load(t.Context(), 1, "-data", dir, "-train", "1000")
	require.NoError(t, err)
	require.Equal(t, "mnist", set.Name)
	require.Equal(t, 1000, set.Train.Len())
	require.Equal(t, 10_000, set.Test.Len())
	require.Equal(t, "Data: MNIST, 1000 to train on, 10000 to test on.\n", stderr)
	t.Setenv("TRAJENS_MNIST", dir)
	_, _, err = load(t.Context(), 1, "-dataset", "mnist", "-train", "60001")
	require.EqualError(t, err, "-train 60001: MNIST has 60000 samples to train on")
}

// The built-in digits take the place of MNIST where nobody has named a place
// for it, and one line says so.
func TestAuto(t *testing.T) {
	nowhere(t)
	set, stderr, err := load(t.Context(), 1, "-train", "30")
	require.NoError(t, err)
	require.Equal(t, "digits", set.Name)
	require.Equal(t, "Data: built-in digits, 30 to train on, 4000 to test on; -download gets MNIST.\n", stderr)
	_, stderr, err = load(t.Context(), 1, "-train", "30", "-dataset", "digits")
	require.NoError(t, err)
	require.Equal(t, "Data: built-in digits, 30 to train on, 4000 to test on.\n", stderr)
	_, _, err = load(t.Context(), 1, "-dataset", "mnist")
	require.ErrorIs(t, err, data.ErrNoMNIST)
	_, _, err = load(t.Context(), 1, "-dataset", "fashion")
	require.ErrorIs(t, err, data.ErrNoFashionMNIST)
}

func TestFashion(t *testing.T) {
	dir := mnistdir.FindFashion(t)
	set, stderr, err := load(t.Context(), 1, "-dataset", "fashion", "-train", "1000")
	require.NoError(t, err)
	require.Equal(t, "fashion", set.Name)
	require.Equal(t, "Sneaker", set.Train.ClassNames()[7])
	require.Equal(t, "Data: Fashion-MNIST, 1000 to train on, 10000 to test on.\n", stderr)
	t.Setenv("TRAJENS_FASHION_MNIST", "")
	_, _, err = load(t.Context(), 1, "-dataset", "fashion", "-data", dir, "-train", "60001")
	require.EqualError(t, err, "-train 60001: Fashion-MNIST has 60000 samples to train on")
}

// Digits do not take the place of MNIST in a folder that is named, whether it is
// not there, lacks files or has wrong ones.
func TestNamedFolder(t *testing.T) {
	nowhere(t)
	missing, partial, damaged := filepath.Join(t.TempDir(), "nowhere"), t.TempDir(), t.TempDir()
	for i, name := range fileNames {
		text := []byte("not an IDX file")
		require.NoError(t, os.WriteFile(filepath.Join(damaged, name), text, 0o666))
		if i < 2 {
			require.NoError(t, os.WriteFile(filepath.Join(partial, name), text, 0o666))
		}
	}
	for _, dir := range []string{missing, partial, damaged} {
		t.Setenv("TRAJENS_MNIST", "")
		_, stderr, err := load(t.Context(), 1, "-data", dir)
		require.ErrorContains(t, err, dir)
		require.Empty(t, stderr)
		t.Setenv("TRAJENS_MNIST", dir)
		_, stderr, err = load(t.Context(), 1)
		require.ErrorContains(t, err, dir)
		require.Empty(t, stderr)
	}
	_, _, err := load(t.Context(), 1, "-dataset", "digits", "-train", "20")
	require.NoError(t, err, "nobody asks for MNIST here")
}

func TestDigits(t *testing.T) {
	digits := func(seed uint64, train string) *Set {
		set, _, err := load(t.Context(), seed, "-dataset", "digits", "-train", train)
		require.NoError(t, err)
		return set
	}
	few, more, other := digits(1, "20"), digits(1, "30"), digits(2, "20")
	require.Equal(t, 20, few.Train.Len())
	require.Equal(t, 30, more.Train.Len())
	require.Equal(t, testDigits, few.Test.Len())
	for i := range 20 {
		require.Equal(t, few.Train.Input(i), more.Train.Input(i))
		require.NotEqual(t, few.Train.Input(i), other.Train.Input(i))
		require.NotEqual(t, few.Train.Input(i), few.Test.Input(i), "test samples must not be training samples")
		require.NotEqual(t, few.Test.Input(i), other.Test.Input(i))
	}
}

func TestRefused(t *testing.T) {
	for want, args := range map[string]string{
		`-dataset "letters": want auto, mnist, fashion or digits`:          "-dataset letters",
		`-data "somewhere": has no use with -dataset digits`:               "-data somewhere -dataset digits",
		"-download: has no use with -dataset digits":                       "-download -dataset digits",
		"-train -1: want at least 1, or 0 for all":                         "-train -1",
		"-train 1000000000: needs 3.14 TB of memory, want at most 8 GB":    "-train 1000000000",
		"-train 1000000000000: needs 3.14 PB of memory, want at most 8 GB": "-train 1000000000000",
	} {
		_, _, err := load(t.Context(), 1, strings.Fields(args)...)
		var usage *cli.UsageError
		require.ErrorAs(t, err, &usage, "%s", args)
		require.EqualError(t, err, want)
	}
}

// Each attempt to fetch a file has a line, also the first, which breaks off.
func TestDownloadProgress(t *testing.T) {
	var log bytes.Buffer
	progress := cli.NewProgress(&log, 1)
	show := show(progress)
	for _, call := range []struct {
		file        string
		done, total int64
	}{{"first", 0, 2e6}, {"first", 5e5, 2e6}, {"first", 0, 2e6}, {"first", 2e6, 2e6}, {"second", 0, 3e6}, {"second", 3e6, 3e6}} {
		show(call.file, call.done, call.total)
	}
	progress.End()
	require.Equal(t, "first   0 %, 2.0 MB\nfirst  25 %, 2.0 MB\nfirst 100 %, 2.0 MB\nsecond 100 %, 3.0 MB\n", log.String())
}

// TestDownloadCanceled stops before anything is sent.
func TestDownloadCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	_, _, err := load(ctx, 1, "-download", "-data", dir)
	require.ErrorIs(t, err, context.Canceled)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
