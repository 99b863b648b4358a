package posterior

import (
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/atomicfile"
	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/zarr"
)

// WriteNPZFile writes the arrays of the store in a directory to a NumPy .npz file at
// path, which is replaced as a whole if it is there. The names of the arrays are
// those in the store: numpy.load(path)["posterior/theta"] has the shape [chain,
// draw, model, parameter]. All arrays are in memory at once. The store may be one
// that a run is writing to: what is there is taken.
func WriteNPZFile(path, dir string) error {
	files, err := zarr.Open(dir)
	if err != nil {
		return fmt.Errorf("posterior: %w", err)
	}
	arrays, err := readAll(files)
	if err != nil {
		return fmt.Errorf("posterior: %w", err)
	}
	err = atomicfile.Write(path, func(w io.Writer) error { return npz.Write(w, arrays...) })
	if err != nil {
		return fmt.Errorf("posterior: %w", err)
	}
	return nil
}

// readAll returns the arrays of a store.
func readAll(files *zarr.Store) ([]npz.Array, error) {
	var arrays []npz.Array
	held := 0.0 // the bytes of the elements that are read
	for _, a := range files.Arrays() {
		size := float64(a.Type.Size())
		for _, length := range a.Shape {
			size *= float64(length)
		}
		held += size
		if err := memory.Check(held + size); err != nil { // the bytes of one are there beside its elements
			return nil, fmt.Errorf("the arrays up to %s: %w", a.Path, err)
		}
		data, err := files.Read(a.Path)
		if err != nil {
			return nil, err
		}
		arrays = append(arrays, npz.Array{Name: a.Path, Shape: a.Shape, Data: data})
	}
	return arrays, nil
}
