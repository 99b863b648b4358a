package tps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The bridge between two models has the mean and the covariances of the
// random walk given its ends: at time t of n steps the mean is on the line
// between them, and Cov(t, u) = σ² t (n−u)/n for t ≤ u.
func TestBridgeHasTheMomentsOfThePathMeasure(t *testing.T) {
	const tau, sigma, params = 6, 0.5, 200_000
	first, last := make([]float32, params), make([]float32, params)
	for i := range last {
		first[i], last[i] = 1, 3
	}
	walk, err := BrownianBridge(tau, first, last, sigma, normalSource(1))
	require.NoError(t, err)
	assert.Equal(t, first, walk.Model(0))
	assert.Equal(t, last, walk.Model(tau-1))
	const n = tau - 1
	mean := func(t int) float64 { return 1 + 2*float64(t)/n }
	for a := 1; a < n; a++ {
		for b := a; b < n; b++ {
			var location, product moments
			for i := range params {
				x, y := float64(walk.Model(a)[i])-mean(a), float64(walk.Model(b)[i])-mean(b)
				location.add(x)
				product.add(x * y)
			}
			covariance := sigma * sigma * float64(a) * float64(n-b) / n
			assert.InDelta(t, 0, location.score(0), 4, "mean at %d", a)
			assert.InDelta(t, 0, product.score(covariance), 4, "covariance of %d and %d", a, b)
			assert.Greater(t, math.Abs(product.score(1.05*covariance)), 4.0, "an error of 5 %% would not be seen")
		}
	}
}

func TestThroughModels(t *testing.T) {
	models := [][]float32{{1, 2}, {3, 4}, {5, 6}}
	for tau, at := range map[int][3]int{3: {0, 1, 2}, 4: {0, 1, 3}, 8: {0, 3, 7}} {
		walk, err := ThroughModels(tau, models, 0.1, normalSource(1))
		require.NoError(t, err)
		assert.Equal(t, tau, walk.Len())
		for k, time := range at {
			assert.Equal(t, models[k], walk.Model(time))
		}
	}
	// Without noise the models between are on straight lines.
	walk, err := ThroughModels(5, models, 0, normalSource(1))
	require.NoError(t, err)
	assert.Equal(t, []float32{1, 2, 2, 3, 3, 4, 4, 5, 5, 6}, walk.Values())

	one, err := ThroughModels(4, models[:1], 0.1, normalSource(1))
	require.NoError(t, err)
	same, err := RandomWalk(4, models[0], 0.1, normalSource(1))
	require.NoError(t, err)
	assert.Equal(t, same, one)
}

func TestThroughModelsErrors(t *testing.T) {
	source := normalSource(1)
	model := []float32{1}
	for text, call := range map[string]func() (*Trajectory, error){
		"tau = 1, want at least 2":             func() (*Trajectory, error) { return BrownianBridge(1, model, model, 1, source) },
		"there are no models":                  func() (*Trajectory, error) { return ThroughModels(1, nil, 1, source) },
		"tau = 1, want at least the number of": func() (*Trajectory, error) { return ThroughModels(1, [][]float32{model, model}, 1, source) },
		"model 1 has 2 parameters, want 1":     func() (*Trajectory, error) { return BrownianBridge(2, model, []float32{1, 2}, 1, source) },
		"sigma = -1":                           func() (*Trajectory, error) { return BrownianBridge(2, model, model, -1, source) },
		"sigma = NaN":                          func() (*Trajectory, error) { return BrownianBridge(2, model, model, math.NaN(), source) },
		"params = 0":                           func() (*Trajectory, error) { return BrownianBridge(2, nil, nil, 1, source) },
		"parameter 0 of model 1 is NaN, want a fin": func() (*Trajectory, error) {
			return BrownianBridge(2, model, []float32{float32(math.NaN())}, 1, source)
		},
	} {
		_, err := call()
		assert.ErrorContains(t, err, text)
	}
}
