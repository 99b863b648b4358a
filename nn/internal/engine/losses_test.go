package engine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
)

func TestWorkersGiveTheSameBits(t *testing.T) {
	mlp, err := newNetwork([]int{1, 28, 28}, Flatten{}, Dense{Outputs: 20}, Tanh{}, Dense{Outputs: 10})
	require.NoError(t, err)
	images := labeled(t, 60, []int{1, 28, 28}, 10, 0.5)
	for _, c := range []struct {
		net  *network
		data *data.Dataset
		loss NewObjective
	}{
		{mairCNN(), images, NewCrossEntropy},
		{mlp, images, NewCrossEntropy},
		{linearPerceptron(1), targeted(t, 60, []int{1}, 1), NewHalfSquaredError},
		{linearPerceptron(9), targeted(t, 60, []int{9}, 1), NewHalfSquaredError},
		{mlp, targeted(t, 60, []int{1, 28, 28}, 5), NewGaussianExp},
		{mairCNN(), targeted(t, 60, []int{1, 28, 28}, 5), NewGaussianSoftplus},
	} {
		for _, batch := range []int{1, 2, 3, 4, 5, 37} {
			models := randomModels(c.net, 3, 2)
			samples := randomSamples(c.data, batch, 3)
			want := rows(3, batch)
			newLosses(t, c.net, c.data, c.loss, 0).Losses(want, models, samples)
			for _, workers := range []int{1, 2, 4} {
				l := newLosses(t, c.net, c.data, c.loss, workers)
				l.team.Least = 0 // share everything
				require.Equal(t, min(workers, batch), l.parts(3, batch))
				for range 3 {
					got := rows(3, batch)
					for _, row := range got {
						row[0] = math.NaN()
					}
					l.Losses(got, models, samples)
					require.Equal(t, want, got, "%d workers, batch %d", workers, batch)
				}
				l.Close()
				got := rows(3, batch)
				l.Losses(got, models, samples)
				require.Equal(t, want, got, "%d workers, closed", workers)
			}
		}
	}
}

func TestWorkersWakeOnlyForEnoughWork(t *testing.T) {
	small := newLosses(t, linearPerceptron(1), targeted(t, 256, []int{1}, 1), NewHalfSquaredError, 4)
	assert.Equal(t, 1, small.parts(2, 256))
	large := newLosses(t, mairCNN(), labeled(t, 4, []int{1, 28, 28}, 10, 0), NewCrossEntropy, 4)
	assert.Equal(t, 1, large.parts(0, 32))
	assert.Equal(t, 1, large.parts(2, 0))
	assert.Equal(t, 1, large.parts(1, 1))
	assert.Equal(t, 2, large.parts(2, 9))
	assert.Equal(t, 3, large.parts(2, 15))
	assert.Equal(t, 4, large.parts(2, 32))
	assert.Equal(t, 4, large.parts(1<<30, 1<<30))
}

func TestLossesDoNotAllocate(t *testing.T) {
	cnn, images := mairCNN(), labeled(t, 40, []int{1, 28, 28}, 10, 0.8)
	for _, workers := range []int{1, 2} {
		for _, c := range []struct {
			net  *network
			data *data.Dataset
			loss NewObjective
		}{
			{cnn, images, NewCrossEntropy},
			{linearPerceptron(1), targeted(t, 40, []int{1}, 1), NewHalfSquaredError},
			{linearPerceptron(7), targeted(t, 40, []int{7}, 1), NewHalfSquaredError},
			{cnn, targeted(t, 40, []int{1, 28, 28}, 5), NewGaussianExp},
			{cnn, targeted(t, 40, []int{1, 28, 28}, 5), NewGaussianSoftplus},
		} {
			l := newLosses(t, c.net, c.data, c.loss, workers)
			l.team.Least = 0
			models, samples, losses := randomModels(c.net, 2, 1), randomSamples(c.data, 12, 1), rows(2, 12)
			assert.Zero(t, testing.AllocsPerRun(20, func() { l.Losses(losses, models, samples) }), "%d workers, %d parameters", workers, c.net.Params())
		}
	}
	e, params := NewEvaluator(&cnn.program), randomModels(cnn, 1, 1)[0]
	samples, outputs := randomSamples(images, 12, 1), make([]float32, 120)
	assert.Zero(t, testing.AllocsPerRun(20, func() { e.Outputs(outputs, params, images, samples) }))
}

// A sample outside the dataset panics on the calling goroutine, where it can be
// recovered, also if workers share the call.
func TestSampleOutsideTheDatasetPanicsHere(t *testing.T) {
	net := linearPerceptron(2)
	l := newLosses(t, net, targeted(t, 5, []int{2}, 1), NewHalfSquaredError, 2)
	l.team.Least = 0
	models := randomModels(net, 2, 1)
	assert.Panics(t, func() { l.Losses(rows(2, 3), models, []int{0, 1, 5}) })
	assert.Panics(t, func() { l.Losses(rows(2, 3), models, []int{-1, 1, 2}) })
	losses := rows(2, 3)
	l.Losses(losses, models, []int{0, 4, 2}) // still works
	assert.Positive(t, losses[1][2])
}
