package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// idxFile encodes an IDX file of unsigned bytes.
func idxFile(data []byte, shape ...uint32) []byte {
	file := []byte{0, 0, 8, byte(len(shape))}
	for _, n := range shape {
		file = binary.BigEndian.AppendUint32(file, n)
	}
	return append(file, data...)
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// ramp returns n bytes that no short period repeats.
func ramp(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i/7 + i)
	}
	return b
}

func TestReadIDX(t *testing.T) {
	pixels := ramp(2 * 3 * 4)
	file := idxFile(pixels, 2, 3, 4)
	for name, r := range map[string]io.Reader{
		"plain":          bytes.NewReader(file),
		"gzip":           bytes.NewReader(gzipped(file)),
		"two members":    bytes.NewReader(append(gzipped(file[:9]), gzipped(file[9:])...)),
		"byte by byte":   iotest.OneByteReader(bytes.NewReader(file)),
		"gzip by bytes":  iotest.OneByteReader(bytes.NewReader(gzipped(file))),
		"data with EOF":  iotest.DataErrReader(bytes.NewReader(file)),
		"half at a time": iotest.HalfReader(bytes.NewReader(file)),
	} {
		t.Run(name, func(t *testing.T) {
			idx, err := ReadIDX(r)
			require.NoError(t, err)
			assert.Equal(t, []int{2, 3, 4}, idx.Shape)
			assert.Equal(t, pixels, idx.Data)
		})
	}
}

// Sizes around the steps in which the buffer grows.
func TestReadIDXSizes(t *testing.T) {
	for _, n := range []int{1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 1 << 21, 5<<20 + 3} {
		want := ramp(n)
		idx, err := ReadIDX(bytes.NewReader(idxFile(want, uint32(n))))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, idx.Data), "n = %d", n)
	}
}

func TestReadIDXDamage(t *testing.T) {
	good := idxFile(ramp(24), 2, 3, 4)
	packed := gzipped(good)
	badSum := bytes.Clone(packed)
	badSum[len(badSum)-8] ^= 1 // the checksum is followed by 4 bytes of length
	badLength := bytes.Clone(packed)
	badLength[len(badLength)-1] ^= 1
	signed := bytes.Clone(good)
	signed[2] = 0x0d
	unknown := bytes.Clone(good)
	unknown[2] = 0x07
	for name, test := range map[string]struct {
		file []byte
		is   error
		says string
	}{
		"empty":             {nil, io.ErrUnexpectedEOF, "after 0 of the first 2 bytes"},
		"one byte":          {good[:1], io.ErrUnexpectedEOF, "after 1 of the first 2 bytes"},
		"cut in magic":      {good[:3], io.ErrUnexpectedEOF, "after 3 of the first 4 bytes"},
		"cut in sizes":      {good[:10], io.ErrUnexpectedEOF, "after 6 of 12 header bytes"},
		"no data":           {good[:16], io.ErrUnexpectedEOF, "the header says [2 3 4]: the file ends or breaks after 0 of 24 data bytes"},
		"cut in data":       {good[:len(good)-1], io.ErrUnexpectedEOF, "after 23 of 24 data bytes"},
		"trailing byte":     {append(bytes.Clone(good), 0), nil, "the header says [2 3 4], 24 data bytes, but more bytes follow"},
		"text":              {[]byte("<html>not found</html>"), nil, "the file starts with 3c 68, want 00 00"},
		"floats":            {signed, nil, "element type is 0x0d (32-bit float), want 0x08 (unsigned byte)"},
		"unknown type":      {unknown, nil, "element type is 0x07 (unknown)"},
		"no dimension":      {idxFile(nil), nil, "the file has 0 dimensions"},
		"many dimensions":   {idxFile([]byte{1}, 1, 1, 1, 1, 1, 1, 1, 1, 1), nil, "the file has 9 dimensions, want 1 to 8"},
		"size 0":            {idxFile(nil, 3, 0), nil, "dimension 2 of 2 has size 0"},
		"overflow":          {idxFile(nil, math.MaxUint32, math.MaxUint32, math.MaxUint32), nil, "the sizes of the first 2 dimensions have a product above"},
		"overflow to small": {idxFile(ramp(4), 1<<31, 1<<31, 4), nil, "have a product above"},
		"gzip header cut":   {packed[:5], io.ErrUnexpectedEOF, "the gzip header is cut off"},
		"gzip cut":          {packed[:len(packed)/2], io.ErrUnexpectedEOF, ""},
		"gzip trailer cut":  {packed[:len(packed)-3], io.ErrUnexpectedEOF, "after all 24 data bytes"},
		"gzip checksum":     {badSum, gzip.ErrChecksum, "the gzip stream is damaged"},
		"gzip length":       {badLength, gzip.ErrChecksum, "the gzip stream is damaged"},
		"bytes after gzip":  {append(bytes.Clone(packed), "a longer tail"...), gzip.ErrHeader, "is followed by other bytes"},
		"few after gzip":    {append(bytes.Clone(packed), "tail"...), io.ErrUnexpectedEOF, "damaged after all 24 data bytes"},
		"gzip of short":     {gzipped(good[:30]), io.ErrUnexpectedEOF, "after 14 of 24 data bytes"},
		"gzip of long":      {gzipped(append(bytes.Clone(good), 1)), nil, "but more bytes follow"},
		"gzip method":       {[]byte{0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0}, gzip.ErrHeader, "bad header"},
		"gzip of gzip":      {gzipped(packed), nil, "the file starts with 1f 8b"},
	} {
		t.Run(name, func(t *testing.T) {
			idx, err := ReadIDX(bytes.NewReader(test.file))
			require.Nil(t, idx)
			require.ErrorContains(t, err, "data: ")
			require.ErrorContains(t, err, test.says)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
		})
	}
}

