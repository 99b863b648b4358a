package zarr

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
)

// A Type is the type of elements, as Zarr names it.
type Type string

// The types, little-endian.
const (
	Float32 Type = "<f4"
	Float64 Type = "<f8"
	Int64   Type = "<i8"
)

// Size returns the bytes of an element, or 0 if the type is not known.
func (t Type) Size() int {
	switch t {
	case Float32:
		return 4
	case Float64, Int64:
		return 8
	}
	return 0
}

// CanMiss says whether elements may be missing: they are NaN then. That is so for
// float32 and float64. int64 has no fill value, since xarray takes an element that is
// equal to it for missing.
func (t Type) CanMiss() bool { return t == Float32 || t == Float64 }

// An Array describes an array.
type Array struct {
	// Path has the names of its groups and its own, with slashes between them:
	// "posterior/theta".
	Path string
	Type Type
	// Dimensions are the names of the dimensions, all different.
	Dimensions []string
	// Shape has the length of each dimension, at least 0.
	Shape []int
	// Chunks is the shape of a chunk: lengths of at least 1. The last chunk along a
	// dimension may reach beyond the shape.
	Chunks []int
	// Attributes are what else there is to say, as JSON has it. nil: nothing.
	Attributes map[string]any
}

// A Group describes a group. The path of the outermost one is empty.
type Group struct {
	Path       string
	Attributes map[string]any
}

// clone returns a copy whose shape can be changed.
func (a Array) clone() Array {
	a.Shape = slices.Clone(a.Shape)
	return a
}

// ChunkBytes returns the number of bytes of a chunk.
func (a *Array) ChunkBytes() int {
	n, _ := product(a.Chunks, a.Type.Size())
	return n
}

// product returns the number of bytes of a shape, or false if an int cannot hold
// it or a length is negative.
func product(shape []int, size int) (int, bool) {
	n, empty := size, false
	for _, length := range shape {
		if length < 0 {
			return 0, false
		}
		if length == 0 {
			empty = true
			continue
		}
		if n > math.MaxInt/length {
			return 0, false
		}
		n *= length
	}
	if empty {
		return 0, true
	}
	return n, true
}

// maxDimensions is NumPy's.
const maxDimensions = 32

func (a *Array) check() error {
	problem := func(format string, args ...any) error {
		return fmt.Errorf("zarr: array %q: %s", a.Path, fmt.Sprintf(format, args...))
	}
	if !validPath(a.Path) {
		return fmt.Errorf("zarr: the path %q of an array has an empty or strange name, want names of letters, digits, - and _ with slashes between them", a.Path)
	}
	if a.Type.Size() == 0 {
		return problem("the type is %q, want <f4, <f8 or <i8", a.Type)
	}
	n := len(a.Dimensions)
	if n > maxDimensions || len(a.Shape) != n || len(a.Chunks) != n {
		return problem("%d Dimensions, a Shape of %d and Chunks of %d, want as many of each, at most %d", n, len(a.Shape), len(a.Chunks), maxDimensions)
	}
	for i, name := range a.Dimensions {
		if name == "" || slices.Contains(a.Dimensions[:i], name) {
			return problem("the name %q of a dimension is empty or used twice", name)
		}
		if a.Shape[i] < 0 || a.Chunks[i] < 1 {
			return problem("dimension %q has the length %d in chunks of %d, want at least 0 in chunks of at least 1", name, a.Shape[i], a.Chunks[i])
		}
	}
	if _, ok := product(a.Chunks, a.Type.Size()); !ok {
		return problem("chunks of the shape %v are too large", a.Chunks)
	}
	if _, ok := product(a.Shape, a.Type.Size()); !ok {
		return problem("the shape %v is too large", a.Shape)
	}
	if _, ok := a.Attributes[dimensionsAttribute]; ok {
		return problem("the attribute %s is set, want Dimensions", dimensionsAttribute)
	}
	return nil
}

// validPath tells whether a path stays in the store, on any system, and is none of
// the files of the format.
func validPath(path string) bool {
	strange := func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune("-_/", r)
	}
	return fs.ValidPath(path) && !strings.ContainsFunc(path, strange)
}

// parent returns the path of the group that a path is in.
func parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return ""
}
