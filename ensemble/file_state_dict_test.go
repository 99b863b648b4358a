package ensemble

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/safetensors"
	"github.com/trajens/trajens/nn"
)

// twoLayers is 2 × 3 + 3 + 3 × 3 parameters in three blocks.
func twoLayers(t testing.TB) *nn.Network {
	t.Helper()
	net, err := nn.NewNetwork([]int{2}, nn.Dense{Outputs: 3}, nn.ReLU{}, nn.Dense{Outputs: 3, NoBias: true})
	require.NoError(t, err)
	return net
}

func counted(from, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(from + i)
	}
	return values
}

// stateDict returns the arrays of a network of twoLayers with the parameters 0 to 17.
func stateDict() []npz.Array {
	return []npz.Array{
		{Name: "0.weight", Shape: []int{3, 2}, Data: counted(0, 6)},
		{Name: "0.bias", Shape: []int{3}, Data: counted(6, 3)},
		{Name: "2.weight", Shape: []int{3, 3}, Data: counted(9, 9)},
	}
}

// numpyFile is what numpy.savez writes.
func numpyFile(t testing.TB, arrays []npz.Array) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, npz.Write(&file, arrays...))
	return file.Bytes()
}

func tensorFile(t testing.TB, metadata map[string]string, arrays []npz.Array) []byte {
	t.Helper()
	tensors := make([]safetensors.Tensor, len(arrays))
	for i, a := range arrays {
		tensors[i] = safetensors.Tensor(a)
	}
	var file bytes.Buffer
	require.NoError(t, safetensors.Write(&file, metadata, tensors...))
	return file.Bytes()
}

// stacked returns the arrays of two networks, of the parameters 0 to 17 and 100 to 117.
func stacked() []npz.Array {
	arrays := stateDict()
	for i, a := range arrays {
		first := a.Data.([]float32)
		second := counted(100+int(first[0]), len(first))
		arrays[i].Shape = append([]int{2}, a.Shape...)
		arrays[i].Data = append(slices.Clone(first), second...)
	}
	return arrays
}

func TestReadStateDict(t *testing.T) {
	net := twoLayers(t)
	one, two := committee(t, net, counted(0, 18)), committee(t, net, counted(0, 18), counted(100, 18))
	renamed := stateDict()
	renamed[0].Name, renamed[1].Name, renamed[2].Name = "fc1.weight", "fc1.bias", "out.weight"
	names := map[string]string{"0.weight": "fc1.weight", "0.bias": "fc1.bias", "2.weight": "out.weight"}
	doubles := stateDict()
	doubles[1].Data = []float64{6, 7, math.Nextafter(8, 9)}
	backward := stateDict()
	slices.Reverse(backward)
	swapped := map[string]string{"0.weight": "0.bias", "0.bias": "0.weight"}
	swappedArrays := stateDict()
	swappedArrays[0].Name, swappedArrays[1].Name = "0.bias", "0.weight"

	for name, c := range map[string]struct {
		arrays []npz.Array
		config StateDictConfig
		want   *Committee
		numpy  bool // only NumPy's files
	}{
		"one":              {stateDict(), StateDictConfig{}, one, false},
		"stacked":          {stacked(), StateDictConfig{}, two, false},
		"doubles":          {doubles, StateDictConfig{}, one, false},
		"another order":    {backward, StateDictConfig{}, one, false},
		"other names":      {renamed, StateDictConfig{Names: names}, one, false},
		"names swapped":    {swappedArrays, StateDictConfig{Names: swapped}, one, false},
		"no names":         {stateDict(), StateDictConfig{Names: map[string]string{}}, one, false},
		"a name as it is":  {stateDict(), StateDictConfig{Names: map[string]string{"0.bias": "0.bias"}}, one, false},
		"by order":         {renamed, StateDictConfig{ByOrder: true}, one, true},
		"several by order": {stacked(), StateDictConfig{ByOrder: true}, two, true},
	} {
		read, err := ReadStateDict(net, bytes.NewReader(numpyFile(t, c.arrays)), c.config)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, read, name)
		read, err = ReadStateDict(net, bytes.NewReader(tensorFile(t, nil, c.arrays)), c.config)
		if c.numpy {
			assert.EqualError(t, err, "ensemble: the tensors of a safetensors file are not in the order of the network: give their Names instead of ByOrder")
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, c.want, read, name)
	}
}

