package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sample() (map[string]string, []Tensor) {
	return map[string]string{"format": "pt", "a text": "<é>\n\"\u2028"}, []Tensor{
		{Name: "matrix", Shape: []int{2, 3}, Data: []float32{0, 0.25, 0.5, 0.75, 1, 1.25}},
		{Name: "number", Shape: []int{}, Data: []float32{7}},
		{Name: "doubles", Shape: []int{4}, Data: []float64{0.1, math.Copysign(0, -1), math.Inf(1), 1e300}},
		{Name: "nothing", Shape: []int{0, 3}, Data: []float32{}},
		{Name: "ünïcode \"<&>\"", Shape: []int{1}, Data: []float32{1}},
	}
}

func written(t testing.TB, metadata map[string]string, tensors ...Tensor) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, Write(&file, metadata, tensors...))
	return file.Bytes()
}

// raw is a file with any header and data.
func raw(header, data string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+data...)
}

func TestRoundTrip(t *testing.T) {
	metadata, tensors := sample()
	file := written(t, metadata, tensors...)
	read, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, &File{tensors, metadata}, read)
	assert.True(t, math.Signbit(read.Tensors[2].Data.([]float64)[1]), "-0 is 0")
	assert.Equal(t, file, written(t, metadata, tensors...), "the bytes differ between two times")

	empty, err := Read(written(t, nil))
	require.NoError(t, err)
	assert.Equal(t, &File{Tensors: []Tensor{}}, empty)
}

// Each element is at a multiple of its size in the file, and the header is filled
// up with blanks to a multiple of 8 bytes.
func TestAlignment(t *testing.T) {
	for length := range 20 {
		file := written(t, nil,
			Tensor{Name: strings.Repeat("x", length), Shape: []int{3}, Data: []float32{1, 2, 3}},
			Tensor{Name: "doubles", Shape: []int{1}, Data: []float64{4}})
		header, data, err := split(file)
		require.NoError(t, err)
		require.Zero(t, len(header)%8)
		entries, _, err := parseHeader(header)
		require.NoError(t, err)
		require.Equal(t, []entry{
			{strings.Repeat("x", length), f32, []int{3}, 8, 20},
			{"doubles", f64, []int{1}, 0, 8},
		}, entries)
		require.Len(t, data, 20)
	}
}

func TestReadsPython(t *testing.T) {
	file, err := os.ReadFile("testdata/tensors.safetensors")
	require.NoError(t, err)
	read, err := Read(file)
	require.NoError(t, err)
	metadata, ours := sample()
	assert.Equal(t, metadata, read.Metadata)
	assert.Equal(t, []Tensor{
		ours[2], ours[0], ours[1], ours[3],
		{Name: "halves", Shape: []int{2, 1}, Data: []float32{1.5, -2}},
		{Name: "brains", Shape: []int{2}, Data: []float32{1.5, -2}},
		ours[4],
	}, read.Tensors)
}

// Numbers of 16 bits are what NumPy and PyTorch say.
func TestSixteenBits(t *testing.T) {
	file, err := os.ReadFile("testdata/halves.safetensors")
	require.NoError(t, err)
	read, err := Read(file)
	require.NoError(t, err)
	for i, name := range []string{"f16", "bf16"} {
		require.Equal(t, name, read.Tensors[2*i].Name)
		got, want := read.Tensors[2*i].Data.([]float32), read.Tensors[2*i+1].Data.([]float32)
		require.Greater(t, len(want), 350)
		for j := range want {
			require.Equal(t, math.Float32bits(want[j]), math.Float32bits(got[j]), "%s: number %d is %v", name, j, got[j])
		}
	}
	for _, bits := range []uint16{0x7c01, 0xfe00, 0x7fff} {
		assert.NotEqual(t, half(bits), half(bits), "%x is not NaN", bits)
	}
	assert.NotEqual(t, brain(0x7fc0), brain(0x7fc0))
}

