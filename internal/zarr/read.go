package zarr

import (
	"encoding/binary"
	"fmt"
	"math"
	"path"
	"slices"

	"github.com/trajens/trajens/internal/memory"
)

// maxSparsity is how many times the bytes of its chunks an array may have: that
// of several chains, all but one of which have no elements yet.
const maxSparsity = 1000

// Read returns the elements of an array, row-major, as []float32, []float64
// or []int64. Elements whose chunk is missing are NaN; for types that have
// none it is an error. It is an error, too, if the array has more than 1000 times
// the bytes of its chunks.
func (s *Store) Read(array string) (data any, err error) {
	a, err := s.find(array)
	if err != nil {
		return nil, err
	}
	bytes, err := s.readBytes(a)
	if err != nil {
		return nil, err
	}
	switch a.Type {
	case Float32:
		return elements(bytes, 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }), nil
	case Float64:
		return elements(bytes, 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }), nil
	default:
		return elements(bytes, 8, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }), nil
	}
}

func elements[T any](bytes []byte, size int, element func([]byte) T) []T {
	data := make([]T, len(bytes)/size)
	for i := range data {
		data[i] = element(bytes[i*size:])
	}
	return data
}

// readBytes returns the bytes of an array's elements.
func (s *Store) readBytes(a *Array) ([]byte, error) {
	total, _ := product(a.Shape, a.Type.Size())
	if total == 0 {
		return nil, nil
	}
	chunks, err := s.present(a)
	if err != nil {
		return nil, err
	}
	// As a float64, since both may be more than an int holds.
	if float64(total) > maxSparsity*float64(len(chunks))*float64(a.ChunkBytes()) {
		return nil, fmt.Errorf("zarr: array %q of shape %v has only %d chunks: it claims to be more than %d times as large", a.Path, a.Shape, len(chunks), maxSparsity)
	}
	if err := memory.Check(2 * float64(total)); err != nil {
		return nil, fmt.Errorf("zarr: array %q of shape %v %w", a.Path, a.Shape, err)
	}
	bytes := Missing(a.Type, total)
	for _, index := range chunks {
		chunk, err := s.ReadChunk(a.Path, index)
		if err != nil {
			return nil, err
		}
		a.place(bytes, chunk, index)
	}
	return bytes, nil
}

// present returns the indices of those chunks that are there and have elements of
// the shape. Each has its size, and none is missing that must be there.
func (s *Store) present(a *Array) ([][]int, error) {
	chunks, err := s.Chunks(a.Path)
	if err != nil {
		return nil, err
	}
	chunks = slices.DeleteFunc(chunks, func(index []int) bool { return !a.contains(index) })
	for _, index := range chunks {
		if err := s.checkChunk(a, path.Join(a.Path, key(index))); err != nil {
			return nil, err
		}
	}
	if a.Type.CanMiss() {
		return chunks, nil
	}
	want := 1
	for d, length := range a.Shape {
		want *= (length-1)/a.Chunks[d] + 1
	}
	if len(chunks) != want {
		return nil, fmt.Errorf("zarr: array %q has %d of its %d chunks, and %s has no elements that stand for missing ones", a.Path, len(chunks), want, a.Type)
	}
	return chunks, nil
}

// Missing returns so many bytes of elements that are missing: NaN, or zero.
func Missing(t Type, bytes int) []byte {
	b := make([]byte, bytes)
	Forget(t, b)
	return b
}

// Forget makes all elements NaN, or zero if the type has none.
func Forget(t Type, elements []byte) {
	switch t {
	case Float32:
		for i := 0; i < len(elements); i += 4 {
			binary.LittleEndian.PutUint32(elements[i:], quietNaN32)
		}
	case Float64:
		for i := 0; i < len(elements); i += 8 {
			binary.LittleEndian.PutUint64(elements[i:], quietNaN64)
		}
	default:
		clear(elements)
	}
}

// The NaN of NumPy.
const (
	quietNaN32 = 0x7fc00000
	quietNaN64 = 0x7ff8000000000000
)

// contains says whether a chunk has elements of the shape.
func (a *Array) contains(index []int) bool {
	for d, i := range index {
		if i > (a.Shape[d]-1)/a.Chunks[d] {
			return false
		}
	}
	return true
}

// place copies the elements of a chunk that are in the shape to their places.
func (a *Array) place(dst, chunk []byte, index []int) {
	n, size := len(a.Shape), a.Type.Size()
	if n == 0 {
		copy(dst, chunk)
		return
	}
	extent := make([]int, n) // of the part in the shape
	for d := range extent {
		extent[d] = min(a.Chunks[d], a.Shape[d]-index[d]*a.Chunks[d])
	}
	run := extent[n-1] * size
	for at := make([]int, n-1); ; { // in the chunk, but for the last dimension
		to, from := 0, 0
		for d := range n {
			inside := 0
			if d < n-1 {
				inside = at[d]
			}
			to = to*a.Shape[d] + index[d]*a.Chunks[d] + inside
			from = from*a.Chunks[d] + inside
		}
		copy(dst[to*size:to*size+run], chunk[from*size:])
		d := n - 2
		for ; d >= 0; d-- {
			if at[d]++; at[d] < extent[d] {
				break
			}
			at[d] = 0
		}
		if d < 0 {
			return
		}
	}
}
