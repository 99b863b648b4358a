package npz

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// A File has the arrays of a file by name.
type File map[string]Array

// The arrays of a file may have maxInflation times as many bytes as the file, and
// allowance more. Deflate can make 1032 bytes of one, but hardly shrinks the
// parameters of trained models: such a file is broken or hostile.
const (
	maxInflation = 100
	allowance    = 1 << 20
)

// directoryEnd is how many bytes the last part of an archive has before its comment.
const directoryEnd = 22

// Read returns the arrays of a file, sealed or not, given its whole contents.
// Files of numpy.savez and numpy.savez_compressed are read too if their elements
// are of the types that an Array has. All arrays together may have at most 100
// times the bytes of the file, and 1 MiB more. Bytes after the archive are refused.
func Read(file []byte) (File, error) {
	arrays, err := ReadOrdered(file)
	if err != nil {
		return nil, err
	}
	f := make(File, len(arrays))
	for _, a := range arrays {
		f[a.Name] = a
	}
	return f, nil
}

// ReadOrdered is Read, but returns the arrays in the order of the file: that of
// the call of numpy.savez.
func ReadOrdered(file []byte) ([]Array, error) {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	if end := len(file) - directoryEnd - len(archive.Comment); end < 0 || !bytes.HasPrefix(file[end:], []byte("PK\x05\x06")) {
		return nil, errors.New("npz: the archive is followed by more")
	}
	var arrays []Array
	names := make(map[string]bool)
	stored := uint64(len(file)) // bytes of the file that no entry has taken: entries may not overlap
	room := min(maxInflation*uint64(len(file))+allowance, math.MaxInt)
	for _, entry := range archive.File {
		name, ok := strings.CutSuffix(entry.Name, ".npy")
		if !ok || name == "" || names[name] {
			return nil, fmt.Errorf("npz: the entry %q has not the name of an array, or one that was used", entry.Name)
		}
		if entry.Method != zip.Store && entry.Method != zip.Deflate {
			return nil, fmt.Errorf("npz: array %q is compressed by method %d, want the one of numpy.savez_compressed, %d", name, entry.Method, zip.Deflate)
		}
		if entry.CompressedSize64 > stored || entry.Method == zip.Store && entry.UncompressedSize64 != entry.CompressedSize64 {
			return nil, fmt.Errorf("npz: array %q claims to be larger than the file", name)
		}
		if entry.UncompressedSize64 > room {
			return nil, fmt.Errorf("npz: array %q claims to have %d bytes, with which the arrays are more than %d times as large as the file: save it with numpy.savez",
				name, entry.UncompressedSize64, maxInflation)
		}
		stored -= entry.CompressedSize64
		room -= entry.UncompressedSize64
		a, err := readArray(entry)
		if err != nil {
			return nil, fmt.Errorf("npz: array %q: %w", name, err)
		}
		a.Name = name
		arrays = append(arrays, a)
		names[name] = true
	}
	return arrays, nil
}

func readArray(entry *zip.File) (Array, error) {
	r, err := entry.Open()
	if err != nil {
		return Array{}, err
	}
	defer r.Close()
	file := make([]byte, entry.UncompressedSize64)
	if _, err := io.ReadFull(r, file); err != nil {
		return Array{}, err
	}
	// The checksum is compared at the end.
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		return Array{}, cmp.Or(err, error(zip.ErrFormat))
	}
	k, shape, body, err := parse(file)
	if err != nil {
		return Array{}, err
	}
	a := Array{Shape: shape}
	switch k {
	case float32Kind:
		a.Data = readElements(body, 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })
	case float64Kind:
		a.Data = readElements(body, 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) })
	case int64Kind:
		a.Data = readElements(body, 8, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) })
	default:
		a.Data = body
	}
	return a, nil
}

func readElements[T any](body []byte, size int, element func([]byte) T) []T {
	data := make([]T, len(body)/size)
	for i := range data {
		data[i] = element(body[i*size:])
	}
	return data
}

// GetRounded is Get for float32, but takes elements that are float64 too and
// rounds them as Rounded does.
func GetRounded(f File, name string, shape ...int) (data []float32, found []int, err error) {
	if _, ok := f[name].Data.([]float64); !ok {
		return Get[float32](f, name, shape...)
	}
	if _, found, err = Get[float64](f, name, shape...); err != nil {
		return nil, nil, err
	}
	if data, err = f[name].Rounded(); err != nil {
		return nil, nil, err
	}
	return data, found, nil
}

// Rounded returns the elements of an array of float32, or those of one of
// float64, rounded. A finite one that is too large for float32 is an error.
func (a Array) Rounded() ([]float32, error) {
	doubles, ok := a.Data.([]float64)
	if !ok {
		singles, ok := a.Data.([]float32)
		if !ok {
			return nil, fmt.Errorf("npz: array %q has elements %T, want []float32 or []float64", a.Name, a.Data)
		}
		return singles, nil
	}
	singles := make([]float32, len(doubles))
	for i, x := range doubles {
		singles[i] = float32(x)
		if math.IsInf(float64(singles[i]), 0) && !math.IsInf(x, 0) {
			return nil, fmt.Errorf("npz: element %d of array %q is %v, too large for float32", i, a.Name, x)
		}
	}
	return singles, nil
}

// Names returns the names of the arrays, sorted.
func (f File) Names() []string { return slices.Sorted(maps.Keys(f)) }

// Get returns the data and the shape of an array of elements T, a type that an
// Array can have, or an error if there is none of that name, type and shape,
// in which −1 stands for any length.
func Get[T float32 | float64 | int64 | byte](f File, name string, shape ...int) (data []T, found []int, err error) {
	a, ok := f[name]
	if !ok {
		return nil, nil, fmt.Errorf("npz: there is no array %q, only %q", name, f.Names())
	}
	data, ok = a.Data.([]T)
	if !ok {
		return nil, nil, fmt.Errorf("npz: array %q has elements %T, want %T", name, a.Data, data)
	}
	if !matches(a.Shape, shape) {
		return nil, nil, fmt.Errorf("npz: array %q has the shape %v, want %v (-1: any)", name, a.Shape, shape)
	}
	return data, a.Shape, nil
}
