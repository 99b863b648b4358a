package ensemble

import (
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/nn"
)

// membersArray is the name of the array of parameters in a file.
const membersArray = "trajectory"

// WriteNPZ writes the parameters of the members as a NumPy .npz file with one
// array, "trajectory", float32 of shape [members, parameters]. A row is in the
// order of PyTorch's parameters, so that
// torch.nn.utils.vector_to_parameters puts it into a network of the same
// layers.
func (c *Committee) WriteNPZ(w io.Writer) error {
	values := make([]float32, 0, c.Len()*c.net.Params())
	for _, member := range c.members {
		values = append(values, member...)
	}
	return npz.Write(w, npz.Array{Name: membersArray, Shape: []int{c.Len(), c.net.Params()}, Data: values})
}

// ReadNPZ reads the members of a committee of the network from a NumPy .npz
// file that is not compressed: one of WriteNPZ, a trajectory or a checkpoint
// of package tps, or any with an array "trajectory" of type float32 and shape
// [members, parameters], as numpy.savez makes it.
func ReadNPZ(net *nn.Network, r io.Reader) (*Committee, error) {
	bytes, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	file, err := npz.Read(bytes)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	values, shape, err := npz.Get[float32](file, membersArray, -1, -1)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	return New(net, rows{values, shape[0], shape[1]})
}

// rows are the models in the rows of an array.
type rows struct {
	values         []float32
	number, length int
}

// Len returns the number of rows.
func (r rows) Len() int { return r.number }

// Model returns a row.
func (r rows) Model(i int) []float32 { return r.values[i*r.length : (i+1)*r.length] }
