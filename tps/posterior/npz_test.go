package posterior

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/zarr"
)

// There must be memory for all arrays and, beside them, for the bytes of the one that
// is read.
func TestMemoryOfNPZ(t *testing.T) {
	dir := quickDir(t)
	s := start(t, filepath.Join(dir, "run.zarr"), newChains(t, 1), everything())
	run(t, s, 0, 20)
	require.NoError(t, s.Close())
	files, err := zarr.Open(s.dir)
	require.NoError(t, err)
	sum, largest := 0, 0
	for _, a := range files.Arrays() {
		size := a.Type.Size()
		for _, length := range a.Shape {
			size *= length
		}
		sum, largest = sum+size, max(largest, size)
	}
	total := memory.Total
	defer func() { memory.Total = total }()
	memory.Total = func() float64 { return float64(sum) }
	require.ErrorContains(t, WriteNPZFile(filepath.Join(dir, "run.npz"), s.dir), "posterior: the arrays up to ")
	memory.Total = func() float64 { return float64(sum + largest) }
	require.NoError(t, WriteNPZFile(filepath.Join(dir, "run.npz"), s.dir))
}