func TestReadStateDictRefuses(t *testing.T) {
	net := twoLayers(t)
	changed := func(change func(arrays []npz.Array) []npz.Array) []npz.Array { return change(stateDict()) }
	set := func(i int, a npz.Array) []npz.Array {
		arrays := stateDict()
		arrays[i] = a
		return arrays
	}
	bias := func(data any, shape ...int) []npz.Array {
		return set(1, npz.Array{Name: "0.bias", Shape: shape, Data: data})
	}
	half := stacked()
	half[2] = stateDict()[2]
	three := stacked()
	three[1] = npz.Array{Name: "0.bias", Shape: []int{3, 3}, Data: counted(0, 9)}
	mixed := stateDict()
	mixed[1] = npz.Array{Name: "0.bias", Shape: []int{0, 3}, Data: []float32{}}
	var many []npz.Array
	for i := range 50 {
		many = append(many, npz.Array{Name: fmt.Sprint("x", i), Shape: []int{1}, Data: []float32{0}})
	}
	none := stateDict()
	for i, a := range none {
		none[i] = npz.Array{Name: a.Name, Shape: append([]int{0}, a.Shape...), Data: []float32{}}
	}

	for name, c := range map[string]struct {
		arrays []npz.Array
		config StateDictConfig
		says   string
	}{
		"missing":  {stateDict()[:2], StateDictConfig{}, "the parameters of the file do not fit the network:\n\t\"2.weight\": not found, want [3 3] of 2.weight"},
		"too many": {append(stateDict(), many[0]), StateDictConfig{}, "network:\n\t\"x0\": found [1], wanted by no block"},
		"nothing":  {nil, StateDictConfig{}, `"0.weight": not found, want [3 2] of 0.weight` + "\n\t" + `"0.bias": not found`},
		"another name": {set(0, npz.Array{Name: "weight", Shape: []int{3, 2}, Data: counted(0, 6)}), StateDictConfig{},
			"\n\t\"weight\": found [3 2], wanted by no block\n\t\"0.weight\": not found, want [3 2] of 0.weight"},
		"transposed":      {set(0, npz.Array{Name: "0.weight", Shape: []int{2, 3}, Data: counted(0, 6)}), StateDictConfig{}, `"0.weight": found [2 3], want [3 2] of 0.weight, or several of these`},
		"flat":            {set(0, npz.Array{Name: "0.weight", Shape: []int{6}, Data: counted(0, 6)}), StateDictConfig{}, `"0.weight": found [6], want [3 2]`},
		"one stacked":     {set(0, npz.Array{Name: "0.weight", Shape: []int{1, 3, 2}, Data: counted(0, 6)}), StateDictConfig{}, `"0.bias": found [3], want [1 3] of 0.bias, as the first has 1 members`},
		"one not stacked": {half, StateDictConfig{}, `"2.weight": found [3 3], want [2 3 3] of 2.weight, as the first has 2 members`},
		"more members":    {three, StateDictConfig{}, `"0.bias": found [3 3], want [2 3] of 0.bias, as the first has 2 members`},
		"none and one":    {mixed, StateDictConfig{}, `"0.bias": found [0 3], want [3] of 0.bias, as the first has no dimension for members`},
		"no members":      {none, StateDictConfig{}, "there are no models"},
		"integers":        {bias([]int64{1, 2, 3}, 3), StateDictConfig{}, `"0.bias": found elements []int64, want float32 or float64`},
		"bytes":           {bias([]byte("abc"), 3), StateDictConfig{}, `"0.bias": found elements []uint8`},
		"NaN":             {bias([]float32{1, float32(math.NaN()), 3}, 3), StateDictConfig{}, `element 1 of "0.bias" is NaN, want a finite number`},
		"infinity":        {bias([]float64{1, 2, math.Inf(-1)}, 3), StateDictConfig{}, `element 2 of "0.bias" is -Inf`},
		"too large":       {bias([]float64{1e39, 2, 3}, 3), StateDictConfig{}, `element 0 of array "0.bias" is 1e+39, too large for float32`},
		"many":            {many, StateDictConfig{}, "\n\t\"x19\": found [1], wanted by no block\n\tand 33 more"},
		"order and names": {stateDict(), StateDictConfig{Names: map[string]string{}, ByOrder: true}, "there are Names and ByOrder, want at most one"},
		"no block":        {stateDict(), StateDictConfig{Names: map[string]string{"1.weight": "0.weight"}}, `Names has "1.weight", which is no block of the network: its blocks are ["0.weight" "0.bias" "2.weight"]`},
		"the same name":   {stateDict(), StateDictConfig{Names: map[string]string{"0.weight": "2.weight"}}, `the blocks "0.weight" and "2.weight" have the same name in the file, "2.weight"`},
		"renamed":         {stateDict(), StateDictConfig{Names: map[string]string{"0.weight": "a"}}, `"0.weight": found [3 2], wanted by no block` + "\n\t" + `"a": not found, want [3 2] of 0.weight`},
		"by another order": {changed(func(a []npz.Array) []npz.Array { a[0], a[1] = a[1], a[0]; return a }), StateDictConfig{ByOrder: true},
			`"0.bias": found [3], want [3 2] of 0.weight, or several of these` + "\n\t" + `"0.weight": found [3 2], want [3] of 0.bias`},
		"order too short": {stateDict()[:1], StateDictConfig{ByOrder: true}, "no array is left for 0.bias, want [3]\n\tno array is left for 2.weight, want [3 3]"},
		"order too long":  {append(stateDict(), many[0]), StateDictConfig{ByOrder: true}, `"x0": found [1], wanted by no block`},
	} {
		read, err := ReadStateDict(net, bytes.NewReader(numpyFile(t, c.arrays)), c.config)
		assert.Nil(t, read)
		require.ErrorContains(t, err, c.says, name)
		assert.True(t, strings.HasPrefix(err.Error(), "ensemble: "), err)
	}
	_, err := ReadStateDict(nil, &bytes.Buffer{}, StateDictConfig{})
	assert.EqualError(t, err, "ensemble: the network is nil")
	_, err = ReadStateDict(net, strings.NewReader("nonsense"), StateDictConfig{})
	assert.EqualError(t, err, "ensemble: it is neither a NumPy .npz file nor one of safetensors")
}

