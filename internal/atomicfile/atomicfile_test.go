package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func TestWriteReplacesTheWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, content := range []string{"a longer first version", "second", ""} {
		require.NoError(t, Write(path, text(content)))
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, content, string(got))
	}
}

// A write that fails half way leaves the old file, and nothing else.
func TestFailureLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	require.NoError(t, Write(path, text("old")))
	full := errors.New("disk full")
	err := Write(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half of the new")
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, 2)
		return full
	})
	require.ErrorIs(t, err, full)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "old", string(got))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

func TestMissingFolder(t *testing.T) {
	assert.ErrorIs(t, Write(filepath.Join(t.TempDir(), "none", "file"), text("x")), os.ErrNotExist)
}

// A folder in the place of the file cannot be replaced.
func TestRenameFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	require.NoError(t, os.MkdirAll(filepath.Join(path, "inside"), 0o777))
	require.Error(t, Write(path, text("x")))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

// powerless is a disk that forgets on a power failure what was not flushed. It
// notes what a path has after one at any moment.
type powerless struct {
	realDisk
	flushed map[string]string // content by temporary file
	renamed map[string]string // content by path, once the folder is flushed, too
	pending map[string]string
}

func (p *powerless) syncFile(file *os.File) error {
	content, err := os.ReadFile(file.Name())
	p.flushed[file.Name()] = string(content)
	return errors.Join(err, p.realDisk.syncFile(file))
}

func (p *powerless) rename(from, to string) error {
	content, ok := p.flushed[from]
	if !ok {
		content = "nothing"
	}
	p.pending[to] = content
	return p.realDisk.rename(from, to)
}

func (p *powerless) syncDir(dir string) error {
	for path, content := range p.pending {
		p.renamed[path] = content
	}
	return p.realDisk.syncDir(dir)
}

// After a power failure the path has the whole new file: its content is on the
// disk before its name is.
func TestContentIsFlushedBeforeTheName(t *testing.T) {
	disk := &powerless{flushed: map[string]string{}, renamed: map[string]string{}, pending: map[string]string{}}
	path := filepath.Join(t.TempDir(), "file")
	for _, content := range []string{"first", "the second one"} {
		require.NoError(t, writeTo(disk, path, text(content)))
		assert.Equal(t, map[string]string{path: content}, disk.renamed)
	}
}
