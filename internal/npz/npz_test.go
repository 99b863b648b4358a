package npz

import (
	"archive/zip"
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sample() []Array {
	return []Array{
		{Name: "floats", Shape: []int{2, 3}, Data: []float32{0, 0.25, 0.5, 0.75, 1, 1.25}},
		{Name: "doubles", Shape: []int{4}, Data: []float64{math.Float64frombits(0x7ff8 << 48), math.Inf(1), math.Copysign(0, -1), 0.1}},
		{Name: "integers", Data: []int64{-7}},
		{Name: "bytes", Shape: []int{4}, Data: []byte("text")},
		{Name: "nothing", Shape: []int{0, 3}, Data: []float32{}},
	}
}

func write(t testing.TB, arrays ...Array) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, Write(&file, arrays...))
	return file.Bytes()
}

// same checks that a file has the arrays of sample.
func same(t *testing.T, file File) {
	t.Helper()
	want := sample()
	require.Len(t, file, len(want))
	for _, a := range want {
		got := file[a.Name]
		assert.Equal(t, a.Shape, got.Shape, a.Name)
		if doubles, ok := a.Data.([]float64); ok {
			for i, x := range doubles {
				assert.Equal(t, math.Float64bits(x), math.Float64bits(got.Data.([]float64)[i]))
			}
			continue
		}
		assert.Equal(t, a.Data, got.Data, a.Name)
	}
}

func TestRoundTrip(t *testing.T) {
	bytes := write(t, sample()...)
	require.NoError(t, Sealed(bytes))
	file, err := Read(bytes)
	require.NoError(t, err)
	same(t, file)
	assert.Equal(t, bytes, write(t, sample()...), "the bytes differ between two times")
}

func TestReadsNumPy(t *testing.T) {
	bytes, err := os.ReadFile("testdata/numpy.npz")
	require.NoError(t, err)
	file, err := Read(bytes)
	require.NoError(t, err)
	same(t, file)
	assert.ErrorIs(t, Sealed(bytes), ErrDamaged)
}

func TestNumPyReads(t *testing.T) {
	const program = `
import sys, numpy as np
ours, theirs = np.load(sys.argv[1]), np.load("testdata/numpy.npz")
assert sorted(ours.files) == sorted(theirs.files), ours.files
for name in theirs.files:
    a, b = ours[name], theirs[name]
    assert a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes(), name
`
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import numpy").Run() != nil {
		t.Skip("needs NumPy for " + python + " (Debian's package python3-numpy)")
	}
	path := filepath.Join(t.TempDir(), "ours.npz")
	require.NoError(t, os.WriteFile(path, write(t, sample()...), 0o644))
	output, err := exec.Command(python, "-c", program, path).CombinedOutput()
	require.NoError(t, err, "%s", output)
}

func TestGet(t *testing.T) {
	file, err := Read(write(t, sample()...))
	require.NoError(t, err)
	floats, shape, err := Get[float32](file, "floats", 2, -1)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 3}, shape)
	assert.Len(t, floats, 6)
	_, _, err = Get[float32](file, "floats", 3, -1)
	assert.ErrorContains(t, err, "has the shape [2 3], want [3 -1]")
	_, _, err = Get[float64](file, "floats", 2, -1)
	assert.ErrorContains(t, err, "elements []float32, want []float64")
	_, _, err = Get[float64](file, "others")
	assert.ErrorContains(t, err, `no array "others"`)
}

func TestRefusedByRead(t *testing.T) {
	for file, text := range map[string]string{
		"columns.npz":    "column-major",
		"halves.npz":     `the elements are "<f2"`,
		"compressed.npz": "is compressed",
	} {
		bytes, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(t, err)
		_, err = Read(bytes)
		assert.ErrorContains(t, err, text, file)
	}
	for name, member := range map[string]string{
		"it is not a .npy file":            "anything",
		"version 9":                        magic + "\x09\x00....",
		"its header is cut off":            magic + "\x01\x00\xff\x00{}",
		"the header is none of an array":   magic + "\x01\x00\x02\x00{}",
		"do not make the shape [3 2]":      header12("<f4", "(3, 2)") + "1234",
		"do not make the shape [42949672":  header12("<f4", "(4294967296, 4294967296, 0, 1)") + "1234",
		`shape has the length "1 1"`:       header12("<f4", "(1 1,)") + "1234",
		"5 bytes of <f4 do not make the":   header12("<f4", "(1,)") + "12345",
		"length \"99999999999999999999999": header12("<f4", "(99999999999999999999999,)"),
	} {
		var file bytes.Buffer
		archive := zip.NewWriter(&file)
		w, err := archive.CreateHeader(&zip.FileHeader{Name: "a.npy", Method: zip.Store})
		require.NoError(t, err)
		_, err = w.Write([]byte(member))
		require.NoError(t, err)
		require.NoError(t, archive.Close())
		_, err = Read(file.Bytes())
		assert.ErrorContains(t, err, name)
	}
}

