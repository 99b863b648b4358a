package ensemble

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// constants returns a committee of as many members as there are values.
func constants(t *testing.T, values, weights []float64) *Committee {
	t.Helper()
	models := make([][]float32, len(values))
	for i := range values {
		models[i] = diagonal(0)
	}
	return weightedCommittee(t, identity(t), models, weights)
}

func TestQuantilesAgreeWithNumPy(t *testing.T) {
	file, err := os.ReadFile("testdata/quantiles.json")
	require.NoError(t, err)
	var cases []struct{ Values, Levels, Quantiles []float64 }
	require.NoError(t, json.Unmarshal(file, &cases))
	var q quantiles
	for _, c := range cases {
		for _, weights := range [][]float64{nil, filled(len(c.Values), 3)} {
			q.sort(constants(t, c.Values, weights), c.Values)
			for i, level := range c.Levels {
				assert.InDelta(t, c.Quantiles[i], q.at(level), 1e-13, "%v of %v", level, c.Values)
			}
		}
	}
}

// Quantiles do not decrease, keep to the range, do not depend on the order of the
// members, and are, without ties, those of the opposite values at the opposite levels.
func TestWeightedQuantiles(t *testing.T) {
	source := random.Source(1)
	for round := range 200 {
		n := 1 + random.Below(source, 9)
		order := count(n)
		shuffle(order, source)
		values, weights := make([]float64, n), make([]float64, n)
		opposite, reversed, reversedWeights := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range values {
			values[i] = float64(order[i])
			if round%2 == 1 {
				values[i] = float64(order[i] / 2) // ties
			}
			weights[i] = float64(1 + random.Below(source, 4))
			opposite[i] = -values[i]
			reversed[n-1-i], reversedWeights[n-1-i] = values[i], weights[i]
		}
		var q, r, p quantiles
		q.sort(constants(t, values, weights), values)
		r.sort(constants(t, reversed, reversedWeights), reversed)
		p.sort(constants(t, opposite, weights), opposite)
		last := slices.Min(values)
		for step := range 101 {
			level := float64(step) / 100
			at := q.at(level)
			require.GreaterOrEqual(t, at, last-1e-12)
			require.InDelta(t, at, r.at(level), 1e-12)
			if round%2 == 0 {
				require.InDelta(t, at, -p.at(1-level), 1e-12)
			}
			last = at
		}
		require.LessOrEqual(t, last, slices.Max(values))
	}
	var q quantiles
	values, weights := []float64{5, 1, 2}, []float64{1, 0, 3}
	q.sort(constants(t, values, weights), values)
	assert.Equal(t, 2.0, q.at(0.375)) // the middle of its weight
	assert.Equal(t, 5.0, q.at(0.875))
	assert.InDelta(t, 3.5, q.at(0.625), 1e-15)
	assert.Equal(t, 2.0, q.at(0))
}
