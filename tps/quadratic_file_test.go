package tps

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// A Quadratic comes back from a file as it was; a damaged file is refused.
func TestQuadraticFile(t *testing.T) {
	for _, q := range []*Quadratic{
		{Center: []float32{1, 2, 3}, Curvatures: []float64{2, 0.5}, Slopes: []float64{0.1, -0.2}, Directions: [][]float64{{0, 0.6, 0.8}, {1, 0, 0}}},
		itsSurrogate(newLine(16, 1)),
	} {
		var file bytes.Buffer
		require.NoError(t, q.WriteNPZ(&file))
		whole := bytes.Clone(file.Bytes())
		back, err := ReadQuadratic(&file)
		require.NoError(t, err)
		require.Equal(t, q.Center, back.Center)
		require.Equal(t, q.Curvatures, back.Curvatures)
		require.Equal(t, q.Directions, back.Directions)
		if q.Slopes == nil {
			q.Slopes = make([]float64, len(q.Curvatures))
		}
		require.Equal(t, q.Slopes, back.Slopes)
		require.Equal(t, q.String(), back.String())
		for _, at := range []int{0, 10, len(whole) / 2, len(whole) - 1} {
			_, err := ReadQuadratic(bytes.NewReader(whole[:at]))
			require.Error(t, err)
			spoiled := bytes.Clone(whole)
			spoiled[at] ^= 4
			_, err = ReadQuadratic(bytes.NewReader(spoiled))
			require.Error(t, err)
		}
	}
	require.Error(t, (&Quadratic{Center: []float32{1}}).WriteNPZ(new(bytes.Buffer)))
}
