package ensemble

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/trajens/trajens/internal/atomicfile"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/nn"
)

// Names of the arrays of a file.
const (
	membersArray    = "trajectory" // members × parameters
	networkArray    = "network"    // Network.Architecture
	checkpointArray = "checkpoint" // in checkpoints of package tps: a JSON text
)

// WriteNPZ writes the members as a NumPy .npz file with two arrays.
//
// The array "trajectory", float32 of shape [members, parameters], has the
// parameters. A row is in the order of PyTorch's parameters, so that
// torch.nn.utils.vector_to_parameters puts it into a network of the same
// layers. The array "network" has the bytes of the network's Architecture, in
// UTF-8.
func (c *Committee) WriteNPZ(w io.Writer) error {
	values := make([]float32, 0, c.Len()*c.net.Params())
	for _, member := range c.members {
		values = append(values, member...)
	}
	network := []byte(c.net.Architecture())
	err := npz.Write(w,
		npz.Array{Name: membersArray, Shape: []int{c.Len(), c.net.Params()}, Data: values},
		npz.Array{Name: networkArray, Shape: []int{len(network)}, Data: network})
	if err != nil {
		return fmt.Errorf("ensemble: %w", err)
	}
	return nil
}

// WriteFile writes the file of WriteNPZ to path. The file is there as a whole
// or not at all; one that was there before is replaced.
func (c *Committee) WriteFile(path string) error {
	if err := atomicfile.Write(path, c.WriteNPZ); err != nil {
		return fmt.Errorf("ensemble: %w", err)
	}
	return nil
}

// ReadNPZ reads the members of a committee of the network from a NumPy .npz
// file: one of WriteNPZ, a trajectory or a checkpoint of package tps, or any
// with an array "trajectory" of shape [members, parameters], as numpy.savez or
// numpy.savez_compressed makes it. Its elements are float32, or float64, which
// are rounded. All must be finite.
//
// A file of WriteNPZ says which network its members are of, and so does a
// checkpoint of a chain of package nn's Losses. ReadNPZ refuses those of
// another network. A file without a description is taken if the number of
// parameters is right.
func ReadNPZ(net *nn.Network, r io.Reader) (*Committee, error) {
	if net == nil {
		return nil, errors.New("ensemble: the network is nil")
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	file, err := npz.Read(content)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	network, err := networkOf(file)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	if network != "" && network != net.Architecture() {
		return nil, fmt.Errorf("ensemble: the models are of the network %q, want %q", network, net.Architecture())
	}
	values, shape, err := npz.GetRounded(file, membersArray, -1, -1)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	models := make([][]float32, shape[0])
	for i := range models {
		models[i] = values[i*shape[1] : (i+1)*shape[1]]
	}
	return New(net, models)
}

// ReadFile is ReadNPZ for the file at path.
func ReadFile(net *nn.Network, path string) (*Committee, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	c, err := ReadNPZ(net, bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	return c, nil
}

// networkOf returns the architecture that a file is of, or "" if the file does
// not say.
func networkOf(file npz.File) (string, error) {
	if _, ok := file[networkArray]; ok {
		text, _, err := npz.Get[byte](file, networkArray, -1)
		return string(text), err
	}
	if _, ok := file[checkpointArray]; !ok {
		return "", nil
	}
	text, _, err := npz.Get[byte](file, checkpointArray, -1)
	if err != nil {
		return "", err
	}
	var checkpoint struct {
		Setup struct{ Network string }
	}
	if err := json.Unmarshal(text, &checkpoint); err != nil {
		return "", fmt.Errorf("the array %q is not that of a chain: %w", checkpointArray, err)
	}
	return checkpoint.Setup.Network, nil
}
