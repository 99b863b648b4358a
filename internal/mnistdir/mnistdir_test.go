package mnistdir

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindTakesTheEnvironmentFirst(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TRAJENS_MNIST", dir)
	names := []string{
		"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte",
		"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte",
	}
	for _, name := range names {
		require.False(t, holdsFiles(dir), "before %s", name)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o644))
	}
	require.Equal(t, dir, Find(t))
	t.Setenv("TRAJENS_FASHION_MNIST", dir)
	require.Equal(t, dir, FindFashion(t))
}

func TestFindLooksAboveTheWorkingDirectory(t *testing.T) {
	root := t.TempDir()
	below := filepath.Join(root, "checkout", "package")
	require.NoError(t, os.MkdirAll(below, 0o755))
	t.Chdir(below)
	wd, err := os.Getwd()
	require.NoError(t, err)
	beside := filepath.Join(filepath.Dir(filepath.Dir(wd)), "shared", "data", "mnist")
	require.Contains(t, places(), beside)
}

func TestFindSkips(t *testing.T) {
	empty := t.TempDir()
	t.Setenv("TRAJENS_MNIST", "")
	t.Setenv("HOME", empty)
	t.Setenv("XDG_CACHE_HOME", empty)
	t.Chdir(empty)
	skipped := false
	t.Run("none", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		Find(t)
	})
	require.True(t, skipped)
	skipped = false
	t.Setenv("TRAJENS_FASHION_MNIST", "")
	t.Run("no fashion", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		FindFashion(t)
	})
	require.True(t, skipped)
}

// failing records a failure instead of ending the test.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(string, ...any) { f.failed = true }

// A folder that was named and lacks files is a mistake, and others do not take
// its place.
func TestFindFailsWithoutTheNamedFolder(t *testing.T) {
	t.Setenv("TRAJENS_MNIST", filepath.Join(t.TempDir(), "nowhere"))
	tb := &failing{TB: t}
	Find(tb)
	require.True(t, tb.failed)
	t.Setenv("TRAJENS_FASHION_MNIST", t.TempDir())
	tb = &failing{TB: t}
	FindFashion(tb)
	require.True(t, tb.failed)
}
