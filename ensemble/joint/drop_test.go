package joint

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// What is left after a drop has the error of an ensemble of those modules: with three
// modules, each of the three pairs, and each as often as the others.
func TestDrop(t *testing.T) {
	for _, f := range families {
		net := mustNetwork(t, []int{6}, nn.Dense{Outputs: 3}, nn.ReLU{}, nn.Dense{Outputs: 4})
		d := randomData(t, f, 150, []int{6}, 4)
		modules := Initialize(net, 3, random.Source(31))
		errorOf := func(some ...[]float32) float64 {
			r, err := Evaluate(net, some, d, f)
			require.NoError(t, err)
			return r.Ensemble.Error
		}
		const draws = 1000
		got, err := Drop(net, modules, d, []int{3, 1, 2, 1}, DropConfig{Family: f, Draws: draws})
		require.NoError(t, err)
		require.Len(t, got, 4)
		singles := []float64{errorOf(modules[0]), errorOf(modules[1]), errorOf(modules[2])}
		pairs := []float64{errorOf(modules[1], modules[2]), errorOf(modules[0], modules[2]), errorOf(modules[0], modules[1])}
		all := errorOf(modules...)
		for r := range draws {
			require.InDelta(t, all, got[0][r], 1e-12)
		}
		requireEach(t, singles, got[1])
		requireEach(t, pairs, got[2])
		assert.Equal(t, got[1], got[3])
	}
}

// requireEach checks that each of some values comes equally often, to four standard
// errors of the mean, and nothing else.
func requireEach(t *testing.T, values, got []float64) {
	t.Helper()
	mean, deviation := stat.PopMeanStdDev(values, nil)
	require.InDelta(t, mean, stat.Mean(got, nil), 4*deviation/math.Sqrt(float64(len(got))))
	for _, x := range got {
		nearest := math.Inf(1)
		for _, v := range values {
			nearest = min(nearest, math.Abs(v-x))
		}
		require.Less(t, nearest, 1e-9)
	}
}

func TestDropDefaultsAndErrors(t *testing.T) {
	net := mustNetwork(t, []int{6}, nn.Dense{Outputs: 4})
	d := randomData(t, Softmax, 50, []int{6}, 4)
	modules := Initialize(net, 5, random.Source(32))
	got, err := Drop(net, modules, d, []int{2}, DropConfig{})
	require.NoError(t, err)
	require.Len(t, got[0], 20)
	again, err := Drop(net, modules, d, []int{2}, DropConfig{Family: Softmax, Draws: 20, Source: random.Source(0)})
	require.NoError(t, err)
	assert.Equal(t, got, again)
	_, err = Drop(net, modules, d, []int{0}, DropConfig{})
	assert.ErrorContains(t, err, "joint: keep has 0, want 1 to the number of modules, 5")
	_, err = Drop(net, modules, d, []int{6}, DropConfig{})
	assert.ErrorContains(t, err, "keep has 6")
	_, err = Drop(net, modules, d, []int{1}, DropConfig{Draws: -1})
	assert.ErrorContains(t, err, "joint: DropConfig.Draws = -1, want at least 1")
	_, err = Drop(net, nil, d, []int{1}, DropConfig{})
	assert.ErrorContains(t, err, "no modules")
}
