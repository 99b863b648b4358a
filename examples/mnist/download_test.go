package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
}

// attempts plays two attempts, the first of which breaks off, and a second
// file.
func attempts(progress func(file string, done, total int64)) {
	progress("first", 0, 2000)
	progress("first", 500, 2000)
	progress("first", 0, 2000)
	progress("first", 2000, 2000)
	progress("second", 0, 3000)
	progress("second", 1500, 3000)
	progress("second", 3000, 3000)
}

func TestDownloadProgressInALog(t *testing.T) {
	var log bytes.Buffer
	attempts(downloadProgress(&log, false))
	require.Equal(t, "Fetching first (2000 bytes).\nFetching first (2000 bytes).\nFetching second (3000 bytes).\n", log.String())
}

func TestDownloadProgressOnATerminal(t *testing.T) {
	var terminal bytes.Buffer
	attempts(downloadProgress(&terminal, true))
	lines := strings.Split(strings.TrimSuffix(terminal.String(), "\n"), "\n")
	require.Len(t, lines, 3, "a bar for each attempt in\n%s", terminal.String())
	for i, name := range []string{"first", "first", "second"} {
		bars := strings.Split(lines[i], "\r")
		last := bars[len(bars)-1]
		require.Contains(t, last, name)
		require.Equal(t, i > 0, strings.Contains(last, "100%"), "%q", last)
	}
}

// TestDownloadCanceled stops before anything is sent.
func TestDownloadCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	err := run(ctx, []string{"-download", "-data", dir}, &stdout, &stderr)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, stdout.String())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, files)
}
