package tps

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
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

// Files of other programs may have float64 elements, and may be compressed.
func TestTrajectoryFilesOfOthers(t *testing.T) {
	want, err := NewTrajectory(2, 2)
	require.NoError(t, err)
	copy(want.Values(), []float32{0.1, -2, 3, 4})
	var doubles bytes.Buffer
	require.NoError(t, npz.Write(&doubles, npz.Array{Name: "trajectory", Shape: []int{2, 2}, Data: []float64{0.1, -2, 3, 4}}))
	for name, file := range map[string][]byte{"float64": doubles.Bytes(), "compressed": compressed(t, doubles.Bytes())} {
		read, err := ReadNPZ(bytes.NewReader(file))
		require.NoError(t, err, name)
		assert.Equal(t, want, read, name)
	}
}

// compressed is the same .npz file as numpy.savez_compressed makes it.
func compressed(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, entry := range r.File {
		from, err := entry.Open()
		require.NoError(t, err)
		to, err := w.CreateHeader(&zip.FileHeader{Name: entry.Name, Method: zip.Deflate})
		require.NoError(t, err)
		_, err = io.Copy(to, from)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestTrajectoryFileErrors(t *testing.T) {
	nan := float32(math.NaN())
	for text, array := range map[string]npz.Array{
		`no array "trajectory"`:           {Name: "a", Data: []float32{1}},
		"shape [2], want [-1 -1]":         {Name: "trajectory", Shape: []int{2}, Data: []float32{1, 2}},
		"shape [0 2], want lengths of at": {Name: "trajectory", Shape: []int{0, 2}, Data: []float32{}},
		"shape [2 0], want lengths of at": {Name: "trajectory", Shape: []int{2, 0}, Data: []float32{}},
		"[]int64, want []float32":         {Name: "trajectory", Shape: []int{1, 1}, Data: []int64{1}},
		"1e+39, too large for float32":    {Name: "trajectory", Shape: []int{1, 1}, Data: []float64{1e39}},
		"parameter 1 of model 0 is +Inf":  {Name: "trajectory", Shape: []int{1, 2}, Data: []float64{1, math.Inf(1)}},
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
	f.Add(compressed(f, file.Bytes()))
	file.Reset()
	require.NoError(f, npz.Write(&file, npz.Array{Name: "trajectory", Shape: []int{1, 2}, Data: []float64{1, 2}}))
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, input []byte) {
		walk, err := ReadNPZ(bytes.NewReader(input))
		if err == nil {
			require.NoError(t, walk.finite())
			require.Equal(t, walk.Len()*walk.Params(), len(walk.Values()))
			require.LessOrEqual(t, 4*len(walk.Values()), 100*len(input)+1<<20)
		}
	})
}
