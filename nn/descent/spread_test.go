package descent

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/internal/random"
)

// still has a gradient of zero: models stay where the noise puts them.
type still struct{ params int }

func (s still) Samples() int { return 1 }
func (s still) Params() int  { return s.params }
func (s still) Gradient(dst, _ []float32, _ []int) float64 {
	clear(dst)
	return 0
}

// The noise is normal with the width that was asked for, and differs by model.
func TestSpreadMovesByNoise(t *testing.T) {
	const params, n, sigma = 20_000, 3, 0.3
	center := make([]float32, params)
	for i := range center {
		center[i] = float32(i%7) - 3
	}
	before := slices.Clone(center)
	models, err := Spread(context.Background(), center, n, sigma, still{params}, Config{Epochs: 1, Source: random.Source(5)})
	require.NoError(t, err)
	require.Len(t, models, n)
	require.Equal(t, before, center)
	noise := make([][]float64, n)
	for k, model := range models {
		noise[k] = make([]float64, params)
		for i, x := range model {
			noise[k][i] = float64(x - center[i])
		}
		mean, deviation := stat.MeanStdDev(noise[k], nil)
		// Four standard errors.
		assert.InDelta(t, 0, mean, 4*sigma/math.Sqrt(params))
		assert.InDelta(t, sigma, deviation, 4*sigma/math.Sqrt(2*params))
		assert.InDelta(t, 0, stat.ExKurtosis(noise[k], nil), 4*math.Sqrt(24./params))
		for _, other := range noise[:k] {
			assert.InDelta(t, 0, stat.Correlation(noise[k], other, nil), 4/math.Sqrt(params))
		}
	}
}

// Each model is trained again, from its own place, by the whole run that was asked for.
func TestSpreadTrainsEachModel(t *testing.T) {
	problem := newLine(100)
	epochs := 0
	config := func() Config {
		return Config{
			Epochs: 60, Batch: 10, Schedule: Cosine{Peak: 0.1}, Source: random.Source(2),
			Progress: func(Epoch) error { epochs++; return nil },
		}
	}
	models, err := Spread(context.Background(), []float32{0.7, -1.3}, 4, 1, problem, config())
	require.NoError(t, err)
	require.Equal(t, 4*60, epochs)
	for _, model := range models {
		close32(t, exact, model, 0.02)
	}
	again, err := Spread(context.Background(), []float32{0.7, -1.3}, 4, 1, problem, config())
	require.NoError(t, err)
	require.Equal(t, models, again)
	fewer, err := Spread(context.Background(), []float32{0.7, -1.3}, 2, 1, problem, config())
	require.NoError(t, err)
	require.Equal(t, models[:2], fewer)

	// Without a source the random numbers are always the same.
	free := config()
	free.Source = nil
	one, err := Spread(context.Background(), []float32{0.7, -1.3}, 2, 1, problem, free)
	require.NoError(t, err)
	two, err := Spread(context.Background(), []float32{0.7, -1.3}, 2, 1, problem, free)
	require.NoError(t, err)
	require.Equal(t, one, two)
	require.NotEqual(t, one[0], one[1])
}

func TestSpreadRefuses(t *testing.T) {
	problem, ctx := newLine(10), context.Background()
	model := []float32{0, 0}
	config := Config{Epochs: 1}
	for _, c := range []struct {
		model []float32
		n     int
		sigma float64
		says  string
	}{
		{model, 0, 1, "n = 0, want at least 1 model"},
		{model, 1, -1, "sigma = -1, want a number from 0 to"},
		{model, 1, math.NaN(), "sigma = NaN"},
		{model, 1, math.Inf(1), "sigma = +Inf"},
		{model[:1], 1, 1, "model has 1 numbers, want those of the gradient, 2"},
		{[]float32{0, float32(math.NaN())}, 1, 1, "parameter 1 of model is NaN"},
	} {
		_, err := Spread(ctx, c.model, c.n, c.sigma, problem, config)
		assert.ErrorContains(t, err, "descent: "+c.says)
	}
	_, err := Spread(ctx, model, 1, 1, nil, config)
	assert.EqualError(t, err, "descent: gradient is nil")
	_, err = Spread(ctx, model, 1, 1, problem, Config{})
	assert.EqualError(t, err, "descent: Epochs = 0, want at least 1")
	_, err = Spread(ctx, model, 1, 1, problem, Config{Epochs: 1, Patience: 1})
	assert.EqualError(t, err, "descent: Patience is set, but Validate is nil")
	_, err = Spread(nil, model, 1, 1, problem, config) //nolint:staticcheck // that is what is refused
	assert.EqualError(t, err, "descent: the context is nil")

	cause := errors.New("enough")
	stopped, cancel := context.WithCancelCause(ctx)
	_, err = Spread(stopped, model, 3, 1, problem, Config{Epochs: 5, Progress: func(Epoch) error { cancel(cause); return nil }})
	assert.ErrorIs(t, err, cause)
	assert.EqualError(t, err, "descent: model 1 of 3: enough")
}
