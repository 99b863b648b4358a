package ensemble

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

func TestCommitteeFile(t *testing.T) {
	net := nn.MairCNN()
	first := make([]float32, net.Params())
	nn.InitNormal(first, 0.1, random.Source(1))
	walk, err := tps.RandomWalk(3, first, 0.1, random.Source(2))
	require.NoError(t, err)
	committee, err := New(net, walk.Models())
	require.NoError(t, err)
	var file, trajectory bytes.Buffer
	require.NoError(t, committee.WriteNPZ(&file))
	require.NoError(t, walk.WriteNPZ(&trajectory))
	models, err := tps.ReadNPZ(bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	assert.Equal(t, walk, models, "tps reads other models")
	for _, content := range [][]byte{file.Bytes(), trajectory.Bytes()} {
		read, err := ReadNPZ(net, bytes.NewReader(content))
		require.NoError(t, err)
		assert.Equal(t, committee, read)
	}

	_, err = ReadNPZ(nn.LinearPerceptron(1), &trajectory)
	assert.ErrorContains(t, err, "model 0 has 1906 parameters, want the network's 2")
	_, err = ReadNPZ(net, bytes.NewReader([]byte("nonsense")))
	assert.ErrorContains(t, err, "ensemble: npz: ")
	_, err = ReadNPZ(nil, &file)
	assert.ErrorContains(t, err, "the network is nil")
}

func TestCommitteeFileByPath(t *testing.T) {
	c := committee(t, identity(t), diagonal(1), diagonal(2))
	path := filepath.Join(t.TempDir(), "committee.npz")
	require.NoError(t, os.WriteFile(path, []byte("nonsense"), 0o644))
	_, err := ReadFile(c.Network(), path)
	assert.ErrorContains(t, err, "ensemble: npz: ")
	assert.ErrorContains(t, err, path)
	require.NoError(t, c.WriteFile(path), "a file that is there is replaced")
	read, err := ReadFile(c.Network(), path)
	require.NoError(t, err)
	assert.Equal(t, c, read)

	nowhere := filepath.Join(t.TempDir(), "none", "committee.npz")
	assert.ErrorContains(t, c.WriteFile(nowhere), "ensemble: ")
	_, err = ReadFile(c.Network(), nowhere)
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, "ensemble: ")
}

