package ensemble

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/safetensors"
)

// No file that is cut off or has bytes too many is read, and none with a changed
// byte as another committee.
func TestDamagedFiles(t *testing.T) {
	c := threeMembers(t)
	for _, format := range formats {
		file := fileOf(t, c, format, fullInfo())
		for n := range file {
			_, _, err := Read(bytes.NewReader(file[:n]))
			require.Error(t, err, "%v: %d bytes of %d", format, n, len(file))
			require.True(t, strings.HasPrefix(err.Error(), "ensemble: "), err)
		}
		_, _, err := Read(bytes.NewReader(append(bytes.Clone(file), 0)))
		require.Error(t, err, "%v", format)
		for i := range file {
			file[i] ^= 0x04
			if read, _, err := Read(bytes.NewReader(file)); err == nil && read.Network().Architecture() == c.Network().Architecture() {
				sameCommittee(t, c, read)
			}
			file[i] ^= 0x04
		}
	}
}

// texts are the parts of a file that it can have as anything.
type texts struct {
	network, info string
	values        []float32
	shape         []int
}

// files returns files of both formats with these parts, however wrong.
func (p texts) files(t testing.TB) map[string][]byte {
	t.Helper()
	text := func(name, text string) npz.Array {
		return npz.Array{Name: name, Shape: []int{len(text)}, Data: []byte(text)}
	}
	arrays := []npz.Array{{Name: "trajectory", Shape: p.shape, Data: p.values}}
	metadata := map[string]string{}
	if p.network != "" {
		arrays, metadata["network"] = append(arrays, text("network", p.network)), p.network
	}
	if p.info != "" {
		arrays, metadata["info"] = append(arrays, text("info", p.info)), p.info
	}
	var numpy, tensors bytes.Buffer
	require.NoError(t, npz.Write(&numpy, arrays...))
	require.NoError(t, safetensors.Write(&tensors, metadata, safetensors.Tensor{Name: "0.weight", Shape: p.shape, Data: p.values}))
	return map[string][]byte{"npz": numpy.Bytes(), "safetensors": tensors.Bytes()}
}

func TestLoadRefuses(t *testing.T) {
	const network = "2, Dense(1, no bias)"
	two := []float32{1, 2}
	for name, c := range map[string]struct {
		parts            texts
		npz, safetensors string // what the error says
	}{
		"no network":        {texts{"", "", two, []int{1, 2}}, "does not say which network", "does not say which network"},
		"another notation":  {texts{"2,Dense(1)", "", two, []int{1, 2}}, "the network of the file: nn: the shape of the input", "the network of the file: nn: "},
		"another network":   {texts{"2, Dense(1)", "", two, []int{1, 2}}, "model 0 has 2 parameters, want the network's 3", `"0.weight": found [1 2], want [1 2] of 0.weight`},
		"a huge network":    {texts{"40000, Dense(50000)", "", two, []int{1, 2}}, "model 0 has 2 parameters, want the network's 2000050000", `"0.weight": found [1 2], want [50000 40000]`},
		"no members":        {texts{network, "", []float32{}, []int{0, 2}}, "there are no models", `"0.weight": found [0 2], want [1 2] of 0.weight, or several`},
		"no parameters":     {texts{network, "", []float32{}, []int{1 << 30, 0}}, "model 0 has 0 parameters, want the network's 2", "found [1073741824 0]"},
		"a network of none": {texts{"2, ReLU", "", []float32{}, []int{1 << 30, 0}}, "model 0 has 0 parameters, want the network's 0, at least 1", "the network has no parameters"},
		"one dimension":     {texts{network, "", two, []int{2}}, "shape [2], want [-1 -1]", "found [2]"},
		"NaN":               {texts{network, "", []float32{0, float32(math.NaN())}, []int{1, 2}}, "parameter 1 of model 0 is NaN", `element 1 of "0.weight" is NaN, want a finite number`},
		"no JSON":           {texts{network, "{", two, []int{1, 2}}, "the info: ", "the info: "},
		"a later version":   {texts{network, `{"version":7}`, two, []int{1, 2}}, "the info is of version 7, want 1", "the info is of version 7, want 1"},
		"classes":           {texts{network, `{"version":1,"classes":["a","b"]}`, two, []int{1, 2}}, "there are 2 names of classes", "there are 2 names of classes"},
		"weights":           {texts{network, `{"version":1,"weights":[-1]}`, two, []int{1, 2}}, "the weight of member 0 is -1", "the weight of member 0 is -1"},
	} {
		for format, file := range c.parts.files(t) {
			read, info, err := Read(bytes.NewReader(file))
			assert.Nil(t, read)
			assert.Zero(t, info)
			says := map[string]string{"npz": c.npz, "safetensors": c.safetensors}[format]
			if name == "another network" && format == "safetensors" {
				says = `"0.bias": not found, want [1] of 0.bias`
			}
			require.ErrorContains(t, err, says, "%s, %s", name, format)
			assert.Equal(t, 1, strings.Count(err.Error(), "ensemble: "), err)
		}
	}
	// The shape of one network is not that of a committee of one.
	var file bytes.Buffer
	require.NoError(t, safetensors.Write(&file, map[string]string{"network": network, "sha256": "0"}, safetensors.Tensor{Name: "0.weight", Shape: []int{1, 1, 2}, Data: two}))
	_, _, err := Read(&file)
	assert.EqualError(t, err, "ensemble: the checksum does not fit: the file is damaged")
}

// Files of Save are read whatever bytes they have, or refused.
func FuzzReadFile(f *testing.F) {
	c := threeMembers(f)
	for _, format := range formats {
		f.Add(fileOf(f, c, format, fullInfo()))
		f.Add(fileOf(f, c, format, Info{}))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		c, info, err := Read(bytes.NewReader(input))
		if err != nil {
			require.Nil(t, c)
			return
		}
		require.NoError(t, info.check(c.Network(), c.Len()))
	})
}

// The checksums of NumPy's files keep a fuzzer from what they say, so the parts are
// fuzzed. What is read can be written, and is read again.
func FuzzReadParts(f *testing.F) {
	text, err := fullInfo().encode()
	require.NoError(f, err)
	f.Add("3, Dense(3, no bias)", string(text), 27, 3, 9)
	f.Add("2, Dense(1, no bias)", `{"version":1,"weights":[1],"standardizer":{"input_mean":[1,2],"input_scale":[1,2]}}`, 2, 1, 2)
	f.Add("2, ReLU", `{"version":1}`, 0, 1<<30, 0)
	f.Add("2, ReLU, Dense(70000)", "", 4, 2, 2)
	f.Fuzz(func(t *testing.T, network, info string, size, rows, columns int) {
		var file bytes.Buffer
		err := npz.Write(&file,
			npz.Array{Name: "trajectory", Shape: []int{rows, columns}, Data: make([]float32, max(0, size%1000))},
			npz.Array{Name: "network", Shape: []int{len(network)}, Data: []byte(network)},
			npz.Array{Name: "info", Shape: []int{len(info)}, Data: []byte(info)})
		if err != nil {
			return // no such shape
		}
		c, read, err := Read(&file)
		if err != nil {
			return
		}
		for _, format := range formats {
			again, info, err := Read(bytes.NewReader(fileOf(t, c, format, read)))
			require.NoError(t, err)
			sameCommittee(t, c, again)
			require.NoError(t, info.check(c.Network(), c.Len()))
		}
	})
}
