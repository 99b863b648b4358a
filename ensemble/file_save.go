package ensemble

import (
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/trajens/trajens/internal/atomicfile"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/safetensors"
)

// A Format is a format of files of committees.
type Format int

const (
	// NPZ is NumPy's format of several arrays. The array "trajectory", float32 of
	// shape [members, parameters], has the parameters; the arrays "network" and
	// "info" are texts in UTF-8: the network's Architecture, and the Info as a JSON
	// object, left out if it is zero. There are no others. In Python, member k goes into
	// a network of the same layers with
	//
	//	import json, numpy as np, torch
	//
	//	file = np.load("committee.npz")
	//	info = json.loads(bytes(file["info"])) if "info" in file else {}
	//	member = torch.from_numpy(file["trajectory"][k])
	//	torch.nn.utils.vector_to_parameters(member, net.parameters())
	NPZ Format = iota + 1

	// Safetensors is the format of Hugging Face's safetensors. Each block of the
	// parameters (nn.Block) is a tensor of all members: "0.weight", F32 of shape
	// [members, …] with the shape of PyTorch's state_dict after the members, as
	// torch.func.stack_module_state gives it and torch.func.vmap takes it. The
	// metadata "network" and "info" are the texts of NPZ, and "sha256" is that of
	// the tensors' bytes and the info. safetensors.torch.load_file reads the tensors.
	// Without that package, member k goes into a network of the same layers with
	//
	//	import json, numpy as np, torch
	//
	//	content = open("committee.safetensors", "rb").read()
	//	start = 8 + int.from_bytes(content[:8], "little")
	//	header = json.loads(content[8:start])
	//	info = json.loads(header.pop("__metadata__").get("info", "{}"))
	//	members = {}
	//	for name, t in header.items():
	//	    begin, end = t["data_offsets"]
	//	    values = np.frombuffer(content[start + begin:start + end], "<f4")
	//	    members[name] = torch.tensor(values.reshape(t["shape"]))
	//	net.load_state_dict({name: m[k] for name, m in members.items()})
	Safetensors
)

// String returns the name of the format.
func (f Format) String() string {
	switch f {
	case NPZ:
		return "NPZ"
	case Safetensors:
		return "Safetensors"
	}
	return fmt.Sprintf("Format(%d)", int(f))
}

// Texts of a file, arrays of NPZ or metadata of Safetensors, beside networkArray.
const (
	infoText   = "info"   // Info as JSON
	digestText = "sha256" // of Safetensors only: safetensors.Digest
)

// Save writes the committee and its info to path, for Load. The format is that of
// the extension, .npz or .safetensors. The Weights of the info are filled in from the
// committee if they are nil, and must be the committee's if they are not. The file is
// there as a whole or not at all; one that was there before is replaced. The error says what of the info
// does not fit.
func (c *Committee) Save(path string, info Info) error {
	var format Format
	switch extension := filepath.Ext(path); extension {
	case ".npz":
		format = NPZ
	case ".safetensors":
		format = Safetensors
	default:
		return fmt.Errorf("ensemble: the path %q has the extension %q, want .npz or .safetensors", path, extension)
	}
	return c.writeTo(path, format, info)
}

func (c *Committee) writeTo(path string, format Format, info Info) error {
	err := atomicfile.Write(path, func(w io.Writer) error { return c.Write(w, format, info) })
	if err != nil {
		return prefixed(err)
	}
	return nil
}

// Write writes what Save writes to a file.
func (c *Committee) Write(w io.Writer, format Format, info Info) error {
	err := info.check(c.net, c.Len())
	if err == nil {
		err = c.fillWeights(&info)
	}
	if err == nil {
		switch format {
		case NPZ:
			err = c.writeNPZ(w, info)
		case Safetensors:
			err = c.writeSafetensors(w, info)
		default:
			err = fmt.Errorf("the format is %v, want NPZ or Safetensors", format)
		}
	}
	if err != nil {
		return fmt.Errorf("ensemble: %w", err)
	}
	return nil
}

// fillWeights gives an info that was checked the weights of the committee, if it has
// any. The info may have them already, rounded, but no others.
func (c *Committee) fillWeights(info *Info) error {
	for member, w := range info.Weights {
		if has := c.weight(member) / c.total; !(math.Abs(w-has) <= weightsTolerance) {
			return fmt.Errorf("the info gives member %d the weight %v, the committee gives it %v", member, w, has)
		}
	}
	if c.weights != nil {
		info.Weights = c.Weights()
	}
	return nil
}

func (c *Committee) writeNPZ(w io.Writer, info Info) error {
	values := make([]float32, 0, c.Len()*c.net.Params())
	for _, member := range c.members {
		values = append(values, member...)
	}
	network := []byte(c.net.Architecture())
	arrays := []npz.Array{
		{Name: membersArray, Shape: []int{c.Len(), c.net.Params()}, Data: values},
		{Name: networkArray, Shape: []int{len(network)}, Data: network},
	}
	if !info.isZero() {
		text, err := info.encode()
		if err != nil {
			return err
		}
		arrays = append(arrays, npz.Array{Name: infoText, Shape: []int{len(text)}, Data: text})
	}
	return npz.Write(w, arrays...)
}

func (c *Committee) writeSafetensors(w io.Writer, info Info) error {
	var tensors []safetensors.Tensor
	for _, block := range c.net.Blocks() {
		values := make([]float32, 0, c.Len()*block.Size())
		for _, member := range c.members {
			values = append(values, member[block.Offset:block.Offset+block.Size()]...)
		}
		tensors = append(tensors, safetensors.Tensor{Name: block.Name, Shape: append([]int{c.Len()}, block.Shape...), Data: values})
	}
	metadata := map[string]string{networkArray: c.net.Architecture()}
	if !info.isZero() {
		text, err := info.encode()
		if err != nil {
			return err
		}
		metadata[infoText] = string(text)
	}
	metadata[digestText] = safetensors.Digest(metadata[infoText], tensors...)
	return safetensors.Write(w, metadata, tensors...)
}
