package swag

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/descent"
)

// quadratic has the loss Σ_j h_j/2 (θ_j − x_ij)² for sample i.
type quadratic struct {
	h []float64
	x [][]float64
}

func newQuadratic() *quadratic {
	normal := rand.New(random.Source(11))
	q := &quadratic{h: []float64{1, 0.4}}
	for range 50 {
		a, b := normal.NormFloat64(), normal.NormFloat64()
		q.x = append(q.x, []float64{3 + a, -2 + a + b})
	}
	return q
}

func (q *quadratic) Samples() int { return len(q.x) }
func (q *quadratic) Params() int  { return len(q.h) }

func (q *quadratic) Gradient(dst, params []float32, samples []int) (loss float64) {
	n := float64(len(samples))
	for j, h := range q.h {
		slope := 0.0
		for _, i := range samples {
			d := float64(params[j]) - q.x[i][j]
			slope += h * d / n
			loss += h * d * d / 2 / n
		}
		dst[j] = float32(slope)
	}
	return loss
}

// column returns coordinate j of all samples.
func (q *quadratic) column(j int) (x []float64) {
	for _, row := range q.x {
		x = append(x, row[j])
	}
	return x
}

// SGD with a constant rate η and batches of B, drawn with replacement, on a quadratic loss
// is θ ← θ − ηh(θ − x̄), the mean of a batch having the covariance C/B. Its stationary
// covariance is known (Mandt, Hoffman and Blei, arXiv 1704.04289, eq. 13 in the diagonal
// case and without the limit of small rates):
//
//	Cov_jk = η² h_j h_k C_jk/B / (1 − (1 − ηh_j)(1 − ηh_k))
//
// With all the path collected, SWAG's diagonal and its part of low rank must both be it.
// Collected c steps apart, n vectors have correlations a^t with a = (1 − ηh)^c, and a
// variance has the standard error √(2/n · (1 + a²)/(1 − a²)) of itself: 1 % here.
func TestStationaryCovarianceOfSGD(t *testing.T) {
	const rate, batch, every, epochs, collected = 0.5, 5, 3, 12_000, 40_000
	q := newQuadratic()
	covariance := func(j, k int) float64 {
		c := stat.Covariance(q.column(j), q.column(k), nil) * float64(len(q.x)-1) / float64(len(q.x))
		return rate * rate * q.h[j] * q.h[k] * c / batch / (1 - (1-rate*q.h[j])*(1-rate*q.h[k]))
	}
	p, err := Run(context.Background(), []float32{3, -2}, q, Config{
		Rank: collected, Every: every,
		Descent: descent.Config{Epochs: epochs, Batch: batch, Replacement: true, Optimizer: new(descent.SGD), Schedule: descent.Constant(rate), Source: random.Source(2)},
	})
	require.NoError(t, err)
	require.Equal(t, collected, p.Collected())
	low := make([]float64, 3) // of variances and the covariance
	for _, column := range p.columns {
		x, y := float64(column[0]), float64(column[1])
		low[0], low[1], low[2] = low[0]+x*x/(collected-1), low[1]+y*y/(collected-1), low[2]+x*y/(collected-1)
	}
	for j, h := range q.h {
		a := math.Pow(1-rate*h, every)
		v := covariance(j, j)
		tolerance := 3.5 * v * math.Sqrt(2.0/collected*(1+a*a)/(1-a*a))
		assert.InDelta(t, stat.Mean(q.column(j), nil), p.mean[j], 3.5*math.Sqrt(v/collected*(1+a)/(1-a)))
		assert.InDelta(t, v, p.squares[j]/float64(p.count), tolerance)
		assert.InDelta(t, v, low[j], tolerance)
		assert.InDelta(t, v, p.Variances()[j], tolerance)
	}
	a := math.Pow(1-rate*q.h[1], every)
	assert.InDelta(t, covariance(0, 1), low[2], 3.5*math.Sqrt(covariance(0, 0)*covariance(1, 1)*2/collected*(1+a*a)/(1-a*a)))
}

// What is collected is what gradient descent gives at those steps.
func TestCollectedPath(t *testing.T) {
	for _, every := range []int{0, 1, 7} {
		q := newQuadratic()
		params := []float32{0, 0}
		p, err := Run(context.Background(), params, q, Config{Rank: 4, Every: every, Descent: descent.Config{Epochs: 6, Batch: 9, Source: random.Source(2)}})
		require.NoError(t, err)

		own := []float32{0, 0}
		path := [][]float32{slices.Clone(own)}
		recorder := &recorder{Optimizer: &descent.SGD{Momentum: 0.9}}
		_, err = descent.Run(context.Background(), own, q, descent.Config{Epochs: 6, Batch: 9, Source: random.Source(2), Optimizer: recorder, Schedule: descent.Constant(0.01)})
		require.NoError(t, err)
		step := every
		if every == 0 {
			step = 6 // of 50 samples in batches of 9
		}
		for at := step - 1; at < len(recorder.path); at += step {
			path = append(path, recorder.path[at])
		}
		want := collect(t, path, 4)
		assert.Equal(t, want, p)
		assert.Equal(t, own, params)
	}
}

type recorder struct {
	descent.Optimizer
	path [][]float32
}

func (r *recorder) Step(params, gradient []float32, rate float64) {
	r.Optimizer.Step(params, gradient, rate)
	r.path = append(r.path, slices.Clone(params))
}

func TestInterruptedRuns(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("cause")
	p, err := Run(ctx, []float32{0, 0}, newQuadratic(), Config{Descent: descent.Config{Epochs: 10, Progress: func(e descent.Epoch) error {
		if e.Number == 4 {
			cancel(cause)
		}
		return nil
	}}})
	assert.Equal(t, cause, err)
	assert.Equal(t, 4, p.Collected())
}

func TestRunsRefused(t *testing.T) {
	q := newQuadratic()
	for want, config := range map[string]Config{
		"swag: Config.Rank = 1, want at least 2, or 0 for 20":                      {Rank: 1},
		"swag: Config.Diagonal is set, but Rank = 5":                               {Rank: 5, Diagonal: true},
		"swag: Config.Every = -1, want at least 1, or 0 for the steps of an epoch": {Every: -1},
		"descent: Epochs = 0, want at least 1":                                     {},
		"descent: Batch = -1, want 1 to the number of samples, 50":                 {Descent: descent.Config{Epochs: 1, Batch: -1}},
		"swag: Config.Descent.Validate is set, want nil: all of the path is collected": {
			Descent: descent.Config{Epochs: 1, Validate: func([]float32) (float64, error) { return 0, nil }}},
	} {
		_, err := Run(context.Background(), []float32{1, 2}, q, config)
		assert.EqualError(t, err, want)
	}
	_, err := Run(context.Background(), []float32{1, 2}, nil, Config{})
	assert.EqualError(t, err, "swag: gradient is nil")
	_, err = Run(context.Background(), []float32{1}, q, Config{Descent: descent.Config{Epochs: 1}})
	assert.ErrorContains(t, err, "params has 1 numbers")
	// A rate that is far too high: the path leaves all float32.
	_, err = Run(context.Background(), []float32{1, 2}, q, Config{Descent: descent.Config{Epochs: 100, Schedule: descent.Constant(1e9)}})
	assert.Error(t, err)
}
