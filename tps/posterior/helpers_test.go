package posterior

import (
	"context"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/zarr"
	"github.com/trajens/trajens/tps"
)

// spring is a model with three parameters x; the loss of sample i is
// |x|²/2 + (i−N/2)·x₀/N. Chains may share it.
type spring struct{ samples int }

func (s spring) Samples() int   { return s.samples }
func (spring) Params() int      { return params }
func (spring) Concurrent() bool { return true }

func (s spring) loss(model []float32, i int) float64 {
	sum := float64(i-s.samples/2) / float64(s.samples) * float64(model[0])
	for _, x := range model {
		sum += float64(x) * float64(x) / 2
	}
	return sum
}

func (s spring) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		for j, i := range samples {
			dst[k][j] = s.loss(model, i)
		}
	}
}

const (
	tau, params = 3, 3
	sigma       = 0.3
	priorSigma  = 2
	heldOuts    = 5
)

// newChains returns chains that are the same each time, at an s that changes.
func newChains(t testing.TB, n int) []*tps.Chain {
	t.Helper()
	chains := make([]*tps.Chain, n)
	for k := range chains {
		var err error
		chains[k], err = tps.NewChain(tps.Config{
			Tau: tau, Sigma: sigma, Schedule: tps.Linear{From: 1, To: 20, Steps: 100}, Seed: 4, Stream: uint64(k),
			Prior: &tps.Gaussian{Mean: []float32{1, 0, -1}, Sigma: priorSigma},
		}, spring{100})
		require.NoError(t, err)
	}
	return chains
}

// everything records all there is, in small blocks.
func everything() Config {
	return Config{
		Every: 5, Block: 2, Coordinates: []int{2, 0}, Directions: [][]float64{{1, 0, 0}, {0.5, -1, 2}},
		HeldOut: spring{heldOuts}, Observed: []float64{0, 1, 2, 3, 4},
		Attributes: map[string]string{"created_at": "2024-05-06T07:08:09"},
	}
}

// quickDir returns a folder, in memory if there is such a place: files are flushed
// to the disk at each write, and tests write many.
func quickDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "posterior")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// start returns a store that has started.
func start(t testing.TB, dir string, chains []*tps.Chain, config Config) *Store {
	t.Helper()
	s, err := New(dir, chains, config)
	require.NoError(t, err)
	require.NoError(t, s.Start())
	return s
}

// run lets a chain of a store come to a step.
func run(t testing.TB, s *Store, k, to int) {
	t.Helper()
	require.NoError(t, s.recorders[k].chain.Run(context.Background(), to, s.Observer(k)))
}

// An array is what a store has of one, as float64.
type array struct {
	values     []float64
	shape      []int
	dimensions []string
}

// readStore returns the arrays of a store by their paths.
func readStore(t testing.TB, dir string) map[string]array {
	t.Helper()
	files, err := zarr.Open(dir)
	require.NoError(t, err)
	arrays := make(map[string]array)
	for _, a := range files.Arrays() {
		data, err := files.Read(a.Path)
		require.NoError(t, err)
		arrays[a.Path] = array{toFloat64s(data), a.Shape, a.Dimensions}
	}
	return arrays
}

func toFloat64s(data any) []float64 {
	values := []float64{}
	switch data := data.(type) {
	case []float32:
		for _, x := range data {
			values = append(values, float64(x))
		}
	case []int64:
		for _, x := range data {
			values = append(values, float64(x))
		}
	case []float64:
		values = data
	}
	return values
}

// read returns an array of a store as float64.
func read(t testing.TB, dir, path string) (values []float64, shape []int) {
	t.Helper()
	a, ok := readStore(t, dir)[path]
	require.True(t, ok, path)
	return a.values, a.shape
}

// tree returns the files in a directory by their paths.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		relative, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(relative)] = string(text)
		return err
	}))
	return files
}

// requireSameTree compares two directories byte for byte.
func requireSameTree(t testing.TB, want, got string, message ...any) {
	t.Helper()
	a, b := tree(t, want), tree(t, got)
	require.Equal(t, slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)), message...)
	for path := range a {
		require.True(t, a[path] == b[path], "%s differs: %v", path, message)
	}
}

// copyTree makes a copy of a directory.
func copyTree(t testing.TB, to, from string) {
	t.Helper()
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
}

// same compares numbers, of which NaN are equal to each other.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
