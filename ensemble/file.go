package ensemble

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/nn"
)

// Names of the arrays of a file.
const (
	membersArray    = "trajectory" // members × parameters
	networkArray    = "network"    // Network.Architecture
	checkpointArray = "checkpoint" // in checkpoints of package tps: a JSON text
)

// WriteNPZ writes the members as a NumPy .npz file: that of Write in the format
// NPZ, without an Info.
//
// A row of the array "trajectory", float32 of shape [members, parameters], is in
// the order of PyTorch's parameters, so that
// torch.nn.utils.vector_to_parameters puts it into a network of the same layers.
func (c *Committee) WriteNPZ(w io.Writer) error { return c.Write(w, NPZ, Info{}) }

// WriteFile writes the file of WriteNPZ to path, whatever its extension. The file
// is there as a whole or not at all; one that was there before is replaced.
func (c *Committee) WriteFile(path string) error { return c.writeTo(path, NPZ, Info{}) }

// ReadNPZ reads the members of a committee of the network from a NumPy .npz
// file: one of WriteNPZ, a trajectory or a checkpoint of package tps, or any
// with an array "trajectory" of shape [members, parameters], as numpy.savez or
// numpy.savez_compressed makes it. Its elements are float32, or float64, which
// are rounded. All must be finite.
//
// A file of WriteNPZ says which network its members are of, and so does a
// checkpoint of a chain of package nn's Losses. ReadNPZ refuses those of
// another network. A file without a description is taken if the number of
// parameters is right. Members have the weights that a file of Save gives them.
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
	models, err := modelsOf(file, net)
	if err != nil {
		return nil, prefixed(err)
	}
	var info Info
	if _, ok := file[networkArray]; ok { // else an "info" is of another program
		if info, err = infoOf(file); err != nil {
			return nil, prefixed(err)
		}
	}
	c, _, err := newLoaded(net, models, info)
	if err != nil {
		return nil, prefixed(err)
	}
	return c, nil
}

// modelsOf returns the rows of the array of the members: views, or an error if
// they cannot be parameters of the network.
func modelsOf(file npz.File, net *nn.Network) ([][]float32, error) {
	values, shape, err := npz.GetRounded(file, membersArray, -1, -1)
	if err != nil {
		return nil, err
	}
	if shape[1] == 0 && shape[0] > 0 { // of which there may be any number without a byte
		return nil, fmt.Errorf("model 0 has 0 parameters, want the network's %d, at least 1", net.Params())
	}
	models := make([][]float32, shape[0])
	for i := range models {
		models[i] = values[i*shape[1] : (i+1)*shape[1]]
	}
	return models, nil
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
	setup, err := setupOf[struct{ Network string }](file)
	return setup.Network, err
}

// setupOf returns what a checkpoint of a chain was made from.
func setupOf[T any](file npz.File) (T, error) {
	var checkpoint struct{ Setup T }
	text, _, err := npz.Get[byte](file, checkpointArray, -1)
	if err != nil {
		return checkpoint.Setup, err
	}
	if err := json.Unmarshal(text, &checkpoint); err != nil {
		return checkpoint.Setup, fmt.Errorf("the array %q is not that of a chain: %w", checkpointArray, err)
	}
	return checkpoint.Setup, nil
}

// prefixed returns an error with the package's prefix.
func prefixed(err error) error {
	const prefix = "ensemble: "
	if strings.HasPrefix(err.Error(), prefix) {
		return err
	}
	return fmt.Errorf(prefix+"%w", err)
}
