package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/clitest"
	"github.com/trajens/trajens/internal/mnistdir"
)

func TestMNIST(t *testing.T) {
	dir := mnistdir.Find(t)
	for _, name := range []string{"auto", "mnist"} {
		o, err := parse([]string{"-data", dir, "-dataset", name, "-train", "1000"}, new(bytes.Buffer))
		require.NoError(t, err)
		var stderr bytes.Buffer
		d, err := o.load(t.Context(), &stderr)
		require.NoError(t, err)
		require.Equal(t, "mnist", d.name)
		require.Equal(t, 1000, d.train.Len())
		require.Equal(t, 10_000, d.test.Len())
		require.Equal(t, "Dataset: MNIST, 1000 samples to train on, 10000 to test on.\n", stderr.String())
	}
	clitest.Refused(t, run, "-train", "-data", dir, "-train", "60001")
}

// TestDamagedMNIST checks that digits do not take the place of files that are
// there but wrong.
func TestDamagedMNIST(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"} {
		write(t, dir, name, "not an IDX file")
	}
	o, err := parse([]string{"-data", dir}, new(bytes.Buffer))
	require.NoError(t, err)
	_, err = o.load(t.Context(), new(bytes.Buffer))
	require.ErrorContains(t, err, dir)
	require.NotErrorIs(t, err, data.ErrNoMNIST)
}

func TestDigits(t *testing.T) {
	load := func(args ...string) *dataset {
		o, err := parse(append(args, "-dataset", "digits"), new(bytes.Buffer))
		require.NoError(t, err)
		d, err := o.load(t.Context(), new(bytes.Buffer))
		require.NoError(t, err)
		return d
	}
	few, more, other := load("-train", "20"), load("-train", "30"), load("-train", "20", "-seed", "2")
	require.Equal(t, 20, few.train.Len())
	require.Equal(t, 30, more.train.Len())
	require.Equal(t, testDigits, few.test.Len())
	for i := range 20 {
		require.Equal(t, few.train.Input(i), more.train.Input(i))
		require.NotEqual(t, few.train.Input(i), other.train.Input(i))
		require.NotEqual(t, few.train.Input(i), few.test.Input(i), "test samples must not be training samples")
		require.NotEqual(t, few.test.Input(i), other.test.Input(i))
	}
}
