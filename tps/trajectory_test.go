package tps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

func TestTrajectoryLayout(t *testing.T) {
	trajectory, err := NewTrajectory(3, 2)
	require.NoError(t, err)
	for i := range trajectory.Values() {
		trajectory.Values()[i] = float32(i)
	}
	assert.Equal(t, 3, trajectory.Len())
	assert.Equal(t, 2, trajectory.Params())
	assert.Equal(t, []float32{2, 3}, trajectory.Model(1))
	assert.Equal(t, [][]float32{{0, 1}, {2, 3}, {4, 5}}, trajectory.Models())
	assert.Equal(t, 2, cap(trajectory.Model(1)), "a model cannot grow into the next one")

	clone := trajectory.Clone()
	trajectory.Model(1)[0] = 9
	assert.Equal(t, float32(9), trajectory.Values()[2])
	assert.Equal(t, float32(2), clone.Values()[2])
}

func TestRandomWalk(t *testing.T) {
	const tau = 50_000
	walk, err := RandomWalk(tau, []float32{1, 2}, 0.25, random.Source(1))
	require.NoError(t, err)
	assert.Equal(t, []float32{1, 2}, walk.Model(0))
	var increments, squares, products moments
	for time := 1; time < tau; time++ {
		previous, model := walk.Model(time-1), walk.Model(time)
		x, y := float64(model[0]-previous[0]), float64(model[1]-previous[1])
		increments.add(x)
		squares.add(x * x)
		products.add(x * y)
	}
	assert.InDelta(t, 0, increments.score(0), 4)
	assert.InDelta(t, 0, squares.score(0.0625), 4)
	assert.InDelta(t, 0, products.score(0), 4)

	still, err := RandomWalk(3, []float32{1, 2}, 0, random.Source(1))
	require.NoError(t, err)
	assert.Equal(t, []float32{1, 2, 1, 2, 1, 2}, still.Values())
}

func TestTrajectoryErrors(t *testing.T) {
	_, err := NewTrajectory(0, 1)
	assert.ErrorContains(t, err, "Tau = 0")
	_, err = NewTrajectory(1, 0)
	assert.ErrorContains(t, err, "params = 0")
	_, err = NewTrajectory(math.MaxInt/2, 3)
	assert.ErrorContains(t, err, "of memory")
	_, err = RandomWalk(2, nil, 1, random.Source(1))
	assert.ErrorContains(t, err, "params = 0")
	_, err = RandomWalk(2, []float32{1}, math.NaN(), random.Source(1))
	assert.ErrorContains(t, err, "sigma = NaN")
}
