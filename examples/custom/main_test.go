package main

import (
	"context"
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
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	dir := t.TempDir()
	copyFile := func(from, to string, change func(string) string) {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, to), []byte(change(string(text))), 0o666))
	}
	same := func(text string) string { return text }
	copyFile("main.go", "main.go", func(text string) string { return strings.Replace(text, "200_000", "2000", 1) })
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
	require.Equal(t, 1+len(names), strings.Count(string(output), "\n"), "a head and a row for each parameter, not\n%s", output)
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := fit(ctx, newMixture(100, source(1)), 2, 0.02, 1000, source(2))
	require.ErrorIs(t, err, context.Canceled)
}
