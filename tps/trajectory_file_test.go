package tps

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/npz"
)

func TestTrajectoryFile(t *testing.T) {
	walk, err := RandomWalk(3, []float32{1, 2}, 1, normalSource(1))
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, walk.WriteNPZ(&file))
	path := filepath.Join(t.TempDir(), "walk.npz")
	require.NoError(t, os.WriteFile(path, file.Bytes(), 0o644))
	read, err := ReadNPZFile(path)
	require.NoError(t, err)
	assert.Equal(t, walk, read)

	// A checkpoint has a trajectory too.
	chain := newChain(t, smallConfig, newLine(16, 1))
	require.NoError(t, chain.Run(context.Background(), 10))
	read, err = ReadNPZ(bytes.NewReader(save(t, chain)))
	require.NoError(t, err)
	assert.Equal(t, chain.Trajectory(), read)
}

func TestTrajectoryFileErrors(t *testing.T) {
	nan := float32(math.NaN())
	for text, array := range map[string]npz.Array{
		`no array "trajectory"`:           {Name: "a", Data: []float32{1}},
		"shape [2], want [-1 -1]":         {Name: "trajectory", Shape: []int{2}, Data: []float32{1, 2}},
		"shape [0 2], want lengths of at": {Name: "trajectory", Shape: []int{0, 2}, Data: []float32{}},
		"shape [2 0], want lengths of at": {Name: "trajectory", Shape: []int{2, 0}, Data: []float32{}},
		"[]float64, want []float32":       {Name: "trajectory", Shape: []int{1, 1}, Data: []float64{1}},
		"parameter 0 of model 1 is NaN":   {Name: "trajectory", Shape: []int{2, 1}, Data: []float32{1, nan}},
	} {
		var file bytes.Buffer
		require.NoError(t, npz.Write(&file, array))
		_, err := ReadNPZ(&file)
		assert.ErrorContains(t, err, text)
	}
	_, err := ReadNPZ(bytes.NewReader([]byte("nonsense")))
	assert.ErrorContains(t, err, "not a valid zip file")
	_, err = ReadNPZFile(filepath.Join(t.TempDir(), "none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzReadNPZ(f *testing.F) {
	walk, err := RandomWalk(3, []float32{1, 2}, 1, normalSource(1))
	require.NoError(f, err)
	var file bytes.Buffer
	require.NoError(f, walk.WriteNPZ(&file))
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, input []byte) {
		walk, err := ReadNPZ(bytes.NewReader(input))
		if err == nil {
			require.NoError(t, walk.finite())
			require.Equal(t, walk.Len()*walk.Params(), len(walk.Values()))
			require.LessOrEqual(t, 4*len(walk.Values()), len(input))
		}
	})
}
