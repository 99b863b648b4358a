package ensemble

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// python runs a program in a folder with PyTorch, or skips the test.
func python(t *testing.T, folder, program string) {
	t.Helper()
	const interpreter = "/usr/bin/python3"
	const find = `import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in ("torch", "numpy")))`
	if exec.Command(interpreter, "-c", find).Run() != nil {
		t.Skip("needs PyTorch for " + interpreter + " (Debian's package python3-torch)")
	}
	command := exec.Command(interpreter, "-c", program)
	command.Dir = folder
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
}

// documented returns the Python program in the comment of a constant of this package.
func documented(t *testing.T, constant string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "file_save.go", nil, parser.ParseComments)
	require.NoError(t, err)
	var program strings.Builder
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if ok && spec.Names[0].Name == constant {
			for line := range strings.Lines(spec.Doc.Text()) {
				if code, ok := strings.CutPrefix(line, "\t"); ok || line == "\n" {
					program.WriteString(code)
				}
			}
		}
		return true
	})
	require.Contains(t, program.String(), "import json, numpy as np, torch\n")
	return program.String()
}

// A twin is a network here and in PyTorch.
type twin struct {
	name    string
	net     *nn.Network
	pytorch string
}

// twins have each setting of each layer.
func twins(t *testing.T) []twin {
	t.Helper()
	other, err := nn.NewNetwork([]int{2, 11, 12},
		nn.Conv2D{Channels: 3, Kernel: 4, Stride: 2, Padding: 1, NoBias: true}, nn.Tanh{}, nn.MaxPool2D{Kernel: 3, Stride: 1},
		nn.Flatten{}, nn.Dense{Outputs: 7}, nn.ReLU{}, nn.Dense{Outputs: 4, NoBias: true})
	require.NoError(t, err)
	return []twin{
		{"mair", nn.MairCNN(), `nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 8, 3), nn.ReLU(),
			nn.MaxPool2d(4), nn.Flatten(), nn.Linear(32, 10))`},
		{"other", other, `nn.Sequential(nn.Conv2d(2, 3, 4, stride=2, padding=1, bias=False), nn.Tanh(), nn.MaxPool2d(3, stride=1),
			nn.Flatten(), nn.Linear(36, 7), nn.ReLU(), nn.Linear(7, 4, bias=False))`},
	}
}

const twinInputs = 5

// writeInputs writes NAME_inputs.npz with inputs from 0 to 1, and returns them.
func (w twin) writeInputs(t *testing.T, folder string) *data.Dataset {
	t.Helper()
	r := rand.New(random.Source(3))
	shape := w.net.InputShape()
	values := make([]float32, twinInputs*shape[0]*shape[1]*shape[2])
	for i := range values {
		values[i] = r.Float32()
	}
	file := numpyFile(t, []npz.Array{{Name: "inputs", Shape: append([]int{twinInputs}, shape...), Data: values}})
	require.NoError(t, os.WriteFile(filepath.Join(folder, w.name+"_inputs.npz"), file, 0o644))
	d, err := data.NewInputs(values, shape)
	require.NoError(t, err)
	return d
}

// logits returns those of each member for the inputs.
func logits(c *Committee, d *data.Dataset) [][]float32 {
	all := make([][]float32, c.Len())
	for m := range all {
		all[m] = make([]float32, d.Len()*c.Network().Outputs())
		c.Network().NewEvaluator().Outputs(all[m], c.Member(m), d, []int{0, 1, 2, 3, 4})
	}
	return all
}

// sameLogits checks that PyTorch's logits in an array of a file, [members, inputs,
// outputs], are ours. Logits are of order 1, sums of at most 400 products in
// float32, whose roundings are some 1e-7 each and mostly cancel: 1e-5 is far above
// them, and far below the differences between members.
func sameLogits(t *testing.T, ours [][]float32, path, name string) {
	t.Helper()
	const tolerance = 1e-5
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	file, err := npz.Read(content)
	require.NoError(t, err)
	theirs, shape, err := npz.Get[float32](file, name, len(ours), twinInputs, -1)
	require.NoError(t, err)
	size := twinInputs * shape[2]
	for m := range ours {
		require.Len(t, ours[m], size)
		difference := largestDifference(theirs[m*size:(m+1)*size], ours[m])
		assert.True(t, difference <= tolerance, "%s: the logits of member %d differ by %v", name, m, difference)
	}
	if len(ours) > 1 {
		assert.Greater(t, largestDifference(theirs[:size], ours[1]), 1000*tolerance, "%s: members could be exchanged", name)
	}
}

// largestDifference is NaN if a number is.
func largestDifference(x, y []float32) float64 {
	most := 0.0
	for i := range x {
		most = max(most, float64(max(x[i]-y[i], y[i]-x[i])))
	}
	return most
}

