package main

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever copies main.go into a module of their own can build and run it.
func TestBuildsOutside(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, parser.ImportsOnly)
	require.NoError(t, err)
	for _, spec := range file.Imports {
		require.NotContains(t, spec.Path.Value, "internal")
	}
	if testing.Short() {
		t.Skip("compiles: left out with -short")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	dir := t.TempDir()
	copyFile := func(from, to string, change func(string) string) {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, to), []byte(change(string(text))), 0o666))
	}
	same := func(text string) string { return text }
	copyFile("main.go", "main.go", func(text string) string { return strings.Replace(text, "200_000", "40_000", 1) })
	copyFile(filepath.Join(root, "go.sum"), "go.sum", same)
	copyFile(filepath.Join(root, "go.mod"), "go.mod", func(text string) string {
		return strings.Replace(text, "module github.com/trajens/trajens\n", "module example.com/own\n", 1) +
			"\nrequire github.com/trajens/trajens v0.0.0\n\nreplace github.com/trajens/trajens => " + root + "\n"
	})
	command := exec.Command("go", "run", "-mod=mod", ".")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	rows := strings.Split(strings.TrimSpace(string(output)), "\n")
	require.Len(t, rows, 1+len(names), "a head and a row for each parameter, not\n%s", output)
	for i, row := range rows[1:] {
		var truth, mean, spread, standardError float64
		numbers, named := strings.CutPrefix(row, names[i])
		require.True(t, named, row)
		_, err := fmt.Sscan(numbers, &truth, &mean, &spread, &standardError)
		require.NoError(t, err)
		require.InDelta(t, truth, mean, 4*spread)
		require.Positive(t, standardError)
		require.Less(t, standardError, 0.7*spread)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := fit(ctx, newMixture(100, source(1)), 2, 0.02, 1000, source(2))
	require.ErrorIs(t, err, context.Canceled)
}
