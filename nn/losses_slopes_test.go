package nn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// Gradient is the gradient of NewGradients over all samples, with the losses of
// Losses, for any number of workers, and does not allocate.
func TestLossesGradient(t *testing.T) {
	digits, err := data.Digits(300, random.Source(1))
	require.NoError(t, err)
	for _, c := range []struct {
		net  *Network
		data *data.Dataset
		loss Loss
	}{
		{MairCNN(), digits, CrossEntropy},
		{LinearPerceptron(1), targeted(t, 300, []int{1}, 1), HalfSquaredError},
		{LinearPerceptron(5), targeted(t, 300, []int{5}, 1), HalfSquaredError},
		{mlp(), targeted(t, 300, []int{1, 28, 28}, 5), GaussianExp},
		{MairCNN(), targeted(t, 300, []int{1, 28, 28}, 5), GaussianSoftplus},
	} {
		models := randomModels(c.net, 2, 3)
		want, losses := make([]float32, c.net.Params()), rows(1, 300)
		for _, workers := range []int{1, 2, 3} {
			l := newLosses(t, c.net, c.data, c.loss, workers)
			got, each := make([]float32, c.net.Params()), make([]float64, 300)
			for _, model := range models {
				newGradients(t, c.net, c.data, c.loss, 1).Gradient(want, model, firstSamples(300))
				l.Losses(losses, [][]float32{model}, firstSamples(300))
				l.Gradient(got, each, model)
				require.Equal(t, want, got, "%d workers", workers)
				require.InDeltaSlice(t, losses[0], each, 2e-6)
			}
			assert.Zero(t, testing.AllocsPerRun(2, func() { l.Gradient(got, each, models[1]) }))
			l.Close()
			l.Gradient(got, each, models[1])
			require.Equal(t, want, got)
		}
		l := newLosses(t, c.net, c.data, c.loss, 2)
		l.Close()
		got := make([]float32, c.net.Params())
		l.Gradient(got, make([]float64, 300), models[1])
		require.Equal(t, want, got)
	}
}

// A slope is what Directional gives, at the reference and in the direction of
// the same number, for samples of which some are listed twice.
func TestLossesAndSlopes(t *testing.T) {
	digits, err := data.Digits(200, random.Source(1))
	require.NoError(t, err)
	net := MairCNN()
	models, directions := randomModels(net, 5, 3), randomModels(net, 2, 4)
	samples := append(randomSamples(digits, 90, 5), 3, 3)
	l, g := newLosses(t, net, digits, CrossEntropy, 1), newGradients(t, net, digits, CrossEntropy, 1)
	want, losses, dst, slopes := rows(1, len(samples)), rows(3, len(samples)), rows(3, len(samples)), rows(2, len(samples))
	l.LossesAndSlopes(dst, models[:3], slopes, models[3:], directions, samples)
	l.Losses(losses, models[:3], samples)
	assert.Equal(t, losses, dst)
	for k, reference := range models[3:] {
		g.Directional(want, reference, directions[k:k+1], samples)
		size := 0.0
		for _, v := range want[0] {
			size = max(size, math.Abs(v))
		}
		assert.InDeltaSlice(t, want[0], slopes[k], 1e-6*size)
	}
	l.LossesAndSlopes(nil, nil, nil, nil, nil, samples)
	l.LossesAndSlopes(rows(1, 0), models[:1], rows(1, 0), models[:1], directions[:1], nil)
}

func TestLossesAndSlopesPanics(t *testing.T) {
	net := LinearPerceptron(2)
	for _, workers := range []int{1, 2} {
		l := newLosses(t, net, targeted(t, 5, []int{2}, 1), HalfSquaredError, workers)
		m, samples := randomModels(net, 2, 1), []int{0, 4, 2}
		short := [][]float32{m[0], m[1][:2]}
		for name, call := range map[string]func(){
			"rows of losses":     func() { l.LossesAndSlopes(rows(1, 3), m, rows(2, 3), m, m, samples) },
			"length of losses":   func() { l.LossesAndSlopes(rows(2, 2), m, rows(2, 3), m, m, samples) },
			"model":              func() { l.LossesAndSlopes(rows(2, 3), short, rows(2, 3), m, m, samples) },
			"rows of slopes":     func() { l.LossesAndSlopes(rows(2, 3), m, rows(1, 3), m, m, samples) },
			"length of slopes":   func() { l.LossesAndSlopes(rows(2, 3), m, rows(2, 4), m, m, samples) },
			"reference":          func() { l.LossesAndSlopes(rows(2, 3), m, rows(2, 3), short, m, samples) },
			"directions":         func() { l.LossesAndSlopes(rows(2, 3), m, rows(2, 3), m, m[:1], samples) },
			"direction":          func() { l.LossesAndSlopes(rows(2, 3), m, rows(2, 3), m, short, samples) },
			"sample":             func() { l.LossesAndSlopes(rows(2, 3), m, rows(2, 3), m, m, []int{0, 5, 1}) },
			"sample of a slope":  func() { l.LossesAndSlopes(nil, nil, rows(2, 3), m, m, []int{0, -1, 1}) },
			"gradient":           func() { l.Gradient(make([]float32, 2), make([]float64, 5), m[0]) },
			"losses of gradient": func() { l.Gradient(make([]float32, 3), make([]float64, 4), m[0]) },
			"model of gradient":  func() { l.Gradient(make([]float32, 3), make([]float64, 5), m[0][:2]) },
		} {
			assert.Panics(t, call, "%s, %d workers", name, workers)
		}
		slopes := rows(2, 3)
		l.LossesAndSlopes(rows(2, 3), m, slopes, m, m, samples) // still works
		assert.NotZero(t, slopes[1][2])
	}
}