// The programs in the documentation of both formats put members into PyTorch's
// networks, whose logits are ours.
func TestToPyTorch(t *testing.T) {
	folder := t.TempDir()
	var program strings.Builder
	program.WriteString("import os\nfrom torch import nn\n")
	ours := make(map[string][][]float32)
	for _, w := range twins(t) {
		walk, err := tps.RandomWalk(3, randomParameters(w.net, 1), 0.1, random.Source(2))
		require.NoError(t, err)
		c, err := New(w.net, walk.Models())
		require.NoError(t, err)
		ours[w.name] = logits(c, w.writeInputs(t, folder))
		require.NoError(t, os.Mkdir(filepath.Join(folder, w.name), 0o755))
		for _, extension := range []string{".npz", ".safetensors"} {
			require.NoError(t, c.Save(filepath.Join(folder, w.name, "committee"+extension), Info{Provenance: Provenance{Seeds: []uint64{7}}}))
		}
		program.WriteString("os.chdir('" + w.name + "')\nnet = " + w.pytorch + "\nlogits = {}\n")
		for _, format := range formats {
			program.WriteString("logits['" + format.String() + "'] = []\nfor k in range(3):\n")
			for line := range strings.Lines(documented(t, format.String())) {
				program.WriteString("    " + line)
			}
			program.WriteString(`
    assert info["provenance"]["seeds"] == [7], info
    inputs = torch.from_numpy(np.load("../` + w.name + `_inputs.npz")["inputs"])
    logits["` + format.String() + `"].append(net(inputs).detach().numpy())
`)
		}
		program.WriteString(`
try:
    import safetensors.torch
    theirs = safetensors.torch.load_file("committee.safetensors")
    assert {name: m.tolist() for name, m in theirs.items()} == {name: m.tolist() for name, m in members.items()}
except ImportError:
    pass
np.savez("logits.npz", **{name: np.stack(l) for name, l in logits.items()})
os.chdir("..")
`)
	}
	python(t, folder, program.String())
	for name, logits := range ours {
		for _, format := range formats {
			sameLogits(t, logits, filepath.Join(folder, name, "logits.npz"), format.String())
		}
	}
}

// Networks of PyTorch, one or several, give the same logits here.
func TestFromPyTorch(t *testing.T) {
	const common = `
import json, struct, numpy as np, torch
from collections import OrderedDict
from torch import nn

def save_safetensors(path, tensors):
    try:
        from safetensors.torch import save_file
        return save_file(tensors, path)
    except ImportError:
        pass
    header, data = {}, b""
    names = {torch.float64: "F64", torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16"}
    for name, t in sorted(tensors.items()):
        raw = t.contiguous().view(torch.int16).numpy().tobytes() if t.dtype == torch.bfloat16 else t.numpy().tobytes()
        header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)

def arrays(state):
    return {name: p.numpy() for name, p in state.items()}

torch.manual_seed(1)
`
	folder := t.TempDir()
	var program strings.Builder
	program.WriteString(common)
	for _, w := range twins(t) {
		w.writeInputs(t, folder)
		program.WriteString(`
path = "` + w.name + `_"
nets = [` + w.pytorch + ` for _ in range(2)]
inputs = torch.from_numpy(np.load(path + "inputs.npz")["inputs"])
states = [net.state_dict() for net in nets]
stacked = {name: torch.stack([state[name] for state in states]) for name in states[0]}
np.savez(path + "one.npz", **arrays(states[0]))
np.savez_compressed(path + "stacked.npz", **arrays(stacked))
np.savez(path + "double.npz", **arrays({name: p.double() for name, p in stacked.items()}))
save_safetensors(path + "one.safetensors", states[0])
save_safetensors(path + "stacked.safetensors", stacked)
save_safetensors(path + "double.safetensors", {name: p.double() for name, p in stacked.items()})
named = nn.Sequential(OrderedDict(("layer%d" % (9 - i), layer) for i, layer in enumerate(nets[0])))
np.savez(path + "named.npz", **arrays(named.state_dict()))
save_safetensors(path + "named.safetensors", named.state_dict())
logits = np.stack([net(inputs).detach().numpy() for net in nets])
half = {name: p.to(torch.bfloat16) for name, p in states[0].items()}
save_safetensors(path + "half.safetensors", half)
nets[0].load_state_dict({name: p.float() for name, p in half.items()})
np.savez(path + "logits.npz", one=logits[:1], stacked=logits, half=nets[0](inputs).detach().numpy()[None])
`)
	}
	python(t, folder, program.String())

	for _, w := range twins(t) {
		d := w.writeInputs(t, folder)
		names := make(map[string]string)
		for _, block := range w.net.Blocks() {
			layer, parameter, _ := strings.Cut(block.Name, ".")
			names[block.Name] = "layer" + string('9'-layer[0]+'0') + "." + parameter
		}
		for _, c := range []struct {
			file, logits string
			config       StateDictConfig
		}{
			{"one.npz", "one", StateDictConfig{}},
			{"stacked.npz", "stacked", StateDictConfig{}},
			{"double.npz", "stacked", StateDictConfig{}},
			{"named.npz", "one", StateDictConfig{ByOrder: true}},
			{"named.npz", "one", StateDictConfig{Names: names}},
			{"one.safetensors", "one", StateDictConfig{}},
			{"stacked.safetensors", "stacked", StateDictConfig{}},
			{"double.safetensors", "stacked", StateDictConfig{}},
			{"named.safetensors", "one", StateDictConfig{Names: names}},
			{"half.safetensors", "half", StateDictConfig{}},
		} {
			read, err := LoadStateDict(w.net, filepath.Join(folder, w.name+"_"+c.file), c.config)
			require.NoError(t, err)
			sameLogits(t, logits(read, d), filepath.Join(folder, w.name+"_logits.npz"), c.logits)
		}
		_, err := LoadStateDict(w.net, filepath.Join(folder, w.name+"_named.npz"), StateDictConfig{})
		assert.ErrorContains(t, err, "wanted by no block")
	}
}