// What Python's safetensors reads is what was written.
func TestPythonReads(t *testing.T) {
	const program = `
import sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as file:
    print(sorted(file.metadata().items()) == [("a text", "<é>\n\"\u2028"), ("format", "pt")])
    for name in ["matrix", "number", "doubles", "nothing"]:
        a = file.get_tensor(name)
        print(a.dtype, a.shape, a.flatten().tolist())
`
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import safetensors, numpy").Run() != nil {
		t.Skip("needs safetensors and NumPy for " + python + " (pip install safetensors, Debian's package python3-numpy)")
	}
	path := filepath.Join(t.TempDir(), "ours.safetensors")
	metadata, tensors := sample()
	require.NoError(t, os.WriteFile(path, written(t, metadata, tensors...), 0o644))
	output, err := exec.Command(python, "-c", program, path).CombinedOutput()
	require.NoError(t, err, "%s", output)
	assert.Equal(t, `True
float32 (2, 3) [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]
float32 () [7.0]
float64 (4,) [0.1, -0.0, inf, 1e+300]
float32 (0, 3) []
`, string(output))
}

// An error of the writer at any point is returned.
func TestWriteReturnsErrors(t *testing.T) {
	metadata, tensors := sample()
	size := len(written(t, metadata, tensors...))
	for room := range size {
		require.ErrorIs(t, Write(&limited{left: room}, metadata, tensors...), errFull, "room for %d bytes", room)
	}
	require.NoError(t, Write(&limited{left: size}, metadata, tensors...))
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

// Large tensors go through the writer's pieces.
func TestLargeTensor(t *testing.T) {
	data := make([]float64, 3*4096+5)
	for i := range data {
		data[i] = float64(i)
	}
	file, err := Read(written(t, nil, Tensor{Name: "a", Shape: []int{len(data)}, Data: data}))
	require.NoError(t, err)
	assert.Equal(t, data, file.Tensors[0].Data)
}

// The digest is of the data and the text alone, every bit of them.
func TestDigest(t *testing.T) {
	_, tensors := sample()
	digest := Digest("", tensors...)
	assert.Len(t, digest, 64)
	tensors[0].Name = "another"
	assert.Equal(t, digest, Digest("", tensors...))
	assert.NotEqual(t, digest, Digest("a", tensors...))
	assert.NotEqual(t, Digest("b", tensors...), Digest("a", tensors...))
	tensors[0].Data.([]float32)[5] = math.Nextafter32(1.25, 2)
	assert.NotEqual(t, digest, Digest("", tensors...))
}

func FuzzRead(f *testing.F) {
	metadata, tensors := sample()
	f.Add(written(f, metadata, tensors...))
	f.Add(raw(`{"a":{"dtype":"BF16","shape":[2,0],"data_offsets":[0,0]},"__metadata__":{}}`, ""))
	for _, name := range []string{"tensors", "halves"} {
		seed, err := os.ReadFile("testdata/" + name + ".safetensors")
		require.NoError(f, err)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		file, err := Read(input)
		if err != nil {
			require.Nil(t, file)
			return
		}
		total := 0
		for _, tensor := range file.Tensors {
			d, n, err := tensor.dtype()
			require.NoError(t, err)
			size, ok := elements(tensor.Shape)
			require.True(t, ok && size == n)
			total += n * d.size
		}
		require.LessOrEqual(t, total, 2*len(input))
	})
}

// What is read of a header is what is written.
func FuzzHeader(f *testing.F) {
	f.Add(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)
	f.Add(`{"__metadata__":{"b":"<>"},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}} `, 8)
	f.Add(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":[]}`, 8)
	f.Fuzz(func(t *testing.T, header string, size int) {
		file, err := Read(raw(header, string(make([]byte, max(0, size%1000)))))
		if err != nil {
			return
		}
		again, err := Read(written(t, file.Metadata, file.Tensors...))
		require.NoError(t, err)
		if len(file.Metadata) == 0 {
			file.Metadata = nil
		}
		require.Equal(t, file, again)
	})
}