// header12 is a header of version 1.
func header12(descr, shape string) string {
	text := "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n"
	return magic + "\x01\x00" + string([]byte{byte(len(text)), 0}) + text
}

// Each bit of a file is covered by the seal.
func TestSealSeesEveryBit(t *testing.T) {
	file := write(t, sample()...)
	for i := range file {
		for bit := range 8 {
			file[i] ^= 1 << bit
			require.ErrorIs(t, Sealed(file), ErrDamaged, "byte %d", i)
			file[i] ^= 1 << bit
		}
	}
	for n := range file {
		require.ErrorIs(t, Sealed(file[:n]), ErrDamaged)
	}
	require.NoError(t, Sealed(file))
}

func TestRefusedByWrite(t *testing.T) {
	var file bytes.Buffer
	assert.ErrorContains(t, Write(&file, Array{Name: "a", Data: []int{1}}), "type []int")
	assert.ErrorContains(t, Write(&file, Array{Name: "a", Shape: []int{2}, Data: []float32{1}}), "1 elements, want those of the shape [2]")
	assert.ErrorContains(t, Write(&file, Array{Name: "a", Shape: []int{-1}, Data: []float32{1}}), "shape [-1]")
	a := Array{Name: "a", Data: []float32{1}}
	assert.ErrorContains(t, Write(&file, a, a), `"a" is empty or used twice`)
	assert.ErrorContains(t, Write(&file, Array{Data: []float32{1}}), "is empty")
}

// An error of the writer at any point is returned.
func TestWriteReturnsErrors(t *testing.T) {
	size := len(write(t, sample()...))
	for room := 0; room < size; room += 7 {
		require.ErrorIs(t, Write(&limited{left: room}, sample()...), errFull, "room for %d bytes", room)
	}
	require.NoError(t, Write(&limited{left: size}, sample()...))
}

var errFull = errors.New("full")

type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errFull
	}
	l.left -= len(p)
	return len(p), nil
}

// Large arrays go through the writer's pieces.
func TestLargeArray(t *testing.T) {
	data := make([]float64, 3*4096+5)
	for i := range data {
		data[i] = float64(i)
	}
	file, err := Read(write(t, Array{Name: "a", Shape: []int{len(data)}, Data: data}))
	require.NoError(t, err)
	assert.Equal(t, data, file["a"].Data)
}

func FuzzRead(f *testing.F) {
	f.Add(write(f, sample()...))
	for _, name := range []string{"numpy", "columns", "halves", "compressed"} {
		seed, err := os.ReadFile("testdata/" + name + ".npz")
		require.NoError(f, err)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		file, err := Read(input)
		if err != nil {
			return
		}
		total := 0
		for _, a := range file {
			k, n, err := a.kind()
			require.NoError(t, err)
			size, ok := elements(a.Shape)
			require.True(t, ok && size == n)
			total += n * k.size
		}
		require.LessOrEqual(t, total, len(input))
	})
}

// The checksums of a zip archive keep a fuzzer from its members, so these are
// fuzzed alone.
func FuzzParse(f *testing.F) {
	f.Add([]byte(header12("<f4", "(3, 2)") + "123412341234123412341234"))
	f.Add([]byte(header12("|u1", "()") + "1"))
	f.Add([]byte(magic + "\x03\x00\x02\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, input []byte) {
		k, shape, body, err := parse(input)
		if err != nil {
			return
		}
		n, ok := elements(shape)
		require.True(t, ok && n*k.size == len(body))
		require.Less(t, len(body), len(input))
	})
}
