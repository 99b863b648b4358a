package cli_test

import (
	"bytes"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/cli"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args     []string
		usage    bool   // a UsageError
		contains string // in what is written and the error
	}{
		{args: []string{"-n", "3"}},
		{args: nil},
		{args: []string{"-n", "x"}, usage: true, contains: `invalid value "x" for flag -n`},
		{args: []string{"-m", "3"}, usage: true, contains: "-m"},
		{args: []string{"-n", "3", "more"}, usage: true, contains: `"more"`},
	} {
		var stderr bytes.Buffer
		flags := cli.NewFlagSet("name", "Does something.", &stderr)
		n := flags.Int("n", 3, "a `number`")
		err := cli.Parse(flags, c.args)
		if !c.usage {
			require.NoError(t, err)
			require.Equal(t, 3, *n)
			require.Empty(t, stderr.String())
			continue
		}
		var usage *cli.UsageError
		require.True(t, errors.As(err, &usage), "%v: %v", c.args, err)
		require.Contains(t, stderr.String()+err.Error(), c.contains)
		require.NotContains(t, stderr.String(), "Does something", "the whole usage is printed for a mistake")
	}
}

func TestParseHelp(t *testing.T) {
	var stderr bytes.Buffer
	flags := cli.NewFlagSet("name", "Does something.", &stderr)
	flags.Int("n", 3, "a `number` of things")
	require.ErrorIs(t, cli.Parse(flags, []string{"-h"}), flag.ErrHelp)
	for _, text := range []string{"Does something.", "./examples/name", "-n number", "of things", "default 3"} {
		require.Contains(t, stderr.String(), text)
	}
}

func TestLists(t *testing.T) {
	var ints cli.Ints
	require.NoError(t, ints.Set("1, 2,-3"))
	require.Equal(t, cli.Ints{1, 2, -3}, ints)
	require.Equal(t, "1,2,-3", ints.String())
	var floats cli.Floats
	require.NoError(t, floats.Set("0.1,1e3"))
	require.Equal(t, cli.Floats{0.1, 1000}, floats)
	require.Equal(t, "0.1,1000", floats.String())

	for _, bad := range []string{"", "1,", "1,,2", "a", "1;2"} {
		require.Error(t, ints.Set(bad), "%q", bad)
		require.Error(t, floats.Set(bad), "%q", bad)
	}
	require.Error(t, ints.Set("1.5"))
	require.Equal(t, cli.Ints{1, 2, -3}, ints, "a list that is refused changes nothing")
}

func TestLines(t *testing.T) {
	var stdout bytes.Buffer
	require.NoError(t, cli.NewLines(false, &stdout).Write(1))
	require.Empty(t, stdout.String())
	lines := cli.NewLines(true, &stdout)
	require.NoError(t, lines.Write(struct{ A int }{1}))
	require.NoError(t, lines.Write(struct{ B string }{"τ"}))
	require.Equal(t, "{\"A\":1}\n{\"B\":\"τ\"}\n", stdout.String())
}

func TestNumber(t *testing.T) {
	var stdout bytes.Buffer
	numbers := []cli.Number{0.25, cli.Number(math.NaN()), cli.Number(math.Inf(1)), cli.Number(math.Inf(-1)), -3}
	require.NoError(t, cli.NewLines(true, &stdout).Write(numbers))
	require.Equal(t, "[0.25,null,null,null,-3]\n", stdout.String())
}

func TestCheckBytes(t *testing.T) {
	require.NoError(t, cli.CheckBytes("-tau 4", 4, 1906, 8))
	require.EqualError(t, cli.CheckBytes("-tau 1000000000000", 1_000_000_000_000, 1906, 8), "-tau 1000000000000: needs 15.2 PB of memory, want at most 8 GB")
	var usage *cli.UsageError
	require.ErrorAs(t, cli.CheckBytes("-n 9000000000000000000", 9_000_000_000_000_000_000, 8, 8), &usage)
	require.NoError(t, cli.CheckWorkers("workers", 1))
	require.ErrorAs(t, cli.CheckWorkers("workers", 0), &usage)
	require.EqualError(t, cli.CheckWorkers("workers", 1_000_000), "-workers 1000000: want 1 to 1024")
}

func TestMakeOut(t *testing.T) {
	require.NoError(t, cli.MakeOut(""))
	dir := filepath.Join(t.TempDir(), "a", "b")
	require.NoError(t, cli.MakeOut(dir))
	require.NoError(t, cli.MakeOut(dir), "a directory that is there")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	require.ErrorContains(t, cli.MakeOut(file), "-out: ")
	require.NoError(t, os.Chmod(dir, 0o555))
	if os.Geteuid() == 0 {
		dir = "/proc" // where root cannot write either, on Linux
	}
	if runtime.GOOS == "linux" {
		require.ErrorContains(t, cli.MakeOut(dir), "-out: open "+dir)
	}
}

func TestCheckSigma(t *testing.T) {
	for sigma, good := range map[float64]bool{0.01: true, 1e30: true, 0: false, -1: false, 1e31: false, math.Inf(1): false} {
		require.Equal(t, good, cli.CheckSigma(sigma) == nil, sigma)
	}
	require.EqualError(t, cli.CheckSigma(math.NaN()), "-sigma NaN: want a number > 0, at most 1e+30")
}
