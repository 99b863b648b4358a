// Package clitest has what the tests of the examples share.
package clitest

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/cli"
)

// Run runs a program that must succeed and returns what it wrote.
func Run(t *testing.T, program cli.Program, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	require.NoError(t, program(context.Background(), args, &out, &err), "%v\n%s", args, err.String())
	return out.String(), err.String()
}

// Objects parses lines of JSON objects.
func Objects(t *testing.T, text string) []map[string]any {
	t.Helper()
	var objects []map[string]any
	for line := range bytes.Lines([]byte(text)) {
		var object map[string]any
		require.NoError(t, json.Unmarshal(line, &object), "%s", line)
		objects = append(objects, object)
	}
	return objects
}

// Keys returns the sorted keys of an object.
func Keys(object map[string]any) []string {
	return slices.Sorted(maps.Keys(object))
}

// Help checks that a program explains itself on -h, with each of words.
func Help(t *testing.T, program cli.Program, words ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	require.ErrorIs(t, program(context.Background(), []string{"-h"}, &stdout, &stderr), flag.ErrHelp)
	require.Empty(t, stdout.String())
	for _, word := range words {
		require.Contains(t, stderr.String(), word)
	}
}

// Refused checks that a program refuses flags, with exit code 2 and a message
// that has a text, and writes no results.
func Refused(t *testing.T, program cli.Program, text string, args ...string) {
	t.Helper()
	// A program that takes the flags shall not run for long.
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	err := program(ctx, args, &stdout, &stderr)
	var usage *cli.UsageError
	require.True(t, errors.As(err, &usage), "%v: the error is %v, want a UsageError", args, err)
	require.Contains(t, stderr.String()+err.Error(), text)
	require.Empty(t, stdout.String())
}

// PNG checks that a file is a picture.
func PNG(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	colors := make(map[any]bool)
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			colors[picture.At(x, y)] = true
		}
	}
	require.Greater(t, len(colors), 1, "%s is of one color", path)
}

// SVG checks that a file is well-formed XML with the root svg.
func SVG(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	decoder := xml.NewDecoder(file)
	root := ""
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if start, ok := token.(xml.StartElement); ok && root == "" {
			root = start.Name.Local
		}
	}
	require.Equal(t, "svg", root)
}

// CSV returns the rows of a file, the head included.
func CSV(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	return rows
}
