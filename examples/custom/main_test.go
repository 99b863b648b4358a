package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

func TestJSON(t *testing.T) {
	stdout, _ := clitest.Run(t, run, "-json", "-steps", "1000", "-n", "100")
	objects := clitest.Objects(t, stdout)
	require.Len(t, objects, len(names))
	for i, object := range objects {
		require.Equal(t, []string{"mean", "parameter", "spread", "truth"}, clitest.Keys(object))
		require.Equal(t, names[i], object["parameter"])
		require.Equal(t, truth[i], object["truth"])
		require.Positive(t, object["spread"])
	}
	again, _ := clitest.Run(t, run, "-json", "-steps", "1000", "-n", "100")
	require.Equal(t, stdout, again)
	other, _ := clitest.Run(t, run, "-json", "-steps", "1000", "-n", "100", "-seed", "2")
	require.NotEqual(t, stdout, other)
}

func TestTable(t *testing.T) {
	stdout, stderr := clitest.Run(t, run, "-steps", "1000", "-n", "100", "-tau", "4")
	for _, name := range names {
		require.Contains(t, stdout, name)
	}
	require.Contains(t, stderr, "τ = 4, s = 25, N = 100")
}

func TestHelp(t *testing.T) {
	clitest.Help(t, run, "-tau", "-s ", "-sigma", "-steps", "-n ", "-seed", "-json", "parameter truth mean spread")
}

func TestRefused(t *testing.T) {
	for _, c := range [][]string{
		{"-tau", "0"}, {"-s", "-1"}, {"-s", "NaN"}, {"-s", "Inf"},
		{"-sigma", "0"}, {"-sigma", "NaN"}, {"-sigma", "Inf"},
		{"-steps", "999"}, {"-n", "9"}, {"-seed", "-1"}, {"-tau", "x"},
	} {
		clitest.Refused(t, run, c[0], c...)
	}
	clitest.Refused(t, run, "more", "more")
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	require.ErrorIs(t, run(ctx, nil, &stdout, &stderr), context.Canceled)
	require.Empty(t, stdout.String())
}
