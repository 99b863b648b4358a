package ensemble

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Weights travel along, and are the same bits after each further file.
func TestWeightsInFiles(t *testing.T) {
	normal := rand.New(rand.NewPCG(1, 2))
	for trial := range 200 {
		members := 2 + trial%40
		models, weights := make([][]float32, members), make([]float64, members)
		for i := range models {
			models[i], weights[i] = diagonal(float32(i)), normal.ExpFloat64()
		}
		c := weightedCommittee(t, identity(t), models, weights)
		require.NotNil(t, c.Weights())
		for _, format := range formats {
			first := fileOf(t, c, format, Info{})
			read, info, err := Read(bytes.NewReader(first))
			require.NoError(t, err)
			sameCommittee(t, c, read)
			require.Equal(t, Info{Weights: c.Weights()}, info)
			require.Equal(t, first, fileOf(t, read, format, info))
			require.Equal(t, first, fileOf(t, read, format, Info{}))
		}
	}
}

// The readers that are told the network know the weights, too.
func TestWeightsForAKnownNetwork(t *testing.T) {
	c := threeMembers(t)
	read, err := ReadNPZ(c.Network(), bytes.NewReader(fileOf(t, c, NPZ, Info{})))
	require.NoError(t, err)
	sameCommittee(t, c, read)
	read, err = ReadStateDict(c.Network(), bytes.NewReader(fileOf(t, c, Safetensors, Info{})), StateDictConfig{})
	require.NoError(t, err)
	sameCommittee(t, c, read)

	// The same models, of equal weights, predict something else.
	equal := committee(t, identity(t), c.members...)
	input := []float32{1, 2, 3}
	weighted, err := read.Predict(input)
	require.NoError(t, err)
	unweighted, err := equal.Predict(input)
	require.NoError(t, err)
	assert.NotEqual(t, weighted, unweighted)
}

// An info may have the weights of the committee, but no others.
func TestTwoWeights(t *testing.T) {
	weighted, equal := threeMembers(t), committee(t, identity(t), diagonal(1), diagonal(2), diagonal(3))
	third := float64(float32(1) / 3)
	for name, c := range map[string]struct {
		committee *Committee
		weights   []float64
		says      string // nothing: they are the same
		read      []float64
	}{
		"none":               {equal, nil, "", nil},
		"filled in":          {weighted, nil, "", []float64{0.5, 0, 0.5}},
		"the same":           {weighted, []float64{0.5, 0, 0.5}, "", []float64{0.5, 0, 0.5}},
		"rounded":            {weighted, []float64{0.5, 3e-7, 0.4999998}, "", []float64{0.5, 0, 0.5}},
		"equal":              {equal, []float64{third, third, third}, "", []float64{third, third, third}},
		"equal in one":       {weighted, []float64{third, third, third}, "ensemble: the info gives member 0 the weight 0.3333333432674408, the committee gives it 0.5", nil},
		"equal in the other": {equal, []float64{0.5, 0, 0.5}, "ensemble: the info gives member 0 the weight 0.5, the committee gives it 0.3333333333333333", nil},
		"others":             {weighted, []float64{0.5, 0.5, 0}, "ensemble: the info gives member 1 the weight 0.5, the committee gives it 0", nil},
	} {
		for _, format := range formats {
			var file bytes.Buffer
			given := append([]float64(nil), c.weights...)
			err := c.committee.Write(&file, format, Info{Weights: c.weights})
			assert.Equal(t, given, append([]float64(nil), c.weights...), "the weights of the caller were changed")
			if c.says != "" {
				require.EqualError(t, err, c.says, name)
				require.Zero(t, file.Len(), name)
				continue
			}
			require.NoError(t, err, name)
			read, info, err := Read(&file)
			require.NoError(t, err, name)
			sameCommittee(t, c.committee, read)
			assert.Equal(t, c.read, info.Weights, name)
		}
	}
}