// A cut at any byte is an error, plain or gzipped.
func TestReadIDXCutAnywhere(t *testing.T) {
	good := idxFile(ramp(200), 2, 10, 10)
	for _, file := range [][]byte{good, gzipped(good)} {
		for n := range file {
			_, err := ReadIDX(bytes.NewReader(file[:n]))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "cut at %d", n)
		}
	}
}

func TestReadIDXPassesOnErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	good := idxFile(ramp(24), 2, 3, 4)
	for _, n := range []int{0, 1, 3, 9, 20, len(good)} {
		_, err := ReadIDX(io.MultiReader(bytes.NewReader(good[:n]), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken, "after %d bytes", n)
	}
}

func TestReadIDXDoesNotTrustSizes(t *testing.T) {
	file := idxFile(ramp(100), 60_000, 1000, 1000) // 60 GB
	for _, file := range [][]byte{file, gzipped(file)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ReadIDX(bytes.NewReader(file))
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
	}
}

// writeFile puts a file into a new folder and returns its path.
func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o644))
	return path
}

func TestReadIDXFileNamesTheFile(t *testing.T) {
	path := writeFile(t, "some-images", idxFile(ramp(3), 4))
	_, err := ReadIDXFile(path)
	require.ErrorContains(t, err, path)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, err = ReadIDXFile(filepath.Join(t.TempDir(), "nothing"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "nothing")
}

func TestLoadIDX(t *testing.T) {
	images := writeFile(t, "images.gz", gzipped(idxFile([]byte{0, 255, 51, 102, 1, 2, 3, 4, 5, 6, 7, 8}, 3, 2, 2)))
	labels := writeFile(t, "labels", idxFile([]byte{2, 0, 1}, 3))
	d, err := LoadIDX(images, labels, 3)
	require.NoError(t, err)
	assert.Equal(t, 3, d.Len())
	assert.Equal(t, []int{1, 2, 2}, d.Shape())
	assert.Equal(t, 3, d.Classes())
	assert.Equal(t, []float32{0, 1, 0.2, 0.4}, d.Input(0))
	assert.Equal(t, []int{2, 0, 1}, []int{d.Label(0), d.Label(1), d.Label(2)})

	// Images that are not square: rows come before columns.
	wide := writeFile(t, "wide", idxFile(ramp(3*2*5), 3, 2, 5))
	d, err = LoadIDX(wide, labels, 3)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2, 5}, d.Shape())
	assert.Equal(t, scaled(ramp(3 * 2 * 5)[10:20]), d.Input(1))
	// Images of several channels.
	color := writeFile(t, "color.gz", gzipped(idxFile(ramp(3*4*2*5), 3, 4, 2, 5)))
	d, err = LoadIDX(color, labels, 3)
	require.NoError(t, err)
	assert.Equal(t, []int{4, 2, 5}, d.Shape())
	assert.Equal(t, 3, d.Len())
	assert.Equal(t, scaled(ramp(3 * 4 * 2 * 5)[40:80]), d.Input(1))
	five := writeFile(t, "five", idxFile(ramp(3), 3, 1, 1, 1, 1))

	two := writeFile(t, "two-labels", idxFile([]byte{1, 1}, 2))
	damaged := writeFile(t, "damaged", []byte{0, 0, 8})
	for name, test := range map[string]struct {
		images, labels string
		classes        int
		says           []string
	}{
		"counts differ":      {images, two, 3, []string{images, "has 3 images", two, "has 2 labels"}},
		"label out of range": {images, labels, 2, []string{labels, "label 2 of sample 0 is outside [0, 2)"}},
		"labels as images":   {labels, labels, 3, []string{labels, "the shape is [3]", "not an image file"}},
		"five dimensions":    {five, labels, 3, []string{five, "the shape is [3 1 1 1 1], want 3 dimensions", "not an image file"}},
		"images as labels":   {images, images, 3, []string{images, "the shape is [3 2 2]", "not a label file"}},
		"damaged images":     {damaged, labels, 3, []string{damaged, "after 3 of the first 4 bytes"}},
		"damaged labels":     {images, damaged, 3, []string{damaged}},
		"one class":          {images, labels, 1, []string{"classes = 1, want 2 to 256"}},
		"many classes":       {images, labels, 257, []string{"classes = 257"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := LoadIDX(test.images, test.labels, test.classes)
			for _, part := range test.says {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

func FuzzReadIDX(f *testing.F) {
	good := idxFile(ramp(24), 2, 3, 4)
	f.Add(good)
	f.Add(gzipped(good))
	f.Add(good[:17])
	f.Add(gzipped(good)[:20])
	f.Add(append(bytes.Clone(good), 1))
	f.Add(idxFile(nil, math.MaxUint32, math.MaxUint32))
	f.Add([]byte{0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, file []byte) {
		idx, err := ReadIDX(bytes.NewReader(file))
		if err != nil {
			if idx != nil {
				t.Fatal("an array with an error")
			}
			return
		}
		shape := make([]uint32, len(idx.Shape))
		for k, n := range idx.Shape {
			shape[k] = uint32(n)
		}
		again := idxFile(idx.Data, shape...)
		if file[0] == 0 && !bytes.Equal(again, file) {
			t.Fatal("written again, the file differs")
		}
		other, err := ReadIDX(bytes.NewReader(gzipped(again)))
		if err != nil || !bytes.Equal(other.Data, idx.Data) {
			t.Fatalf("gzipped, the file differs: %v", err)
		}
	})
}
