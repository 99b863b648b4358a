package correction

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The embedded tables are what Solve computes, bit for bit on the
// architecture that they were computed on. Others may round differently: there
// the CDFs must agree to a tenth of their error.
func TestTablesAreRebuilt(t *testing.T) {
	entries, err := embedded.ReadDir("tables")
	require.NoError(t, err)
	require.Len(t, entries, 5)
	for _, sigma := range []float64{0.8, 1, 1.1, 1.2, 1.3} {
		content, err := embedded.ReadFile("tables/" + tableName(sigma))
		require.NoError(t, err)
		table, err := decode(content)
		require.NoError(t, err)
		rebuilt := solve(t, Config{Sigma: sigma})
		if runtime.GOARCH == "amd64" {
			assert.Equal(t, string(content), string(rebuilt.encode()))
		}
		for x := -40.0; x < 40; x += 0.125 {
			require.InDelta(t, rebuilt.CDF(x), table.CDF(x), 0.1*table.MaxCDFError())
		}
	}
}

func TestTablesHaveDocumentedErrors(t *testing.T) {
	found := 0
	for _, want := range documented {
		content, err := embedded.ReadFile("tables/" + tableName(want.sigma))
		if err != nil {
			continue
		}
		found++
		d, err := For(want.sigma)
		require.NoError(t, err)
		assert.Equal(t, string(content), string(d.encode()))
		assert.Equal(t, want.sigma, d.Sigma())
		assert.Equal(t, NonNegative, d.Method())
		assert.InEpsilon(t, want.largestError, d.MaxCDFError(), 0.05)
	}
	assert.Equal(t, 5, found)
}

func TestForBadSigma(t *testing.T) {
	for _, sigma := range []float64{math.NaN(), 0, -1, 0.4999, 1.8001, math.Inf(1)} {
		d, err := For(sigma)
		assert.ErrorContains(t, err, "want a number in [0.5, 1.8]")
		assert.Nil(t, d)
	}
}

// cacheDir makes the user's cache directory an empty one and returns where
// the tables will be.
func cacheDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, dir)
	}
	base, err := os.UserCacheDir()
	require.NoError(t, err)
	return filepath.Join(base, "trajens", "correction")
}

// A distribution is for the very sigma that was asked for, however near there
// is a table.
func TestForIsExact(t *testing.T) {
	dir := cacheDir(t)
	for _, sigma := range []float64{1.00001, math.Nextafter(1, 2), 1.3000001} {
		d, err := For(sigma)
		require.NoError(t, err)
		assert.Equal(t, sigma, d.Sigma())
		assert.Equal(t, solve(t, Config{Sigma: sigma}).encode(), d.encode())
		again, err := load(sigma) // from the cache directory
		require.NoError(t, err)
		assert.Equal(t, sigma, again.Sigma())
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 3)
}

func TestForIsShared(t *testing.T) {
	dir := cacheDir(t)
	const sigma = 0.9371
	var group sync.WaitGroup
	got := make([]*Distribution, 16)
	for i := range got {
		group.Go(func() {
			d, err := For(sigma)
			assert.NoError(t, err)
			got[i] = d
		})
	}
	group.Wait()
	for _, d := range got {
		assert.Same(t, got[0], d)
	}
	assert.Equal(t, string(solve(t, Config{Sigma: sigma}).encode()), string(got[0].encode()))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1) // and no temporary file
	assert.Equal(t, "v1-sigma-0.9371.csv", entries[0].Name())
	content, err := os.ReadFile(filepath.Join(dir, entries[0].Name()))
	require.NoError(t, err)
	assert.Equal(t, string(got[0].encode()), string(content))
}

func TestEmbeddedTablesAreNotCached(t *testing.T) {
	dir := cacheDir(t)
	_, err := new(memory).get(1.3)
	require.NoError(t, err)
	assert.NoDirExists(t, dir)
}

// A new program (an empty memory) takes the table from the file.
func TestCacheIsRead(t *testing.T) {
	dir := cacheDir(t)
	other := solve(t, Config{Sigma: 0.95, Grid: Grid{Range: 20}}) // to tell it from the default
	require.NoError(t, writeCache(filepath.Join(dir, "v1-sigma-0.95.csv"), other))
	d, err := new(memory).get(0.95)
	require.NoError(t, err)
	assert.Equal(t, string(other.encode()), string(d.encode()))
}

func TestCacheIsRepaired(t *testing.T) {
	const sigma = 1.25
	right := solve(t, Config{Sigma: sigma})
	content := right.encode()
	damaged := append([]byte(nil), content...)
	damaged[len(damaged)/2] ^= 4
	atoms, weights := right.Atoms(), right.Weights()
	for name, wrong := range map[string][]byte{
		"empty":           {},
		"cut":             content[:len(content)-1],
		"half":            content[:len(content)/2],
		"damaged":         damaged,
		"foreign":         []byte("atom,weight\n0,1\n"),
		"outdated":        seal("trajens-correction,0\n" + string(content[len("trajens-correction,1\n"):])),
		"another sigma":   solve(t, Config{Sigma: 1.26}).encode(),
		"another method":  fromAtoms(t, sigma, atoms, weights).encode(),
		"twice":           append(append([]byte(nil), content...), content...),
		"no probability":  seal("trajens-correction,1\nsigma,1.25\nmethod,non-negative\natom,weight\n0,0.5\n"),
		"bytes at random": {0, 255, 3, 7},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(cacheDir(t), "v1-sigma-1.25.csv")
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, wrong, 0o644))
			d, err := new(memory).get(sigma)
			require.NoError(t, err)
			assert.Equal(t, string(content), string(d.encode()))
			repaired, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(content), string(repaired))
		})
	}
}

func TestNoCache(t *testing.T) {
	const sigma = 1.45
	check := func(t *testing.T) {
		t.Helper()
		d, err := new(memory).get(sigma)
		require.NoError(t, err)
		assert.Equal(t, sigma, d.Sigma())
	}
	t.Run("a file is where the directory should be", func(t *testing.T) {
		dir := cacheDir(t)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Dir(dir)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Dir(dir), []byte("in the way"), 0o644))
		check(t)
	})
	t.Run("a directory is where the file should be", func(t *testing.T) {
		dir := cacheDir(t)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "v1-sigma-1.45.csv", "full"), 0o755))
		check(t)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, 1) // the temporary file is gone
	})
	t.Run("read-only", func(t *testing.T) {
		dir := cacheDir(t)
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.Chmod(dir, 0o555)) // no obstacle for the superuser
		t.Cleanup(func() { os.Chmod(dir, 0o755) })
		check(t)
	})
	t.Run("no home", func(t *testing.T) {
		for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
			t.Setenv(name, "")
		}
		_, err := os.UserCacheDir()
		require.Error(t, err)
		check(t)
	})
}

// Many processes at once: whoever reads sees the whole file or none.
func TestCacheWritersDoNotDisturbReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.csv")
	d := solve(t, Config{Sigma: 1.3})
	require.NoError(t, writeCache(path, d))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				assert.NoError(t, writeCache(path, d))
				assert.NotNil(t, readCache(path, 1.3))
			}
		})
	}
	group.Wait()
}