// A file that says which network its parameters are of is refused by another with
// the same shapes.
func TestStateDictOfAnotherNetwork(t *testing.T) {
	net := twoLayers(t)
	tanh, err := nn.NewNetwork([]int{2}, nn.Dense{Outputs: 3}, nn.Tanh{}, nn.Dense{Outputs: 3, NoBias: true})
	require.NoError(t, err)
	c := committee(t, net, counted(0, 18), counted(5, 18))
	path := filepath.Join(t.TempDir(), "committee.safetensors")
	require.NoError(t, c.Save(path, Info{}))
	read, err := LoadStateDict(net, path, StateDictConfig{})
	require.NoError(t, err)
	assert.Equal(t, c, read)
	_, err = LoadStateDict(tanh, path, StateDictConfig{})
	assert.EqualError(t, err, `ensemble: the models are of the network "2, Dense(3), ReLU, Dense(3, no bias)", want "2, Dense(3), Tanh, Dense(3, no bias)" (`+path+")")
	_, err = LoadStateDict(net, path+"x", StateDictConfig{})
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// Arrays of any names and shapes make models of the network, or an error.
func FuzzStateDict(f *testing.F) {
	f.Add("0.weight", "0.bias", "2.weight", uint8(0), 0, 3, 2, false)
	f.Add("0.weight", "0.bias", "2.weight", uint8(1), 2, 3, 2, true)
	f.Add("a", "b", "", uint8(3), 1<<30, 0, 1, true)
	net := twoLayers(f)
	f.Fuzz(func(t *testing.T, first, second, third string, dimensions uint8, members, rows, columns int, byOrder bool) {
		shapes := [][]int{{rows, columns}, {3}, {3, 3}}
		var arrays []npz.Array
		for i, name := range []string{first, second, third} {
			shape := shapes[i]
			if dimensions>>i&1 == 1 {
				shape = append([]int{members}, shape...)
			}
			size := 1
			for _, n := range shape {
				if n < 0 || n > 1<<20 || size*n > 1<<20 {
					return
				}
				size *= n
			}
			arrays = append(arrays, npz.Array{Name: name, Shape: shape, Data: make([]float32, size)})
		}
		models, err := stateDictModels(net, arrays, StateDictConfig{ByOrder: byOrder})
		if err != nil {
			return
		}
		for _, model := range models {
			require.Len(t, model, 18)
		}
	})
}