// A network with the same number of parameters is not the same network: a file
// that says which one its members are of is refused by any other.
func TestFileOfAnotherNetwork(t *testing.T) {
	network := func(activation nn.Layer) *nn.Network {
		net, err := nn.NewNetwork([]int{3}, nn.Dense{Outputs: 4}, activation, nn.Dense{Outputs: 2})
		require.NoError(t, err)
		return net
	}
	relu, tanh := network(nn.ReLU{}), network(nn.Tanh{})
	d, err := data.NewLabeled([]float32{1, 2, 3, 3, 2, 1}, []int{3}, []int{0, 1}, 2)
	require.NoError(t, err)
	losses, err := nn.NewLosses(relu, d, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	test, err := minibatch.NewBarker(d.Len())
	require.NoError(t, err)
	chain, err := tps.NewChain(tps.Config{Tau: 2, Sigma: 0.1, S: 1, Test: test}, losses)
	require.NoError(t, err)
	require.NoError(t, chain.Run(t.Context(), 10))
	c, err := New(relu, chain.Trajectory().Models())
	require.NoError(t, err)

	var committee, checkpoint, trajectory bytes.Buffer
	require.NoError(t, c.WriteNPZ(&committee))
	require.NoError(t, chain.WriteCheckpoint(&checkpoint))
	require.NoError(t, chain.Trajectory().WriteNPZ(&trajectory))
	for name, file := range map[string][]byte{"committee": committee.Bytes(), "checkpoint": checkpoint.Bytes()} {
		read, err := ReadNPZ(relu, bytes.NewReader(file))
		require.NoError(t, err, name)
		assert.Equal(t, c, read, name)
		_, err = ReadNPZ(tanh, bytes.NewReader(file))
		assert.EqualError(t, err, `ensemble: the models are of the network "3, Dense(4), ReLU, Dense(2)", want "3, Dense(4), Tanh, Dense(2)"`, name)
	}
	// A trajectory does not say.
	read, err := ReadNPZ(tanh, &trajectory)
	require.NoError(t, err)
	assert.Equal(t, tanh, read.Network())
	assert.Equal(t, c.Member(1), read.Member(1))
}

func TestFilesOfOthers(t *testing.T) {
	net := identity(t)
	write := func(arrays ...npz.Array) *bytes.Buffer {
		var file bytes.Buffer
		require.NoError(t, npz.Write(&file, arrays...))
		return &file
	}
	doubles := make([]float64, 18)
	singles := make([]float32, 18)
	for i := range doubles {
		doubles[i] = float64(i) / 10
		singles[i] = float32(doubles[i])
	}
	c, err := ReadNPZ(net, write(npz.Array{Name: "trajectory", Shape: []int{2, 9}, Data: doubles}))
	require.NoError(t, err)
	assert.Equal(t, committee(t, net, singles[:9], singles[9:]), c)

	trajectory := npz.Array{Name: "trajectory", Shape: []int{2, 9}, Data: singles}
	text := func(name, text string) npz.Array {
		return npz.Array{Name: name, Shape: []int{len(text)}, Data: []byte(text)}
	}
	// Checkpoints of other losses say nothing of a network.
	_, err = ReadNPZ(net, write(trajectory, text("checkpoint", `{"version": 1, "setup": {"Tau": "2"}}`)))
	assert.NoError(t, err)
	for says, file := range map[string]*bytes.Buffer{
		`the array "checkpoint" is not that of a chain`: write(trajectory, text("checkpoint", `{"setup": [`)),
		`array "checkpoint" has elements []float32`:     write(trajectory, npz.Array{Name: "checkpoint", Data: []float32{1}}),
		`array "network" has elements []int64`:          write(trajectory, npz.Array{Name: "network", Data: []int64{1}}),
		`of the network "another"`:                      write(trajectory, text("network", "another")),
		`no array "trajectory"`:                         write(text("network", net.Architecture())),
		"too large for float32":                         write(npz.Array{Name: "trajectory", Shape: []int{1, 1}, Data: []float64{-1e40}}),
		"there are no models":                           write(npz.Array{Name: "trajectory", Shape: []int{0, 9}, Data: []float32{}}),
		"model 0 has 0 parameters":                      write(npz.Array{Name: "trajectory", Shape: []int{2, 0}, Data: []float32{}}),
		"shape [18], want [-1 -1]":                      write(npz.Array{Name: "trajectory", Shape: []int{18}, Data: singles}),
	} {
		_, err := ReadNPZ(net, file)
		assert.ErrorContains(t, err, "ensemble: ")
		assert.ErrorContains(t, err, says)
	}
}

func FuzzReadNPZ(f *testing.F) {
	net := identity(f)
	c := committee(f, net, diagonal(1), diagonal(2))
	var file bytes.Buffer
	require.NoError(f, c.WriteNPZ(&file))
	f.Add(file.Bytes())
	for _, checkpoint := range []string{`{"setup": {"network": "3, Dense(3, no bias)"}}`, `{"setup": {}}`, `{`} {
		file.Reset()
		require.NoError(f, npz.Write(&file,
			npz.Array{Name: "trajectory", Shape: []int{1, 9}, Data: make([]float64, 9)},
			npz.Array{Name: "checkpoint", Shape: []int{len(checkpoint)}, Data: []byte(checkpoint)}))
		f.Add(file.Bytes())
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		c, err := ReadNPZ(net, bytes.NewReader(input))
		if err != nil {
			require.Nil(t, c)
			return
		}
		require.Same(t, net, c.Network())
		require.GreaterOrEqual(t, c.Len(), 1)
		_, err = c.Predict([]float32{0, 0, 0})
		require.NoError(t, err)
	})
}
