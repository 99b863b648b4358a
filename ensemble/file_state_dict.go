package ensemble

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/safetensors"
	"github.com/trajens/trajens/nn"
)

// A StateDictConfig says which parameters of a file are which of the network. The
// zero value is for files whose names are those of the network's blocks (nn.Block),
// as of a PyTorch nn.Sequential of the same layers.
type StateDictConfig struct {
	// Names has names of blocks, such as "0.weight", and for each the name that
	// the block has in the file. Blocks that are not there have their own.
	Names map[string]string

	// ByOrder takes the arrays in the order of the file for the blocks in the order
	// of the network, whatever their names. Each must have the shape of its block.
	// Only NumPy's files have an order that means something: that of the
	// arguments of numpy.savez. The safetensors library sorts by name.
	ByOrder bool
}

// LoadStateDict returns the committee of the network whose parameters are in the
// file at path: PyTorch's state_dict of one network, or of several, stacked as
// torch.func.stack_module_state does it. The file is one of safetensors, or one that
//
//	numpy.savez(path, **{name: p.numpy() for name, p in net.state_dict().items()})
//
// writes. All arrays have the shapes of the network's blocks, or all have a dimension
// for the members before these. No block may be missing, and no array may be there
// that no block takes. Elements are float32, or float64, which are rounded;
// in safetensors also float16 and bfloat16. All must be finite. A file of
// Save in the format Safetensors, which says which network its parameters are of, is
// refused if it is another, and gives the members their weights.
//
// If parameters do not fit, the error lists for each name what was found and what
// was wanted.
func LoadStateDict(net *nn.Network, path string, config StateDictConfig) (*Committee, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	defer file.Close()
	c, err := ReadStateDict(net, file, config)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	return c, nil
}

// ReadStateDict is LoadStateDict for the content of a file, to the end of r.
func ReadStateDict(net *nn.Network, r io.Reader, config StateDictConfig) (*Committee, error) {
	if net == nil {
		return nil, errors.New("ensemble: the network is nil")
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	arrays, info, err := readStateDict(net, content, config)
	if err != nil {
		return nil, prefixed(err)
	}
	models, err := stateDictModels(net, arrays, config)
	if err != nil {
		return nil, prefixed(err)
	}
	c, _, err := newLoaded(net, models, info)
	if err != nil {
		return nil, prefixed(err)
	}
	return c, nil
}

// readStateDict returns the arrays of a file in its order, and the info that a file of
// Save has.
func readStateDict(net *nn.Network, content []byte, config StateDictConfig) (arrays []npz.Array, info Info, err error) {
	switch formatOf(content) {
	case NPZ:
		arrays, err = npz.ReadOrdered(content)
		return arrays, info, err
	case Safetensors:
		if config.ByOrder {
			return nil, info, errors.New("the tensors of a safetensors file are not in the order of the network: give their Names instead of ByOrder")
		}
		file, err := safetensors.Read(content)
		if err != nil {
			return nil, info, err
		}
		if network, ok := file.Metadata[networkArray]; ok && network != net.Architecture() {
			return nil, info, fmt.Errorf("the models are of the network %q, want %q", network, net.Architecture())
		}
		if _, ok := file.Metadata[networkArray]; ok { // else an "info" is of another program
			info, err = infoOfTensors(file)
		}
		return arraysOf(file), info, err
	}
	return nil, info, errUnknownFormat
}

// stateDictModels returns the parameter vectors that arrays make.
func stateDictModels(net *nn.Network, arrays []npz.Array, config StateDictConfig) ([][]float32, error) {
	blocks := net.Blocks()
	if len(blocks) == 0 {
		return nil, errors.New("the network has no parameters")
	}
	matched, err := match(blocks, arrays, config)
	if err != nil {
		return nil, err
	}
	members := membersOf(blocks[0], matched[0])
	if members == alone {
		members = 1
	}
	models := make([][]float32, members) // as many as there are elements, at most
	for m := range models {
		models[m] = make([]float32, net.Params())
	}
	for i, block := range blocks {
		values, err := matched[i].Rounded()
		if err != nil {
			return nil, err
		}
		if at := slices.IndexFunc(values, func(v float32) bool { return v-v != 0 }); at >= 0 {
			return nil, fmt.Errorf("element %d of %q is %v, want a finite number", at, matched[i].Name, values[at])
		}
		for m, model := range models {
			copy(model[block.Offset:], values[m*block.Size():(m+1)*block.Size()])
		}
	}
	return models, nil
}
