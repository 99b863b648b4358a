package npz

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
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

// The elements start at a multiple of 64 bytes of their .npy file, as the format
// wants it for memory mapping, whatever the length of the shape.
func TestElementsAreAligned(t *testing.T) {
	var shape []int
	for range 20 {
		for _, k := range kinds {
			head, err := header(k, shape)
			require.NoError(t, err)
			require.Zero(t, len(head)%64, "shape %v", shape)
			require.Equal(t, byte('\n'), head[len(head)-1])
			require.Equal(t, len(head)-10, int(binary.LittleEndian.Uint16(head[8:])))
		}
		shape = append(shape, 1)
	}
}

// Versions 2 and 3 of the format have 4 bytes for the length of the header, so
// that it may be longer than those of version 1.
func TestVersionsOfTheFormat(t *testing.T) {
	for _, version := range []byte{2, 3} {
		for _, padding := range []int{0, 1 << 16, 1<<16 + 1<<8} {
			text := "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }" + strings.Repeat(" ", padding) + "\n"
			member := append([]byte(magic), version, 0)
			member = binary.LittleEndian.AppendUint32(member, uint32(len(text)))
			member = append(member, text...)
			member = append(member, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40)
			file, err := Read(archive(t, zip.Store, string(member)))
			require.NoError(t, err, "version %d, %d spaces", version, padding)
			require.Equal(t, []float32{1, 2}, file["a"].Data)
		}
	}
}

func TestBytesAfterTheArchive(t *testing.T) {
	numpy, err := os.ReadFile("testdata/numpy.npz")
	require.NoError(t, err)
	for _, file := range [][]byte{numpy, write(t, sample()...)} {
		for n := 1; n < 200; n++ {
			_, err := Read(append(bytes.Clone(file), make([]byte, n)...))
			require.EqualError(t, err, "npz: the archive is followed by more", "%d bytes", n)
		}
	}
}

// The arrays come in the order in which they were written.
func TestReadOrdered(t *testing.T) {
	bytes, err := os.ReadFile("testdata/numpy.npz")
	require.NoError(t, err)
	for _, file := range [][]byte{bytes, write(t, sample()...)} {
		arrays, err := ReadOrdered(file)
		require.NoError(t, err)
		names := make([]string, len(arrays))
		for i, a := range arrays {
			names[i] = a.Name
		}
		assert.Equal(t, []string{"floats", "doubles", "integers", "bytes", "nothing"}, names)
	}
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
		"columns.npz": "column-major",
		"halves.npz":  `the elements are "<f2"`,
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
		for _, method := range []uint16{zip.Store, zip.Deflate} {
			_, err := Read(archive(t, method, member))
			assert.ErrorContains(t, err, name)
		}
	}
}

// archive is a zip archive of one entry, a.npy.
func archive(t testing.TB, method uint16, member string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	entry, err := w.CreateHeader(&zip.FileHeader{Name: "a.npy", Method: method})
	require.NoError(t, err)
	_, err = entry.Write([]byte(member))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return file.Bytes()
}

// rawArchive is a zip archive of one entry, a.npy, with the given compressed
// bytes and what it claims of them.
func rawArchive(t testing.TB, method uint16, stored []byte, size uint64) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	entry, err := w.CreateRaw(&zip.FileHeader{
		Name: "a.npy", Method: method, CompressedSize64: uint64(len(stored)), UncompressedSize64: size,
	})
	require.NoError(t, err)
	_, err = entry.Write(stored)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return file.Bytes()
}

func deflated(t testing.TB, data string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	require.NoError(t, err)
	_, err = w.Write([]byte(data))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// header12 is a header of version 1.
func header12(descr, shape string) string {
	text := "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n"
	return magic + "\x01\x00" + string([]byte{byte(len(text)), 0}) + text
}

// numpy.savez_compressed's files are read as those of numpy.savez.
func TestReadsCompressed(t *testing.T) {
	file, err := os.ReadFile("testdata/compressed.npz")
	require.NoError(t, err)
	arrays, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, File{"a": {Name: "a", Shape: []int{1000}, Data: make([]float32, 1000)}}, arrays)

	plain, err := os.ReadFile("testdata/numpy.npz")
	require.NoError(t, err)
	arrays, err = Read(compressed(t, plain))
	require.NoError(t, err)
	same(t, arrays)
}

