package safetensors

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// maxHeader is how many bytes a header may have by the format.
const maxHeader = 100_000_000

// A File has the content of a file.
type File struct {
	// Tensors are in the order of the header.
	Tensors []Tensor
	// Metadata has the texts of the header by name, nil if it has none.
	Metadata map[string]string
}

// Read returns the content of a file, given all of its bytes. Elements are F32,
// F64, or F16 and BF16, which become float32 without rounding. NaN and infinities
// are read as they are.
func Read(file []byte) (*File, error) {
	header, data, err := split(file)
	if err != nil {
		return nil, err
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return nil, fmt.Errorf("safetensors: the header: %w", err)
	}
	if err := checkPlaces(entries, len(data)); err != nil {
		return nil, err
	}
	f := &File{Tensors: make([]Tensor, len(entries)), Metadata: metadata}
	for i, e := range entries {
		f.Tensors[i] = Tensor{Name: e.name, Shape: e.shape, Data: e.dtype.decode(data[e.begin:e.end])}
	}
	return f, nil
}

// split returns the header and the elements.
func split(file []byte) (header, data []byte, err error) {
	if len(file) < 8 {
		return nil, nil, fmt.Errorf("safetensors: the file has %d bytes, want at least the 8 of the length of the header", len(file))
	}
	length, rest := binary.LittleEndian.Uint64(file), file[8:]
	if length > maxHeader {
		return nil, nil, fmt.Errorf("safetensors: the header claims to have %d bytes, want at most %d", length, maxHeader)
	}
	if length > uint64(len(rest)) {
		return nil, nil, fmt.Errorf("safetensors: the header claims to have %d bytes, %d are there", length, len(rest))
	}
	if length == 0 || rest[0] != '{' {
		return nil, nil, errors.New("safetensors: the header does not start with {")
	}
	return rest[:length], rest[length:], nil
}

// checkPlaces returns an error unless each tensor has the bytes of its shape and
// all together fill the data, one after the other.
func checkPlaces(entries []entry, size int) error {
	for _, e := range entries {
		n, ok := elements(e.shape)
		if ok = ok && n <= math.MaxInt/e.dtype.size; !ok || e.begin > e.end || e.end-e.begin != n*e.dtype.size {
			return fmt.Errorf("safetensors: tensor %q has the bytes %d to %d, which do not make the shape %v of %s", e.name, e.begin, e.end, e.shape, e.dtype.name)
		}
	}
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b entry) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	next := 0
	for _, e := range sorted {
		if e.begin != next {
			return fmt.Errorf("safetensors: tensor %q starts at byte %d, want %d, where the one before ends", e.name, e.begin, next)
		}
		next = e.end
	}
	if next != size {
		return fmt.Errorf("safetensors: the tensors end at byte %d of %d", next, size)
	}
	return nil
}

// decode returns the elements, float32 or float64.
func (d dtype) decode(data []byte) any {
	switch d {
	case f64:
		return decode(data, 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) })
	case f32:
		return decode(data, 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })
	case f16:
		return decode(data, 2, func(b []byte) float32 { return half(binary.LittleEndian.Uint16(b)) })
	default:
		return decode(data, 2, func(b []byte) float32 { return brain(binary.LittleEndian.Uint16(b)) })
	}
}

func decode[T any](data []byte, size int, element func([]byte) T) []T {
	elements := make([]T, len(data)/size)
	for i := range elements {
		elements[i] = element(data[i*size:])
	}
	return elements
}
