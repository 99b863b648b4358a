package tps

import (
	"fmt"
	"io"
	"os"

	"github.com/trajens/trajens/internal/npz"
)

// WriteNPZ writes the trajectory as a NumPy .npz file with one array,
// "trajectory", float32 of shape [τ, P].
func (t *Trajectory) WriteNPZ(w io.Writer) error {
	return npz.Write(w, npz.Array{Name: trajectoryArray, Shape: []int{t.Len(), t.params}, Data: t.values})
}

// ReadNPZ reads a trajectory from a NumPy .npz file: one of WriteNPZ, a
// checkpoint of a chain, or any with an array "trajectory" of shape [τ, P], as
// numpy.savez or numpy.savez_compressed makes it. Its elements are float32, or
// float64, which are rounded. All must be finite.
func ReadNPZ(r io.Reader) (*Trajectory, error) {
	bytes, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	file, err := npz.Read(bytes)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	values, shape, err := npz.GetRounded(file, trajectoryArray, -1, -1)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("tps: the trajectory has the shape %v, want lengths of at least 1", shape)
	}
	t := &Trajectory{params: shape[1], values: values}
	if err := t.finite(); err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	return t, nil
}

// ReadNPZFile is ReadNPZ for the file at a path.
func ReadNPZFile(path string) (*Trajectory, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	defer file.Close()
	t, err := ReadNPZ(file)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	return t, nil
}
