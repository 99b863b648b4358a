package cli

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trajens/trajens/internal/atomicfile"
)

// CheckFile returns a UsageError unless a file can be written to the path of a flag,
// so that a run whose result it is need not begin: its folder must exist and be
// writable, and the extension one of those, if there are any. An empty path is none.
func CheckFile(name, path string, extensions ...string) error {
	if path == "" {
		return nil
	}
	if len(extensions) > 0 && !slices.Contains(extensions, filepath.Ext(path)) {
		return Usagef("-%s %s: want a name that ends in %s", name, path, strings.Join(extensions, " or "))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return Usagef("-%s %s: it is a folder, want a file", name, path)
	}
	probe, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return Usagef("-%s %s: no file can be written there: %v", name, path, err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// WriteFile makes path a file with what write writes: as a whole or not at all.
func WriteFile(path string, write func(io.Writer) error) error { return atomicfile.Write(path, write) }
