package ensemble

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
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

// PyTorch takes a row of the file for the parameters of the same network.
func TestPyTorchReadsCommittee(t *testing.T) {
	const program = `
import sys, numpy as np, torch
from torch import nn
net = nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 8, 3), nn.ReLU(),
                    nn.MaxPool2d(4), nn.Flatten(), nn.Linear(32, 10))
sum = 0
for model in np.load(sys.argv[1])["trajectory"]:
    nn.utils.vector_to_parameters(torch.from_numpy(model), net.parameters())
    sum += net(torch.ones(1, 1, 28, 28))[0]
print(*(sum / 2).tolist())
`
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import torch").Run() != nil {
		t.Skip("needs PyTorch for " + python + " (Debian's package python3-torch)")
	}
	net := nn.MairCNN()
	first := make([]float32, net.Params())
	nn.InitNormal(first, 0.1, random.Source(1))
	walk, err := tps.RandomWalk(2, first, 0.1, random.Source(2))
	require.NoError(t, err)
	committee, err := New(net, walk.Models())
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "models.npz")
	var file bytes.Buffer
	require.NoError(t, committee.WriteNPZ(&file))
	require.NoError(t, os.WriteFile(path, file.Bytes(), 0o644))
	output, err := exec.Command(python, "-c", program, path).Output()
	require.NoError(t, err)
	theirs := make([]float64, 10)
	for i, word := range strings.Fields(string(output)) {
		theirs[i], err = strconv.ParseFloat(word, 64)
		require.NoError(t, err)
	}
	ones, err := data.NewLabeled(slices.Repeat([]float32{1}, 28*28), []int{1, 28, 28}, []int{0}, 10)
	require.NoError(t, err)
	ours, err := committee.Outputs(ones)
	require.NoError(t, err)
	assert.InDeltaSlice(t, theirs, ours, 1e-4)
}