// compressed is the same archive with its entries deflated.
func compressed(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, entry := range r.File {
		from, err := entry.Open()
		require.NoError(t, err)
		to, err := w.CreateHeader(&zip.FileHeader{Name: entry.Name, Method: zip.Deflate})
		require.NoError(t, err)
		_, err = io.Copy(to, from)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// What an archive claims is not believed, and does not cost memory.
func TestHostileArchives(t *testing.T) {
	zeros := header12("|u1", "(8388608,)") + strings.Repeat("\x00", 1<<23)
	numbers := header12("<f4", "(2,)") + "12345678"
	stream := deflated(t, numbers)
	size := uint64(len(numbers))
	// Random bytes do not shrink: an honest file of any size is read.
	random := make([]byte, 1<<21)
	rand.NewChaCha8([32]byte{}).Read(random)
	for name, test := range map[string]struct {
		file []byte
		says string // nothing: no error
	}{
		"honest":              {rawArchive(t, zip.Deflate, stream, size), ""},
		"honest and large":    {archive(t, zip.Deflate, header12("|u1", "(2097152,)")+string(random)), ""},
		"zeros":               {archive(t, zip.Deflate, zeros), "claims to have 8388682 bytes"},
		"exabytes":            {rawArchive(t, zip.Deflate, stream, 1<<62), "claims to have 4611686018427387904 bytes"},
		"stored exabytes":     {rawArchive(t, zip.Store, stream, 1<<62), "claims to be larger than the file"},
		"claims more":         {rawArchive(t, zip.Deflate, stream, size+1), "unexpected EOF"},
		"claims less":         {rawArchive(t, zip.Deflate, stream, size-1), "not a valid zip file"},
		"claims nothing":      {rawArchive(t, zip.Deflate, stream, 0), "not a valid zip file"},
		"cut off":             {rawArchive(t, zip.Deflate, stream[:len(stream)-3], size), "unexpected EOF"},
		"no stream":           {rawArchive(t, zip.Deflate, []byte("nonsense"), size), "flate: corrupt input"},
		"another compression": {rawArchive(t, 12, stream, size), "is compressed by method 12"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(test.file)
			runtime.ReadMemStats(&after)
			if test.says == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.says)
			}
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(3*len(test.file)+1<<20))
		})
	}
	// Each of many entries is within the bounds, but not all together.
	var many bytes.Buffer
	w := zip.NewWriter(&many)
	for i := range 10 {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%d.npy", i), Method: zip.Deflate})
		require.NoError(t, err)
		_, err = entry.Write([]byte(header12("|u1", "(1000000,)") + strings.Repeat("\x00", 1e6)))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	_, err := Read(many.Bytes())
	assert.ErrorContains(t, err, "claims to have 1000074 bytes, with which the arrays are more than 100 times as large")
}

// A changed byte of a compressed array is seen by the checksum of its entry.
func TestDamagedCompressed(t *testing.T) {
	member := header12("<f4", "(64,)")
	for i := range 64 {
		member += string([]byte{byte(i), byte(i * 37), byte(i * i), 0x3f})
	}
	file := archive(t, zip.Deflate, member)
	want, err := Read(file)
	require.NoError(t, err)
	for i := range file {
		file[i] ^= 0x10
		if got, err := Read(file); err == nil && got["a"].Data != nil {
			assert.Equal(t, want["a"].Data, got["a"].Data, "byte %d", i)
		}
		file[i] ^= 0x10
	}
}

func TestGetRounded(t *testing.T) {
	get := func(data any, shape ...int) ([]float32, []int, error) {
		file, err := Read(write(t, Array{Name: "a", Shape: []int{2, 2}, Data: data}))
		require.NoError(t, err)
		return GetRounded(file, "a", shape...)
	}
	singles := []float32{1, -2, float32(math.Inf(1)), 0.1}
	got, shape, err := get(singles, 2, -1)
	require.NoError(t, err)
	assert.Equal(t, singles, got)
	assert.Equal(t, []int{2, 2}, shape)
	got, shape, err = get([]float64{1, -2, math.Inf(1), 0.1}, -1, 2)
	require.NoError(t, err)
	assert.Equal(t, singles, got)
	assert.Equal(t, []int{2, 2}, shape)
	// The largest float64 that float32 holds, and the next one.
	const half = math.MaxFloat32 + 1<<103
	_, _, err = get([]float64{0, -1, math.Nextafter(half, 0), 0}, 2, 2)
	require.NoError(t, err)
	_, _, err = get([]float64{0, -half, 0, 0}, 2, 2)
	assert.ErrorContains(t, err, `npz: element 1 of array "a" is -3.402823567797`)
	assert.ErrorContains(t, err, "too large for float32")
	_, _, err = get([]float64{1, 2, 3, 4}, 2, 3)
	assert.ErrorContains(t, err, "has the shape [2 2], want [2 3]")
	_, _, err = get([]int64{1, 2, 3, 4}, 2, 2)
	assert.ErrorContains(t, err, "elements []int64, want []float32")
	_, _, err = GetRounded(File{}, "a")
	assert.ErrorContains(t, err, `no array "a"`)
	_, err = Array{Name: "a", Data: []int64{1}}.Rounded()
	assert.EqualError(t, err, `npz: array "a" has elements []int64, want []float32 or []float64`)
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
	f.Add(compressed(f, write(f, sample()...)))
	f.Add(archive(f, zip.Deflate, header12("<f8", "(1, 1)")+"12345678"))
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
		require.LessOrEqual(t, total, maxInflation*len(input)+allowance)
	})
}

// The checksum of an entry, which this archive has not, keeps a fuzzer from
// streams.
func FuzzInflate(f *testing.F) {
	member := header12("<f8", "(2,)") + "1234567812345678"
	stream := deflated(f, member)
	f.Add(stream, uint64(len(member)))
	f.Add(stream, uint64(len(member)-1))
	f.Add(stream, uint64(math.MaxUint64))
	f.Add(stream[:20], uint64(len(member)))
	f.Add(deflated(f, header12("|u1", "(100000,)")+strings.Repeat("\x00", 100000)), uint64(100000+80))
	f.Fuzz(func(t *testing.T, stream []byte, size uint64) {
		input := rawArchive(t, zip.Deflate, stream, size)
		file, err := Read(input)
		if err != nil {
			return
		}
		k, n, err := file["a"].kind()
		require.NoError(t, err)
		elements, ok := elements(file["a"].Shape)
		require.True(t, ok && elements == n)
		require.Less(t, uint64(n*k.size), size)
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
