package cli_test

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/cli"
)

// Flags may stand between words.
func TestParseWords(t *testing.T) {
	flags := cli.NewFlagSet("name", "Does something.", io.Discard)
	n, on := flags.Int("n", 3, "a `number`"), flags.Bool("on", false, "on")
	words, err := cli.ParseWords(flags, []string{"a", "-n", "5", "b", "c", "-on", "d"})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c", "d"}, words)
	require.Equal(t, 5, *n)
	require.True(t, *on)

	_, err = cli.ParseWords(flags, []string{"a", "-m"})
	var usage *cli.UsageError
	require.True(t, errors.As(err, &usage))
	_, err = cli.ParseWords(flags, []string{"a", "-h"})
	require.ErrorIs(t, err, flag.ErrHelp)
}

func TestValues(t *testing.T) {
	flags := cli.NewFlagSet("name", "", io.Discard)
	flags.Int("int", 3, "")
	flags.Uint64("uint", 1<<60, "")
	flags.Float64("float", 0.5, "")
	flags.Bool("bool", true, "")
	flags.String("text", "a \"b\"", "")
	flags.Duration("time", 90e9, "")
	flags.Var(new(cli.Ints), "ints", "")
	flags.String("secret", "x", "")
	require.NoError(t, cli.Parse(flags, []string{"-ints", "1,2"}))
	values, err := cli.Values(flags, "secret")
	require.NoError(t, err)
	require.True(t, json.Valid(values))
	require.JSONEq(t, `{"int": 3, "uint": 1152921504606846976, "float": 0.5, "bool": true, "text": "a \"b\"", "time": "1m30s", "ints": "1,2"}`, string(values))
}

func TestCheckFile(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.npz"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "old.npz"), []byte("old"), 0o666))
	for path, says := range map[string]string{
		"":                                  "",
		filepath.Join(dir, "new.npz"):       "",
		filepath.Join(dir, "old.npz"):       "",
		filepath.Join(dir, "new.txt"):       "-save " + filepath.Join(dir, "new.txt") + ": want a name that ends in .npz or .png",
		filepath.Join(dir, "folder.npz"):    "it is a folder",
		filepath.Join(dir, "none", "x.npz"): "no file can be written there",
	} {
		err := cli.CheckFile("save", path, ".npz", ".png")
		if says == "" {
			require.NoError(t, err)
			continue
		}
		var usage *cli.UsageError
		require.True(t, errors.As(err, &usage), path)
		require.ErrorContains(t, err, says)
	}
	require.NoError(t, cli.CheckFile("save", filepath.Join(dir, "any")))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing is left behind")
	old, err := os.ReadFile(filepath.Join(dir, "old.npz"))
	require.NoError(t, err)
	require.Equal(t, "old", string(old))
}
