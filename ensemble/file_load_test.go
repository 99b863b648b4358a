package ensemble

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

var formats = []Format{NPZ, Safetensors}

// fileOf returns the bytes of a file.
func fileOf(t testing.TB, c *Committee, format Format, info Info) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, c.Write(&file, format, info))
	return file.Bytes()
}

// threeMembers returns a committee to which fullInfo fits.
func threeMembers(t testing.TB) *Committee {
	return weightedCommittee(t, identity(t), [][]float32{diagonal(1), diagonal(2), diagonal(3)}, []float64{1, 0, 1})
}

// sameCommittee checks that two committees have networks of the same architecture
// and the same members with the same weights, bit for bit.
func sameCommittee(t *testing.T, want, got *Committee) {
	t.Helper()
	require.Equal(t, want.Network().Architecture(), got.Network().Architecture())
	require.Equal(t, want.Network().Blocks(), got.Network().Blocks())
	require.Equal(t, want.Len(), got.Len())
	require.Equal(t, want.weights, got.weights)
	require.Equal(t, want.total, got.total)
	for i := range want.Len() {
		require.Equal(t, want.Member(i), got.Member(i), "member %d", i)
	}
}

// A committee is loaded by who does not know its network, and predicts the same.
func TestSaveAndLoad(t *testing.T) {
	walk, err := tps.RandomWalk(5, randomParameters(nn.MairCNN(), 1), 0.1, random.Source(2))
	require.NoError(t, err)
	convolutions, err := New(nn.MairCNN(), walk.Models())
	require.NoError(t, err)
	images := Info{Loss: nn.CrossEntropy, Classes: strings.Split("0123456789", ""), Inputs: "digits"}
	for name, c := range map[string]struct {
		committee *Committee
		info      Info
	}{
		"all":      {threeMembers(t), fullInfo()},
		"no info":  {committee(t, identity(t), diagonal(1), diagonal(2)), Info{}},
		"images":   {convolutions, images},
		"a number": {committee(t, nn.LinearPerceptron(1), []float32{0, float32(math.Copysign(0, -1))}), Info{}},
	} {
		for _, extension := range []string{".npz", ".safetensors"} {
			path := filepath.Join(t.TempDir(), "committee"+extension)
			require.NoError(t, os.WriteFile(path, []byte("nonsense"), 0o644))
			require.NoError(t, c.committee.Save(path, c.info), "a file that is there is replaced")
			read, info, err := Load(path)
			require.NoError(t, err, name)
			sameCommittee(t, c.committee, read)
			assert.Equal(t, c.info, info, name)

			// The content counts, not the name, and the same committee makes the same bytes.
			renamed := filepath.Join(t.TempDir(), "committee")
			require.NoError(t, os.Rename(path, renamed))
			read, _, err = Load(renamed)
			require.NoError(t, err, name)
			sameCommittee(t, c.committee, read)
			content, err := os.ReadFile(renamed)
			require.NoError(t, err)
			format := map[string]Format{".npz": NPZ, ".safetensors": Safetensors}[extension]
			assert.Equal(t, fileOf(t, c.committee, format, c.info), content)
		}
	}
}

func randomParameters(net *nn.Network, seed uint64) []float32 {
	params := make([]float32, net.Params())
	nn.InitUniform(params, net, random.Source(seed))
	return params
}

// The functions that take a network read the files of Save, and Load reads theirs.
func TestFormerFiles(t *testing.T) {
	c := threeMembers(t)
	read, err := ReadNPZ(c.Network(), bytes.NewReader(fileOf(t, c, NPZ, fullInfo())))
	require.NoError(t, err)
	assert.Equal(t, c, read)
	models, err := tps.ReadNPZ(bytes.NewReader(fileOf(t, c, NPZ, fullInfo())))
	require.NoError(t, err)
	assert.Equal(t, c.Member(2), models.Model(2))

	var former bytes.Buffer
	require.NoError(t, c.WriteNPZ(&former))
	read, info, err := Read(&former)
	require.NoError(t, err)
	sameCommittee(t, c, read)
	assert.Equal(t, Info{Weights: c.Weights()}, info)
}

