package zarr

import (
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// python is Debian's, which has the packages that tests compare with.
const python = "/usr/bin/python3"

// runPython returns what a program prints.
func runPython(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	if exec.Command(python, "-c", "import zarr, xarray").Run() != nil {
		t.Skip("needs zarr and xarray for " + python + " (Debian's packages python3-zarr and python3-xarray)")
	}
	cmd := exec.Command(python, append([]string{"-c", program}, args...)...)
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	require.NoError(t, err)
	return output
}

// example has groups and an array of each type, in chunks that reach beyond the
// shapes.
func example() ([]Group, []Array) {
	return []Group{
			{Attributes: map[string]any{"maker": "<a> & \"b\""}},
			{Path: "posterior", Attributes: map[string]any{"numbers": []int{1, 2}}},
			{Path: "posterior/inner"},
		}, []Array{
			{Path: "posterior/draw", Type: Int64, Dimensions: []string{"draw"}, Shape: []int{3}, Chunks: []int{2}},
			{Path: "posterior/inner/scalar", Type: Float64},
			{Path: "posterior/lp", Type: Float64, Dimensions: []string{"chain", "draw"}, Shape: []int{2, 3}, Chunks: []int{1, 2},
				Attributes: map[string]any{"units": "nats"}},
			{Path: "posterior/theta", Type: Float32, Dimensions: []string{"chain", "draw", "parameter"}, Shape: []int{2, 3, 3}, Chunks: []int{1, 2, 2}},
		}
}

func float32s(x ...float32) (b []byte) {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func float64s(x ...float64) (b []byte) {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

func int64s(x ...int64) (b []byte) {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	return b
}

// fillExample writes chunks of the example. Chain 1 has no draws in lp, and only the
// first two in theta.
func fillExample(s *Store) error {
	for _, c := range []struct {
		array string
		index []int
		data  []byte
	}{
		{"posterior/draw", []int{0}, int64s(0, 1)},
		{"posterior/draw", []int{1}, int64s(2, 3)},
		{"posterior/inner/scalar", nil, float64s(math.Pi)},
		{"posterior/lp", []int{0, 0}, float64s(-1, math.Inf(-1))},
		{"posterior/lp", []int{0, 1}, float64s(-3, 99)},
		{"posterior/theta", []int{0, 0, 0}, float32s(1, 2, 4, 5)},
		{"posterior/theta", []int{0, 0, 1}, float32s(3, 99, 6, 99)},
		{"posterior/theta", []int{0, 1, 0}, float32s(7, 8, 99, 99)},
		{"posterior/theta", []int{0, 1, 1}, float32s(9, 99, 99, 99)},
		{"posterior/theta", []int{1, 0, 0}, float32s(11, 12, 14, 15)},
		{"posterior/theta", []int{1, 0, 1}, float32s(13, 99, 16, 99)},
	} {
		if err := s.WriteChunk(c.array, c.index, c.data); err != nil {
			return err
		}
	}
	return nil
}

func createExample(t testing.TB) *Store {
	t.Helper()
	groups, arrays := example()
	s, err := Create(filepath.Join(t.TempDir(), "a.zarr"), groups, arrays, fillExample)
	require.NoError(t, err)
	return s
}

func contents(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
