package ensemble

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/safetensors"
	"github.com/trajens/trajens/nn"
)

// Load returns the committee of the file at path, a network and its members with
// their weights, and what the file says of them beside. The file is one of Save, in
// either format whatever its name, or a checkpoint of a chain of package nn's Losses. A file that
// does not say which network its members are of is for ReadFile or LoadStateDict.
//
// The memory that Load takes is in proportion to the size of the file, whatever
// the file claims. The error says what does not fit.
func Load(path string) (*Committee, Info, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, Info{}, fmt.Errorf("ensemble: %w", err)
	}
	c, info, err := read(content)
	if err != nil {
		return nil, Info{}, fmt.Errorf("%w (%s)", prefixed(err), path)
	}
	return c, info, nil
}

// Read is Load for the content of a file, to the end of r.
func Read(r io.Reader) (*Committee, Info, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, Info{}, fmt.Errorf("ensemble: %w", err)
	}
	c, info, err := read(content)
	if err != nil {
		return nil, Info{}, prefixed(err)
	}
	return c, info, nil
}

// read is Read of all bytes, whose errors may be without prefix.
func read(content []byte) (c *Committee, info Info, err error) {
	switch formatOf(content) {
	case NPZ:
		c, info, err = readNPZ(content)
	case Safetensors:
		c, info, err = readSafetensors(content)
	default:
		err = errUnknownFormat
	}
	if err != nil {
		return nil, Info{}, err
	}
	return c, info, nil
}

// newLoaded returns the committee of the models of a file, with the weights that the
// file's info has, and checks the info.
func newLoaded(net *nn.Network, models [][]float32, info Info) (*Committee, Info, error) {
	c, err := New(net, models)
	if err != nil {
		return nil, Info{}, err
	}
	if err := info.check(net, c.Len()); err != nil {
		return nil, Info{}, err
	}
	if c.weights, c.total, err = normalize(info.Weights, c.Len()); err != nil {
		return nil, Info{}, err
	}
	return c, info, nil
}

var (
	errUnknownFormat = errors.New("it is neither a NumPy .npz file nor one of safetensors")
	errNoNetwork     = errors.New("it does not say which network its members are of: ReadFile and LoadStateDict take the network from the caller")
)

// formatOf returns the format of a file's content, or 0 if it is none.
func formatOf(content []byte) Format {
	switch {
	case len(content) > 8 && content[8] == '{': // never of a zip archive: there is a method of compression
		return Safetensors
	case len(content) > 2 && string(content[:2]) == "PK":
		return NPZ
	}
	return 0
}

func readNPZ(content []byte) (*Committee, Info, error) {
	fail := func(err error) (*Committee, Info, error) { return nil, Info{}, err }
	file, err := npz.Read(content)
	if err != nil {
		return fail(err)
	}
	architecture, err := networkOf(file)
	if err != nil {
		return fail(err)
	}
	net, err := parseNetwork(architecture)
	if err != nil {
		return fail(err)
	}
	models, err := modelsOf(file, net)
	if err != nil {
		return fail(err)
	}
	info, err := infoOf(file)
	if err != nil {
		return fail(err)
	}
	return newLoaded(net, models, info)
}

// infoOf returns what a file of NumPy's format says beside, if it does. It is not
// checked yet. Beside a network no arrays of other names are taken, for one could be an
// info, with weights, whose name is damaged.
func infoOf(file npz.File) (Info, error) {
	if _, ok := file[networkArray]; ok {
		for _, name := range slices.Sorted(maps.Keys(file)) {
			if name != membersArray && name != networkArray && name != infoText {
				return Info{}, fmt.Errorf("it has an array %q, want only those of Save", name)
			}
		}
	}
	if _, ok := file[infoText]; ok {
		text, _, err := npz.Get[byte](file, infoText, -1)
		if err != nil {
			return Info{}, err
		}
		return decodeInfo(text)
	}
	if _, ok := file[checkpointArray]; ok {
		return infoOfCheckpoint(file)
	}
	return Info{}, nil
}

// infoOfCheckpoint returns what a checkpoint says of its chain.
func infoOfCheckpoint(file npz.File) (Info, error) {
	setup, err := setupOf[map[string]string](file)
	if err != nil {
		return Info{}, err
	}
	configuration, err := json.Marshal(setup)
	if err != nil {
		return Info{}, err
	}
	info := Info{Provenance: Provenance{Configuration: configuration, Data: setup["data"]}}
	if loss, err := nn.ParseLoss(setup["loss"]); err == nil { // else a loss of the user
		info.Loss = loss
	}
	return info, nil
}

func readSafetensors(content []byte) (*Committee, Info, error) {
	fail := func(err error) (*Committee, Info, error) { return nil, Info{}, err }
	file, err := safetensors.Read(content)
	if err != nil {
		return fail(err)
	}
	net, err := parseNetwork(file.Metadata[networkArray])
	if err != nil {
		return fail(err)
	}
	info, err := infoOfTensors(file)
	if err != nil {
		return fail(err)
	}
	models, err := stateDictModels(net, arraysOf(file), StateDictConfig{})
	if err != nil {
		return fail(err)
	}
	return newLoaded(net, models, info)
}

// infoOfTensors is infoOf for a file in the format of safetensors, and checks that the
// file is not damaged.
func infoOfTensors(file *safetensors.File) (Info, error) {
	text, ok := file.Metadata[infoText]
	if digest, has := file.Metadata[digestText]; has && digest != safetensors.Digest(text, file.Tensors...) {
		return Info{}, errors.New("the checksum does not fit: the file is damaged")
	}
	if !ok {
		return Info{}, nil
	}
	return decodeInfo([]byte(text))
}

// arraysOf returns the tensors as arrays.
func arraysOf(file *safetensors.File) []npz.Array {
	arrays := make([]npz.Array, len(file.Tensors))
	for i, t := range file.Tensors {
		arrays[i] = npz.Array(t)
	}
	return arrays
}

// parseNetwork returns the network that a file names.
func parseNetwork(architecture string) (*nn.Network, error) {
	if architecture == "" {
		return nil, errNoNetwork
	}
	net, err := nn.ParseArchitecture(architecture)
	if err != nil {
		return nil, fmt.Errorf("the network of the file: %w", err)
	}
	return net, nil
}
