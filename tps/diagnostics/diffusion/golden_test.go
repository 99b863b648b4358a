package diffusion

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

type goldenMap struct {
	Eigenvalues []float64
	Functions   [][]float64
	Weights     []float64
}

type goldenMaps struct{ Vanilla, Target goldenMap }

// Against dense, unsymmetric matrices by NumPy.
func TestGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var golden struct {
		Params, Neighbors  int
		Epsilon, Radius    float64
		Draws              []float32
		LogTarget          []float64 `json:"log_target"`
		Full, Within, Near goldenMaps
		WithinPairs        int `json:"within_pairs"`
		NearPairs          int `json:"near_pairs"`
	}
	require.NoError(t, json.Unmarshal(text, &golden))
	for _, c := range []struct {
		config Config
		want   goldenMaps
		pairs  int
	}{
		{Config{Radius: 100}, golden.Full, 60 * 59 / 2},
		{Config{Radius: golden.Radius}, golden.Within, golden.WithinPairs},
		{Config{Radius: 100, Neighbors: golden.Neighbors}, golden.Near, golden.NearPairs},
	} {
		c.config.Epsilon, c.config.Eigenfunctions = golden.Epsilon, 3
		for _, want := range []goldenMap{c.want.Vanilla, c.want.Target} {
			m, err := New(context.Background(), golden.Draws, golden.Params, c.config)
			require.NoError(t, err)
			require.Equal(t, c.pairs, m.Pairs)
			require.InDeltaSlice(t, want.Eigenvalues, m.Eigenvalues, 1e-11)
			require.InDeltaSlice(t, want.Weights, m.Weights, 1e-12)
			for j, f := range want.Functions {
				for i, want := range f {
					if m.Weights[i] > 1e-20 { // or the function there is made of rounding errors
						require.InDelta(t, want, m.Functions[j][i], 1e-8)
					}
				}
			}
			c.config.LogTarget = golden.LogTarget
		}
	}
}