// A checkpoint says what it is of, and a trajectory does not.
func TestLoadCheckpoint(t *testing.T) {
	net := identity(t)
	d, err := data.NewLabeled([]float32{1, 2, 3, 3, 2, 1}, []int{3}, []int{0, 1}, 3)
	require.NoError(t, err)
	losses, err := nn.NewLosses(net, d, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	test, err := minibatch.NewBarker(d.Len())
	require.NoError(t, err)
	chain, err := tps.NewChain(tps.Config{Tau: 2, Sigma: 0.1, S: 1, Test: test}, losses)
	require.NoError(t, err)
	var checkpoint, trajectory bytes.Buffer
	require.NoError(t, chain.WriteCheckpoint(&checkpoint))
	require.NoError(t, chain.Trajectory().WriteNPZ(&trajectory))

	c, info, err := Read(&checkpoint)
	require.NoError(t, err)
	assert.Equal(t, net.Architecture(), c.Network().Architecture())
	assert.Equal(t, chain.Trajectory().Model(1), c.Member(1))
	assert.Equal(t, nn.CrossEntropy, info.Loss)
	assert.Equal(t, d.Fingerprint(), info.Provenance.Data)
	var configuration map[string]string
	require.NoError(t, json.Unmarshal(info.Provenance.Configuration, &configuration))
	assert.Equal(t, "0.1", configuration["Sigma"])
	fileOf(t, c, Safetensors, info) // it can be saved as it is

	_, _, err = Read(&trajectory)
	assert.EqualError(t, err, "ensemble: it does not say which network its members are of: ReadFile and LoadStateDict take the network from the caller")
}

func TestSaveRefuses(t *testing.T) {
	c := threeMembers(t)
	folder := t.TempDir()
	assert.ErrorContains(t, c.Save(filepath.Join(folder, "a.pt"), Info{}), `has the extension ".pt", want .npz or .safetensors`)
	err := c.Save(filepath.Join(folder, "a.npz"), Info{Weights: []float64{1}})
	assert.EqualError(t, err, "ensemble: there are 1 weights, want one for each of the 3 members")
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, files, "something is left of a file that was not written")
	assert.ErrorContains(t, c.Save(filepath.Join(folder, "none", "a.npz"), Info{}), "ensemble: ")
	assert.EqualError(t, c.Write(&bytes.Buffer{}, 0, Info{}), "ensemble: the format is Format(0), want NPZ or Safetensors")
	assert.Equal(t, "[NPZ Safetensors]", fmt.Sprint(formats))
	for _, format := range formats {
		whole := len(fileOf(t, c, format, fullInfo()))
		for room := 0; room < whole; room += 37 {
			assert.ErrorIs(t, c.Write(&full{room}, format, fullInfo()), errFull)
		}
	}
}

// full is a disk with room for some bytes.
type full struct{ room int }

var errFull = errors.New("full")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// An error while a file is written leaves the one that was there.
func TestFormerFileStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "committee.safetensors")
	c := threeMembers(t)
	require.NoError(t, c.Save(path, fullInfo()))
	require.Error(t, c.Save(path, Info{Weights: []float64{2, 0, 0}}))
	read, info, err := Load(path)
	require.NoError(t, err)
	sameCommittee(t, c, read)
	assert.Equal(t, fullInfo(), info)
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npz")
	_, _, err := Load(path)
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, "ensemble: ")
	require.NoError(t, os.WriteFile(path, []byte("nonsense"), 0o644))
	_, _, err = Load(path)
	assert.EqualError(t, err, "ensemble: it is neither a NumPy .npz file nor one of safetensors ("+path+")")
}
