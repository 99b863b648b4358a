package engine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// family returns models of the paper's network that agree in leading layers:
// for each entry (model, stages) one that agrees with that earlier model in
// so many of its three stages with parameters.
func family(net *network, entries [][2]int) [][]float32 {
	models := randomModels(net, len(entries), 1)
	for k, entry := range entries {
		end := []int{0, 416, 1576, 1906}[entry[1]]
		copy(models[k][:end], models[entry[0]][:end])
	}
	return models
}

func TestPasses(t *testing.T) {
	net := mairCNN()
	p := newPlan(&net.program)
	require.Len(t, p.stages, 3)
	for _, c := range []struct {
		entries [][2]int
		want    []pass
	}{
		{[][2]int{{0, 0}}, []pass{{0, 0}}},
		{[][2]int{{0, 0}, {0, 0}}, []pass{{0, 0}, {1, 0}}},
		{[][2]int{{0, 0}, {0, 1}}, []pass{{0, 0}, {1, 1}}},
		{[][2]int{{0, 0}, {0, 2}}, []pass{{0, 0}, {1, 2}}},
		{[][2]int{{0, 0}, {0, 3}}, []pass{{0, 0}, {1, 3}}},
		{[][2]int{{0, 0}, {0, 0}, {0, 2}}, []pass{{0, 0}, {2, 2}, {1, 0}}},
		{[][2]int{{0, 0}, {0, 1}, {0, 2}}, []pass{{0, 0}, {2, 2}, {1, 1}}},
		{[][2]int{{0, 0}, {0, 2}, {0, 1}, {1, 2}, {0, 0}, {2, 2}}, []pass{{0, 0}, {1, 2}, {3, 2}, {2, 1}, {5, 2}, {4, 0}}},
	} {
		assert.Equal(t, c.want, p.appendPasses(nil, family(net, c.entries)), "%v", c.entries)
	}
}

// TestPassesOfRandomFamilies checks what passes are for: what a model shares
// with the one before it, and that it shares as much with it as with any
// earlier one.
func TestPassesOfRandomFamilies(t *testing.T) {
	net := mairCNN()
	p := newPlan(&net.program)
	source := random.Source(3)
	for range 200 {
		entries := make([][2]int, 1+random.Below(source, 9))
		for k := range entries {
			entries[k] = [2]int{random.Below(source, k+1), random.Below(source, 4)}
			if entries[k][0] == k {
				entries[k] = [2]int{}
			}
		}
		models := family(net, entries)
		passes := p.appendPasses(nil, models)
		seen := make(map[int]bool)
		for at, pass := range passes {
			assert.False(t, seen[pass.model])
			seen[pass.model] = true
			for _, earlier := range passes[:at] {
				require.LessOrEqual(t, p.commonStages(models[pass.model], models[earlier.model]), pass.shared, "%v %v", entries, passes)
			}
			if at > 0 {
				require.Equal(t, p.commonStages(models[pass.model], models[passes[at-1].model]), pass.shared, "%v %v", entries, passes)
			}
		}
		require.Len(t, seen, len(models))
	}
}

// TestSharedStagesAreComputedOnce counts them, and compares the losses with
// those of each model alone.
func TestSharedStagesAreComputedOnce(t *testing.T) {
	net := mairCNN()
	for _, zeros := range []float64{0, 0.8} {
		d := labeled(t, 30, []int{1, 28, 28}, 10, zeros)
		for _, c := range []struct {
			entries [][2]int
			stages  int
		}{
			{[][2]int{{0, 0}, {0, 0}}, 6},
			{[][2]int{{0, 0}, {0, 1}}, 5},
			{[][2]int{{0, 0}, {0, 2}}, 4},
			{[][2]int{{0, 0}, {0, 3}}, 3},
			{[][2]int{{0, 0}, {0, 0}, {0, 2}, {1, 1}}, 9},
		} {
			models := family(net, c.entries)
			l := newLosses(t, net, d, NewCrossEntropy, 1)
			f := l.team.Own().(*networkLosses).forward
			samples := firstSamples(f.plan.blockSize)
			losses := rows(len(models), len(samples))
			l.Losses(losses, models, samples)
			assert.Equal(t, c.stages, f.computed, "%v", c.entries)
			for k := range models {
				one := rows(1, len(samples))
				newLosses(t, net, d, NewCrossEntropy, 1).Losses(one, models[k:k+1], samples)
				require.Equal(t, one[0], losses[k], "%v, model %d", c.entries, k)
			}
		}
	}
}

func TestModelsThatAreNotFiniteShareToo(t *testing.T) {
	net := mairCNN()
	d := labeled(t, 5, []int{1, 28, 28}, 10, 0.9)
	models := family(net, [][2]int{{0, 0}, {0, 2}, {0, 0}})
	models[0][3], models[1][3] = float32(math.Inf(1)), float32(math.Inf(1))
	l := newLosses(t, net, d, NewCrossEntropy, 1)
	losses := rows(3, 5)
	l.Losses(losses, models, firstSamples(5))
	assert.Equal(t, 7, l.team.Own().(*networkLosses).forward.computed)
	for j := range 5 {
		assert.True(t, math.IsNaN(losses[0][j]) && math.IsNaN(losses[1][j]))
		assert.Positive(t, losses[2][j])
	}
}
